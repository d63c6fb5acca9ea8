import type { RunId, TaskId } from '../domain/id.ts';
import { isFinal } from '../domain/run.ts';
import type { StoreContext } from './context.ts';
import { inList, inParts } from './in-list.ts';
import { msOf } from './instants.ts';
import { settleQuestions } from './inbox.ts';
import { releaseRuns } from './release-runs.ts';
import { runIdOf, runStateOf } from './run-row.ts';
import { taskIdOf } from './task-row.ts';
import type { Unit } from './unit.ts';
import { write } from './write.ts';

export function requestCancel(
  context: StoreContext,
  id: RunId,
  at: Temporal.Instant,
  reason: string,
): Promise<'cancelled' | 'requested' | 'already_ended' | 'not_found'> {
  return write(context, async (unit) => {
    const run = await unit.db
      .selectFrom('run')
      .select(['id', 'task_id', 'state', 'cancel_requested_at'])
      .where('id', '=', id)
      .executeTakeFirst();
    if (run === undefined) return 'not_found';
    if (isFinal(runStateOf(run.state))) return 'already_ended';
    if (run.state === 'running') {
      if (run.cancel_requested_at === null) await askToEnd(unit, [run], at, reason);
      return 'requested';
    }
    await endNotStarted(unit, [run], at, { state: 'cancelled', state_reason: reason });
    await releaseRuns(unit, [run.task_id]);
    return 'cancelled';
  });
}

/**
 * Cancels the unfinished runs of a task: those that have not started at once; those in progress are
 * asked to end, unless only the others are meant. Releases nothing.
 *
 * @returns how many are still unfinished.
 */
export async function cancelUnfinished(
  unit: Unit,
  taskId: TaskId,
  at: Temporal.Instant,
  reason: string,
  which: 'all' | 'not_started',
): Promise<number> {
  const runs = await unit.db
    .selectFrom('run')
    .select(['id', 'task_id', 'state', 'cancel_requested_at'])
    .where('task_id', '=', taskId)
    .where('ended_at', 'is', null)
    .orderBy('ordinal')
    .execute();
  const running = runs.filter((run) => run.state === 'running');
  const notStarted = runs.filter((run) => run.state !== 'running');
  await endNotStarted(unit, notStarted, at, { state: 'cancelled', state_reason: reason });
  if (which === 'all') {
    const notAsked = running.filter((run) => run.cancel_requested_at === null);
    await askToEnd(unit, notAsked, at, reason);
  }
  return running.length;
}

type RunReference = { readonly id: string; readonly task_id: string };

/** A run that nobody works on now. */
type NotStartedRun = RunReference & { readonly state: string };

export type FinalColumns = {
  readonly state: 'cancelled' | 'failed';
  readonly state_reason: string;
  readonly outcome?: 'failed';
  readonly message?: string;
};

/** Ends runs that are not in progress. Releases nothing. */
export async function endNotStarted(
  unit: Unit,
  runs: readonly NotStartedRun[],
  at: Temporal.Instant,
  columns: FinalColumns,
): Promise<void> {
  for (const part of inParts(runs)) {
    const ids = inList(part.map((run) => run.id));
    await unit.db.deleteFrom('queue').where('run_id', 'in', ids).execute();
    await unit.db
      .updateTable('run')
      .set({
        ...columns,
        ended_at: msOf(at),
        behind_at: null,
        held_until: null,
        asked_until: null,
      })
      .where('id', 'in', ids)
      .execute();
  }
  const asking = runs.filter((run) => run.state === 'waiting');
  await settleQuestions(unit, asking, at);
  noteRuns(unit, runs, at, `run.${columns.state}`);
}

async function askToEnd(
  unit: Unit,
  runs: readonly RunReference[],
  at: Temporal.Instant,
  reason: string,
): Promise<void> {
  for (const part of inParts(runs)) {
    await unit.db
      .updateTable('run')
      .set({ cancel_requested_at: msOf(at), state_reason: reason })
      .where('id', 'in', inList(part.map((run) => run.id)))
      .execute();
  }
  noteRuns(unit, runs, at, 'run.cancelling');
}

function noteRuns(
  unit: Unit,
  runs: readonly RunReference[],
  at: Temporal.Instant,
  kind: 'run.cancelled' | 'run.failed' | 'run.cancelling',
): void {
  for (const run of runs) {
    unit.changes.push({ at, kind, taskId: taskIdOf(run.task_id), runId: runIdOf(run.id) });
  }
}
