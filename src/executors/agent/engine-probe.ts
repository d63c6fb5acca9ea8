import { problemWithAgent } from '../../domain/engines/check-engine.ts';
import type { EngineDefinition } from '../../domain/engines/engine-definition.ts';
import { engineVariables } from '../../domain/engines/engine-variables.ts';
import { valueAt } from '../../domain/engines/json-values.ts';
import { parseLine } from '../../domain/engines/parse-line.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EngineReport, Engines } from '../../ports/engines.ts';
import { allowedVariables } from '../command/child-environment.ts';
import { findProgram } from '../command/find-program.ts';
import { askProgram } from './ask-program.ts';
import { greetMcpServer } from './greet-mcp-server.ts';

export type EngineProbeOptions = {
  readonly engines: ReadonlyMap<string, EngineDefinition>;
  /** The environment of the daemon. */
  readonly environment: Readonly<Record<string, string>>;
  readonly home: string;
  readonly acceptsBypass: boolean;
  readonly clock: Clock;
};

/** An answer about one engine is given again for this long. */
const REPORT_MS_MAX = 60_000;

/** Looks at the engines that are installed, with their own version and status commands: no model is asked. */
export function engineProbe(options: EngineProbeOptions): Engines {
  const kept = new Map<string, { readonly atMs: number; readonly report: Promise<EngineReport> }>();
  const find = async (name: string): Promise<EngineReport | undefined> => {
    const engine = options.engines.get(name);
    if (engine === undefined) return undefined;
    const nowMs = options.clock.monotonicMs();
    const known = kept.get(name);
    if (known !== undefined && nowMs - known.atMs < REPORT_MS_MAX) return known.report;
    const report = look(options, engine);
    kept.set(name, { atMs: nowMs, report });
    return report;
  };
  return {
    problemWith(action) {
      const engine = options.engines.get(action.engine);
      if (engine !== undefined) return problemWithAgent(engine, action, options.acceptsBypass);
      return `There is no engine of that name. Choose one of ${[...options.engines.keys()].join(', ')}, or put it into the configuration.`;
    },
    async list() {
      kept.clear();
      const reports = await Promise.all([...options.engines.keys()].map(find));
      return reports.filter((report) => report !== undefined);
    },
    find,
    tryMcpServers: (servers, directory) =>
      Promise.all(
        Object.entries(servers).map(([name, server]) =>
          greetMcpServer(name, server, base(options), directory ?? options.home),
        ),
      ),
  };
}

function base({ environment, home }: EngineProbeOptions): Readonly<Record<string, string>> {
  return allowedVariables(environment, home);
}

async function look(options: EngineProbeOptions, engine: EngineDefinition): Promise<EngineReport> {
  const environment = { ...base(options), ...engineVariables(engine, options.environment) };
  const { name, program, metering, isTested } = engine;
  const found = await findProgram(program, options.home, environment['PATH'] ?? '');
  const facts = { name, program, metering, isTested };
  if (found.kind !== 'found') {
    return { ...facts, path: undefined, version: undefined, login: 'unknown' };
  }
  const ask = (args: readonly string[]) => askProgram(found.path, args, environment, options.home);
  const [version, login] = await Promise.all([
    ask(engine.versionArgv),
    engine.login === undefined ? undefined : ask(engine.login.argv),
  ]);
  return {
    ...facts,
    path: found.path,
    version: version.exitCode === 0 ? firstLine(version.stdout) : undefined,
    login: login === undefined ? 'unknown' : loginIn(engine.login?.isTrue, login),
  };
}

const VERSION_CHARS_MAX = 100;

function firstLine(text: string): string | undefined {
  const line = text.split('\n', 1)[0]?.trim().slice(0, VERSION_CHARS_MAX) ?? '';
  return line === '' ? undefined : line;
}

function loginIn(
  isTrue: string | undefined,
  { exitCode, stdout }: { readonly exitCode: number | undefined; readonly stdout: string },
): EngineReport['login'] {
  if (exitCode === undefined) return 'unknown';
  if (isTrue === undefined) return exitCode === 0 ? 'yes' : 'no';
  const told = valueAt(parseLine(stdout), isTrue);
  if (typeof told !== 'boolean') return 'unknown';
  return told ? 'yes' : 'no';
}
