import { requireScope, type Principal } from '../domain/principal.ts';
import type { Task } from '../domain/task.ts';
import { delegatorOf, requireOffspring } from './agent-bounds.ts';
import { busy, planNow, revisionCheck } from './change-task.ts';
import { findTask } from './find-task.ts';
import type { ServicePorts, TaskRef } from './services.ts';
import { endFollowers } from './task-chain.ts';
import { isDue } from './task-schedule.ts';

/** The planner may move the task between our reading and deleting; then we read again. */
const TRIES_MAX = 8;

/** Forgets the task; its runs that have not started are cancelled, the others and their output are kept. Tasks that only it would have started end. */
export async function deleteTask(
  ports: ServicePorts,
  principal: Principal,
  ref: TaskRef,
  revision?: number,
): Promise<Task> {
  requireScope(principal, 'tasks:write');
  const checkRevision = revisionCheck(revision);
  const delegator = await delegatorOf(ports, principal);
  for (let tried = 0; tried < TRIES_MAX; tried += 1) {
    const task = await findTask(ports, principal, ref);
    requireOffspring(delegator, task);
    checkRevision(task);
    const now = await ports.store.now();
    if (isDue(task, now)) {
      await planNow(ports, task, now);
      continue;
    }
    if ((await ports.store.deleteTask(task.id, task.revision, now)) === 'stale') continue;
    await endFollowers(ports, principal, task);
    return task;
  }
  throw busy(ref);
}
