import { requireScope, type Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import { UNDELETE_MS_MAX, type Task } from '../domain/task.ts';
import type { LedgerEntry } from '../domain/ledger.ts';
import { delegatorOf, requireOffspring } from './agent-bounds.ts';
import { answerTask } from './answer-task.ts';
import { busy, nameTaken } from './change-task.ts';
import { pauseEntries } from './pause-entries.ts';
import { sayDuration } from './say-time.ts';
import type { ServicePorts, TaskRef, TaskWithReceipt } from './services.ts';
import { reviveFollowers } from './task-chain.ts';
import { nextAfter, resumesAfter } from './task-schedule.ts';

/** Somebody else may take the task back, or its name, between our reading and writing. */
const TRIES_MAX = 3;

/**
 * Takes a deletion back, for UNDELETE_MS_MAX. The task goes on from now in the state it had: what came
 * due meanwhile is skipped and stays so. Runs that were cancelled stay cancelled.
 */
export async function undeleteTask(
  ports: ServicePorts,
  principal: Principal,
  ref: TaskRef,
): Promise<TaskWithReceipt> {
  requireScope(principal, 'tasks:write');
  const delegator = await delegatorOf(ports, principal);
  for (let tried = 0; tried < TRIES_MAX; tried += 1) {
    const now = await ports.store.now();
    const deleted = await findDeleted(ports, principal, ref, now);
    requireOffspring(delegator, deleted);
    const { task, entries } = goingOn(deleted, now);
    const written = await ports.store.undeleteTask(task, entries);
    if (written === 'name_taken') throw nameTaken(task.definition.name);
    if (written === 'stale') continue;
    await reviveFollowers(ports, principal, task);
    return answerTask(ports, task, false);
  }
  throw busy(ref);
}

/** The task of this id or name that was deleted last. Refuses as `not_found`. */
export async function findDeleted(
  ports: ServicePorts,
  principal: Principal,
  ref: TaskRef,
  now: Temporal.Instant,
): Promise<Task> {
  const task = await ports.store.findDeletedTask(ref, principal.namespace, now);
  if (task !== undefined) return task;
  throw new Refusal(
    'not_found',
    `No task ${JSON.stringify(ref.slice(0, 150))} was deleted within ${sayDuration(UNDELETE_MS_MAX)}. Only such tasks can be taken back; make a new one.`,
  );
}

function goingOn(
  deleted: Task,
  now: Temporal.Instant,
): { readonly task: Task; readonly entries: readonly LedgerEntry[] } {
  const back = { ...deleted, revision: deleted.revision + 1, updatedAt: now };
  if (deleted.state !== 'active') return { task: back, entries: [] };
  const from = resumesAfter(deleted, now);
  const next = nextAfter(deleted, from);
  const moved = { ...back, next, coveredUntil: from };
  const entries = pauseEntries(deleted, now, 'deleted');
  if (deleted.definition.schedule === undefined || next !== undefined) {
    return { task: moved, entries };
  }
  const stateReason = 'Its last occurrence fell in the time in which it was deleted.';
  return { task: { ...moved, state: 'ended', stateReason, stateAt: now }, entries };
}
