import type { ChangeKind } from '../domain/change.ts';
import type { LedgerEntry } from '../domain/ledger.ts';
import { planDue } from '../domain/plan-due.ts';
import { originOf, type Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Task } from '../domain/task.ts';
import { delegatorOf, requireOffspring } from './agent-bounds.ts';
import { findTask } from './find-task.ts';
import type { ServicePorts, TaskRef } from './services.ts';
import { isDue } from './task-schedule.ts';

/** Another caller or a planner may change the task between our reading and writing; then we read again. */
const TRIES_MAX = 8;

/** What becomes of a task: its new form without the revision, which is counted here. */
export type TaskChange = {
  readonly task: Task;
  readonly change: ChangeKind;
  readonly entries: readonly LedgerEntry[];
};

/**
 * Decides with `decide` on the task as it is now, and stores that. What is already due is planned
 * first, under the schedule that made it due, so that no change loses an occurrence.
 *
 * @param decide answers `undefined` when nothing is to change. It may be asked several times.
 * @returns the task as it is afterwards, and whether it was changed.
 */
export async function changeTask(
  ports: ServicePorts,
  principal: Principal,
  ref: TaskRef,
  decide: (task: Task, now: Temporal.Instant) => TaskChange | undefined,
): Promise<{ readonly task: Task; readonly isChanged: boolean }> {
  const delegator = await delegatorOf(ports, principal);
  for (let tried = 0; tried < TRIES_MAX; tried += 1) {
    const task = await findTask(ports, principal, ref);
    requireOffspring(delegator, task);
    const now = await ports.store.now();
    if (isDue(task, now)) {
      await planNow(ports, task, now);
      continue;
    }
    const decided = decide(task, now);
    if (decided === undefined) return { task, isChanged: false };
    const changed: Task = { ...decided.task, revision: task.revision + 1, updatedAt: now };
    const written = await ports.store.updateTask(
      changed,
      decided.change,
      decided.entries,
      originOf(principal),
    );
    if (written === 'updated') return { task: changed, isChanged: true };
    if (written === 'name_taken') throw nameTaken(changed.definition.name);
  }
  throw busy(ref);
}

/**
 * Refuses when the task is not what its caller saw. Plans move a task without its author's doing, so
 * after the first look only its version tells.
 *
 * @returns to be asked at every look at the task.
 */
export function revisionCheck(revision: number | undefined): (current: Task) => void {
  let first: Task | undefined;
  return (current) => {
    first ??= current;
    if (revision === undefined) return;
    if (revision === first.revision && current.version === first.version) return;
    throw new Refusal(
      'conflict',
      `The task ${JSON.stringify(current.definition.name)} has revision ${current.revision} by now, not ${revision}. Read it again, and repeat this if it still makes sense.`,
    );
  };
}

export function nameTaken(name: string, id?: string): Refusal {
  const where = id === undefined ? '' : ` (${id})`;
  return new Refusal(
    'conflict',
    `A task named ${JSON.stringify(name)} already exists${where}. Update it with update_task, or choose another name.`,
  );
}

export function busy(ref: TaskRef): Refusal {
  return new Refusal(
    'unavailable',
    `The task ${JSON.stringify(ref.slice(0, 150))} is being changed by others all the time. Try again in a moment.`,
  );
}

/** Plans what is due of a task before it is changed, so that its ledger has no hole. */
export async function planNow(
  ports: ServicePorts,
  task: Task,
  now: Temporal.Instant,
): Promise<void> {
  const plan = planDue(task, now);
  const runIds = plan.runs.map(() => ports.ids.runId());
  await ports.store.applyPlans([{ task, plan, runIds }], now);
}
