import type { RunId } from '../domain/id.ts';
import { planDue } from '../domain/plan-due.ts';
import type { Task } from '../domain/task.ts';
import type { PlannedTask } from '../ports/store.ts';
import type { EnginePorts } from './engine-ports.ts';
import { WAIT_MS_MAX } from './repeat.ts';

/** The most tasks that one pass moves on: one transaction, a few tens of milliseconds. */
const TASKS_PER_PASS = 500;

/**
 * Turns what is due into queued runs and moves the tasks on.
 *
 * @returns how many tasks were moved.
 */
export async function planOnce(ports: EnginePorts): Promise<number> {
  const now = await ports.store.now();
  const tasks = await ports.store.listDueTasks(now, TASKS_PER_PASS);
  if (tasks.length === 0) return 0;
  const planned: PlannedTask[] = [];
  for (const task of tasks) {
    const one = planOrUndefined(ports, task, now);
    if (one === undefined) await setAside(ports, task, now);
    else planned.push(one);
  }
  return ports.store.applyPlans(planned, now);
}

/** Milliseconds until the planner has something to do, as far as it is known now. */
export async function planWaitMs(ports: EnginePorts): Promise<number> {
  const { dueAt } = await ports.store.nextWakeAt();
  if (dueAt === undefined) return WAIT_MS_MAX;
  const now = await ports.store.now();
  const waitMs = Math.ceil(dueAt.epochMilliseconds - now.epochMilliseconds);
  if (waitMs > 0) return waitMs;
  // What comes due during a standstill is caught up with afterwards, or missed, as its task says.
  return (await ports.store.standstill.get()) === undefined ? waitMs : WAIT_MS_MAX;
}

function planOrUndefined(
  ports: EnginePorts,
  task: Task,
  now: Temporal.Instant,
): PlannedTask | undefined {
  try {
    const plan = planDue(task, now);
    const runIds: readonly RunId[] = plan.runs.map(() => ports.ids.runId());
    return { task, plan, runIds };
  } catch (error) {
    ports.log.error('a schedule could not be computed', { task: task.id }, error);
    return undefined;
  }
}

/** Pauses a task that cannot be planned, so that it holds up no other and somebody sees it. */
async function setAside(ports: EnginePorts, task: Task, now: Temporal.Instant): Promise<void> {
  await ports.store.updateTask(
    {
      ...task,
      state: 'paused',
      stateReason: 'its schedule could not be computed; the log says more',
      stateAt: now,
      next: undefined,
      revision: task.revision + 1,
      updatedAt: now,
    },
    'task.paused',
    [],
  );
}
