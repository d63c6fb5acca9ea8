import { z } from 'zod';
import type { SpendTotal } from '../ports/spend.ts';
import type { UsageQuery, UsageReport } from '../service/services.ts';
import { given } from './given.ts';
import { parseInstantInput } from './instant-input.ts';
import { describedElsewhere } from './json-schema.ts';
import { timeIn } from './times.ts';

const USAGE_BY = ['task', 'tag', 'engine', 'day'] as const;

export const usageShape = {
  by: z.enum(USAGE_BY).default('task').describe('one row for each'),
  task: z.string().optional().describe('only this one'),
  tag: z.string().optional().describe('only tasks with it'),
  since: z.string().optional().describe('ISO 8601, or e.g. 7d; default: the month'),
  until: z.string().optional().describe('default: now'),
};

/** As a query writes it. */
export const usageQuery = z.strictObject(usageShape);

export function toUsageQuery(
  input: z.output<typeof usageQuery>,
  zone: string,
  now: Temporal.Instant,
): UsageQuery {
  const instant = (name: string, text: string | undefined) =>
    text === undefined ? undefined : parseInstantInput(name, text, zone, now);
  return {
    by: input.by,
    zone,
    ...given({
      task: input.task,
      tag: input.tag,
      since: instant('since', input.since),
      until: instant('until', input.until),
    }),
  };
}

const usageTotal = z.object({
  cost_usd: z.number(),
  input_tokens: z.int(),
  output_tokens: z.int(),
  cached_tokens: z.int(),
  attempts: z.int(),
  unpriced: z.int(),
  is_estimated: z.boolean(),
});

const budgetView = z.object({
  usd_per_day: z.number().nullable(),
  usd_per_month: z.number().nullable(),
});

export const usageView = z.object({
  since: z.string(),
  until: z.string(),
  timezone: z.string(),
  by: z.enum(USAGE_BY),
  rows: z.array(usageTotal.extend({ key: z.string(), name: z.string().nullable() })),
  is_cut: z.boolean(),
  total: usageTotal,
  saved: z.object({ runs: z.int(), cost_usd: z.number(), tokens: z.number() }),
  month: z.object({
    since: z.string(),
    until: z.string(),
    cost_usd: z.number(),
    projected_cost_usd: z.number(),
  }),
  /** Of all runs together. */
  budget: describedElsewhere(budgetView),
  held: z.array(z.object({ pool: z.string(), until: z.string() })),
});
export type UsageView = z.output<typeof usageView>;

export function viewUsage(report: UsageReport, zone: string): UsageView {
  const { month } = report;
  return {
    since: timeIn(zone, report.since),
    until: timeIn(zone, report.until),
    timezone: zone,
    by: report.by,
    rows: report.rows.map((row) => ({
      key: row.key,
      name: row.name ?? null,
      ...viewTotal(row),
    })),
    is_cut: report.isCut,
    total: viewTotal(report.total),
    saved: {
      runs: report.saved.runs,
      cost_usd: rounded(report.saved.usd),
      tokens: report.saved.tokens,
    },
    month: {
      since: timeIn(zone, month.since),
      until: timeIn(zone, month.until),
      cost_usd: rounded(month.usd),
      projected_cost_usd: rounded(month.projectedUsd),
    },
    budget: {
      usd_per_day: report.budget?.usdPerDay ?? null,
      usd_per_month: report.budget?.usdPerMonth ?? null,
    },
    held: report.holds.map(({ pool, until }) => ({ pool, until: timeIn(zone, until) })),
  };
}

function viewTotal(total: SpendTotal) {
  return {
    cost_usd: rounded(total.usd),
    input_tokens: total.inputTokens,
    output_tokens: total.outputTokens,
    cached_tokens: total.cachedTokens,
    attempts: total.attempts,
    unpriced: total.unpriced,
    is_estimated: total.isEstimated,
  };
}

/** Sums of floating-point numbers have digits that mean nothing. */
function rounded(usd: number): number {
  return Math.round(usd * 1e6) / 1e6;
}

export function tellUsage(view: UsageView): string {
  const { total, month } = view;
  return [
    `From ${view.since} to ${view.until}: ${tellTotal(total)}.`,
    ...view.rows.map((row) => `- ${row.name ?? row.key}: ${tellTotal(row)}`),
    ...(view.saved.runs === 0
      ? []
      : [
          `Gates saved ${view.saved.runs} runs, which would have used about ${tellUsd(view.saved.cost_usd)} and ${view.saved.tokens} tokens.`,
        ]),
    ...(view.is_cut ? ['There are more rows than these.'] : []),
    `The month has come to ${tellUsd(month.cost_usd)} so far; at this pace it ends at ${tellUsd(month.projected_cost_usd)}.`,
    ...view.held.map(
      ({ pool, until }) => `"${pool}" is held until ${until}: its usage limit was reached.`,
    ),
    ...(total.is_estimated ? ['Part of the cost is estimated from a price table.'] : []),
  ].join('\n');
}

function tellTotal(total: z.output<typeof usageTotal>): string {
  const unpriced = total.unpriced === 0 ? '' : `, ${total.unpriced} of them without a known price`;
  const attempts = `${total.attempts} ${total.attempts === 1 ? 'attempt' : 'attempts'}`;
  return `${tellUsd(total.cost_usd)}, ${total.input_tokens} tokens in, ${total.output_tokens} out, ${attempts}${unpriced}`;
}

/** Dollars with the cents, and more digits where they are all there is. */
export function tellUsd(usd: number): string {
  return `$${usd !== 0 && usd < 1 ? usd.toFixed(4) : usd.toFixed(2)}`;
}
