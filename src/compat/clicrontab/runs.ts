import { isFinal, type Run } from '../../domain/run.ts';
import type { Task } from '../../domain/task.ts';
import type { Services } from '../../service/services.ts';

export const RUNS_MAX = 100;
export const RUNS_USUAL = 20;

const PAGE_ITEMS = 50;

export type WireStatus =
  | 'queued'
  | 'running'
  | 'succeeded'
  | 'failed'
  | 'canceled'
  | 'timed_out'
  | 'skipped';

export function statusOf({ state, outcome }: Run): WireStatus {
  switch (state) {
    case 'queued':
    case 'held':
    case 'waiting':
      return 'queued';
    case 'running':
    case 'retrying':
      return 'running';
    case 'succeeded':
      return 'succeeded';
    case 'cancelled':
      return 'canceled';
    case 'failed':
      return outcome === 'timed_out' ? 'timed_out' : 'failed';
  }
}

/** Absent on timeout, as there, and for what was no process. */
export function exitCodeOf(run: Run): number | undefined {
  return statusOf(run) === 'timed_out' ? undefined : run.result?.exitCode;
}

export function errorOf(run: Run): string | undefined {
  if (!isFinal(run.state) || run.state === 'succeeded') return undefined;
  return run.message ?? run.stateReason;
}

/** Newest first. */
export async function listRuns(
  services: Services,
  task: Task,
  limit: number,
  offset = 0,
): Promise<readonly Run[]> {
  const wanted = Math.min(RUNS_MAX, Math.max(1, limit));
  const last = Math.min(OFFSET_MAX, Math.max(0, offset)) + wanted;
  const runs: Run[] = [];
  let cursor: string | undefined;
  while (runs.length < last) {
    const query = { task: task.id, limit: Math.min(PAGE_ITEMS, last - runs.length) };
    const page = await services.listRuns(cursor === undefined ? query : { ...query, cursor });
    runs.push(...page.items);
    ({ cursor } = page);
    if (cursor === undefined) break;
  }
  return runs.slice(last - wanted, last);
}

const OFFSET_MAX = 1_000;

/** When the task last began to run. Some of the newest runs may still wait for a worker. */
export async function lastRunAt(
  services: Services,
  task: Task,
): Promise<Temporal.Instant | undefined> {
  const runs = await listRuns(services, task, RUNS_LOOKED_AT);
  return runs.find((run) => run.startedAt !== undefined)?.startedAt;
}

const RUNS_LOOKED_AT = 3;
