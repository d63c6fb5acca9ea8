import { requireScope, type Principal } from '../domain/principal.ts';
import { answerTask } from './answer-task.ts';
import { findTask } from './find-task.ts';
import type { ServicePorts, TaskDetail, TaskRef } from './services.ts';

/** Runs told beside a task. */
const LAST_RUNS = 5;

export async function getTask(
  ports: ServicePorts,
  principal: Principal,
  ref: TaskRef,
): Promise<TaskDetail> {
  requireScope(principal, 'tasks:read');
  const task = await findTask(ports, principal, ref);
  const runs = await ports.store.listRuns(
    {
      namespace: principal.namespace,
      taskId: task.id,
      states: undefined,
      trigger: undefined,
      since: undefined,
      until: undefined,
    },
    LAST_RUNS,
    undefined,
  );
  return { ...(await answerTask(ports, task, false)), lastRuns: runs.items };
}
