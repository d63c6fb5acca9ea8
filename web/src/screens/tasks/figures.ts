import type { UsageView } from '../../../../src/api/usage-view.ts';
import type { LatestRuns } from '../../api/pictures.ts';
import type { BarRun } from '../../parts/sparkline.tsx';

/** How many of the latest runs went well, in percent; absent while none has ended. */
export function successPercent(runs: LatestRuns): number | undefined {
  const ended = runs.filter((run) => run.state === 'succeeded' || run.state === 'failed');
  if (ended.length === 0) return undefined;
  const good = ended.filter((run) => run.state === 'succeeded').length;
  return Math.round((good / ended.length) * 100);
}

/** What a run of a task cost on average this month, and what the month comes to at this pace. */
export type Cost = { readonly average: number; readonly projected: number };

export function costsByTask(usage: UsageView | undefined): ReadonlyMap<string, Cost> {
  if (usage === undefined) return new Map();
  const { cost_usd: soFar, projected_cost_usd: whole } = usage.month;
  const pace = soFar === 0 ? 1 : whole / soFar;
  return new Map(
    usage.rows
      .filter((row) => row.attempts > 0)
      .map((row) => [
        row.key,
        { average: row.cost_usd / row.attempts, projected: row.cost_usd * pace },
      ]),
  );
}

/** Oldest first, as a picture shows them. */
export function barsOf(runs: LatestRuns): readonly BarRun[] {
  return runs.toReversed().map((run) => ({
    id: run.id,
    state: run.state,
    durationMs: run.duration_ms ?? undefined,
  }));
}
