import { requireScope, type Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Task } from '../domain/task.ts';
import { changeTask, revisionCheck } from './change-task.ts';
import { checkReason } from './check-text.ts';
import type { ServicePorts, TaskRef } from './services.ts';

/** Stops a task from starting new runs by itself. Runs in progress go on; a paused task stays as it is. */
export async function pauseTask(
  ports: ServicePorts,
  principal: Principal,
  ref: TaskRef,
  reason?: string,
  revision?: number,
): Promise<Task> {
  requireScope(principal, 'tasks:write');
  const checkRevision = revisionCheck(revision);
  const { task } = await changeTask(ports, principal, ref, (current, now) => {
    checkRevision(current);
    switch (current.state) {
      case 'paused':
        return undefined;
      case 'ended':
        throw hasEnded(current);
      case 'active':
        return {
          task: {
            ...current,
            state: 'paused',
            stateReason: checkReason(reason),
            stateAt: now,
            next: undefined,
          },
          change: 'task.paused',
          entries: [],
        };
    }
  });
  return task;
}

function hasEnded(task: Task): Refusal {
  return new Refusal(
    'conflict',
    `The task ${JSON.stringify(task.definition.name)} has ended, so there is nothing to pause. Give it a new schedule with update_task, or delete it.`,
  );
}
