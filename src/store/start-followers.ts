import { CHAIN_TASKS_MAX, isFollowed, problemWithChain } from '../domain/chain.ts';
import { idSuffix, type RunId, type TaskId } from '../domain/id.ts';
import type { FinalRunState } from '../domain/run.ts';
import type { Task } from '../domain/task.ts';
import { admitRun, insertAdmitted, turnAway, type Admission } from './admit-run.ts';
import { listFollowers } from './find-tasks.ts';
import { msOf } from './instants.ts';
import { taskIdOf } from './task-row.ts';
import type { Unit } from './unit.ts';
import { countUnfinished } from './unfinished-runs.ts';

/**
 * Queues a run of each active task that comes after one that ended so. It belongs into the transaction
 * that ends the run, so that each run starts its followers exactly once.
 */
export async function startFollowers(
  unit: Unit,
  ended: { readonly runId: RunId; readonly taskId: TaskId },
  state: FinalRunState,
  at: Temporal.Instant,
): Promise<void> {
  if (state === 'cancelled' || !(await hasFollowers(unit, ended.taskId))) return;
  const tasks = (await listFollowers(unit, ended.taskId)).filter((task) => mayStart(task, state));
  if (tasks.length === 0) return;
  const above = await tasksAbove(unit, ended.taskId);
  const unfinished = await countUnfinished(
    unit.db,
    tasks.map(({ id }) => id),
  );
  const admission: Admission = { now: at, unfinished, rows: [] };
  for (const task of tasks) {
    if (problemWithChain(task.id, above) !== undefined) continue;
    const candidate = {
      id: newRunId(at),
      task,
      trigger: 'task',
      overlap: task.definition.policies.overlap,
      scheduledFor: undefined,
      coversSince: undefined,
      missedCount: 0,
      readyAt: at,
      overrides: {},
      origin: { ...task.origin, parentRunId: ended.runId },
    } as const;
    if (await admitRun(unit, admission, candidate)) continue;
    turnAway(admission, candidate, 'another run of this task was unfinished');
  }
  await insertAdmitted(unit, admission);
}

/** Nearly all tasks have none, and this question is the cheaper one. */
async function hasFollowers({ db }: Unit, id: TaskId): Promise<boolean> {
  const first = db.selectFrom('task').select('id').where('after_task_id', '=', id).limit(1);
  return (await first.executeTakeFirst()) !== undefined;
}

function mayStart({ state, definition: { after } }: Task, ended: FinalRunState): boolean {
  return state === 'active' && after !== undefined && isFollowed(after, ended);
}

/** The task and those that it comes after, as they are now. */
async function tasksAbove({ db }: Unit, from: TaskId): Promise<readonly TaskId[]> {
  const above: TaskId[] = [];
  let id: string | null = from;
  while (id !== null && above.length < CHAIN_TASKS_MAX) {
    above.push(taskIdOf(id));
    const row: { readonly after_task_id: string | null } | undefined = await db
      .selectFrom('task')
      .select('after_task_id')
      .where('id', '=', id)
      .executeTakeFirst();
    id = row?.after_task_id ?? null;
  }
  return above;
}

const ID_RANDOM_BYTES = 10;

function newRunId(at: Temporal.Instant): RunId {
  return `run_${idSuffix(msOf(at), crypto.getRandomValues(new Uint8Array(ID_RANDOM_BYTES)))}`;
}
