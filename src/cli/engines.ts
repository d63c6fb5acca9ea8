import type { EnginesView } from '../api/engines-view.ts';
import { openApi } from './api-client.ts';
import { answer, type Context } from './context.ts';
import { query } from './read-flags.ts';
import { table } from './table.ts';

/** `carillon engines`: what is installed, who is logged in, and when figures come. It spends nothing. */
export async function showEngines(context: Context, task: string | undefined): Promise<void> {
  const api = await openApi(context);
  const path = `/engines${query({ task })}`;
  const view = (await api.ask({ method: 'GET', path })) as EnginesView;
  answer(context, view, () => sayEngines(view));
}

function sayEngines({ engines, mcp_servers: servers }: EnginesView): string {
  const rows = engines.map((engine) => [
    engine.name,
    engine.path ?? `not found (${engine.program})`,
    engine.version ?? '–',
    engine.logged_in,
    METERING[engine.metering],
    engine.tested ? 'tested' : 'untested',
  ]);
  const listed = table(['ENGINE', 'PROGRAM', 'VERSION', 'LOGGED IN', 'FIGURES', ''], rows);
  if (servers.length === 0) return listed;
  const started = servers.map(({ name, state, note }) => [name, state, note ?? '']);
  return `${listed}\n\n${table(['MCP SERVER', 'STATE', ''], started)}`;
}

const METERING: Readonly<Record<EnginesView['engines'][number]['metering'], string>> = {
  live: 'while it works',
  turn: 'after each turn',
  end: 'at the end',
  none: 'none',
};
