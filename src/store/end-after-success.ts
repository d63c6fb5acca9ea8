import type { TaskId } from '../domain/id.ts';
import { cancelUnfinished } from './cancel-runs.ts';
import { insertRows } from './insert-rows.ts';
import { instantOf, msOf } from './instants.ts';
import { ledgerRowOf } from './ledger-row.ts';
import type { Unit } from './unit.ts';

/**
 * Ends a task for which one success is enough, as a run of it has succeeded; unless it is paused or
 * gone. Runs of it that have not started are cancelled. Releases nothing.
 */
export async function endAfterSuccess(
  unit: Unit,
  taskId: TaskId,
  at: Temporal.Instant,
): Promise<void> {
  const { db, changes } = unit;
  const { numUpdatedRows } = await db
    .updateTable('task')
    .set({
      state: 'ended',
      state_reason: ENDED_REASON,
      state_at: msOf(at),
      updated_at: msOf(at),
    })
    .where('id', '=', taskId)
    .where('state', '=', 'active')
    .where('deleted_at', 'is', null)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) return;
  await endProgress(unit, taskId, at);
  changes.push({ at, kind: 'task.ended', taskId });
  await cancelUnfinished(unit, taskId, at, CANCELLED_REASON, 'not_started');
}

const ENDED_REASON = 'a run of it has succeeded, and it was to run until then';
const CANCELLED_REASON = 'another run of its task has succeeded, and one was enough';

async function endProgress(unit: Unit, taskId: TaskId, at: Temporal.Instant): Promise<void> {
  const { next_for, covered_until, revision } = await unit.db
    .selectFrom('due')
    .select(['next_for', 'covered_until', 'revision'])
    .where('task_id', '=', taskId)
    .executeTakeFirstOrThrow();
  // What came due while the run went on, and no planner has seen, is not going to be planned. How
  // many there were only the schedule knows; nearly always it was one.
  if (next_for !== null && next_for <= msOf(at)) {
    const stretch = { from: instantOf(next_for), to: at, count: 1, isCountExact: false };
    const outcome = { kind: 'skipped', reason: 'overlap' } as const;
    await insertRows(unit, 'ledger', [
      ledgerRowOf({ taskId, ...stretch, recordedAt: at, ...outcome }),
    ]);
    unit.changes.push({ at, kind: 'occurrence.skipped', taskId });
  }
  await unit.db
    .updateTable('due')
    .set({
      next_for: null,
      next_due_at: null,
      due_at: null,
      covered_until: Math.max(covered_until, msOf(at)),
      // Neither a plan nor an edit made before is to be applied.
      revision: revision + 1,
    })
    .where('task_id', '=', taskId)
    .execute();
}
