import { tellUsd, type UsageView } from '../api/usage-view.ts';
import { openApi } from './api-client.ts';
import { answer, type Context } from './context.ts';
import { query } from './read-flags.ts';
import { table } from './table.ts';

/** `carillon usage`: what agents and models have used. */
export async function showUsage(
  context: Context,
  flags: Readonly<Record<string, string>>,
): Promise<void> {
  const api = await openApi(context);
  const { by, task, tag, since, until } = flags;
  const path = `/usage${query({ by, task, tag, since, until })}`;
  const view = (await api.ask({ method: 'GET', path })) as UsageView;
  answer(context, view, () => sayUsage(view));
}

function sayUsage(view: UsageView): string {
  const { month, total } = view;
  const rows = view.rows.map((row) => [row.name ?? row.key, ...cells(row)]);
  const sum = view.rows.length === 1 ? [] : [['total', ...cells(total)]];
  const notes = [
    `This month ${tellUsd(month.cost_usd)}; at this pace ${tellUsd(month.projected_cost_usd)}.`,
    ...(total.unpriced === 0 ? [] : [`${String(total.unpriced)} attempts have no known price.`]),
    ...(total.is_estimated ? ['Part of the cost is estimated from a price table.'] : []),
    ...view.held.map(({ pool, until }) => `"${pool}" is held until ${until}.`),
  ];
  const titles = [view.by.toUpperCase(), 'USD', 'IN', 'OUT', 'CACHED', 'ATTEMPTS'];
  const body = total.attempts === 0 ? 'Nothing was used.' : table(titles, [...rows, ...sum]);
  return [body, ...notes].join('\n');
}

function cells(total: UsageView['total']): readonly string[] {
  return [
    total.cost_usd.toFixed(4),
    String(total.input_tokens),
    String(total.output_tokens),
    String(total.cached_tokens),
    String(total.attempts),
  ];
}
