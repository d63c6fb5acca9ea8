import { inList } from './in-list.ts';
import { insertRows } from './insert-rows.ts';
import { countUnfinished } from './unfinished-runs.ts';
import { taskIdOf } from './task-row.ts';
import type { Unit } from './unit.ts';

/**
 * Lets the oldest runs go that wait behind a run of their task, as many as the task may have at
 * once. To be called whenever a run has ended, or nothing would ever start the ones behind it.
 */
export async function releaseRuns(unit: Unit, taskIds: Iterable<string>): Promise<void> {
  for (const taskId of new Set(taskIds)) await releaseRunsOf(unit, taskId);
}

async function releaseRunsOf(unit: Unit, taskId: string): Promise<void> {
  const { db } = unit;
  const counts = (await countUnfinished(db, [taskIdOf(taskId)])).get(taskId);
  if (counts === undefined || counts.waiting === 0) return;
  const free = (await runsAtOnceMax(unit, taskId)) - counts.open;
  if (free <= 0) return;
  const released = await db
    .selectFrom('run')
    .select(['id as run_id', 'task_id', 'priority', 'ready_at'])
    .where('task_id', '=', taskId)
    .where('ended_at', 'is', null)
    .where('behind_at', 'is not', null)
    .orderBy('behind_at')
    .orderBy('ordinal')
    .limit(Math.min(free, RELEASED_MAX))
    .execute();
  await insertRows(unit, 'queue', released);
  await db
    .updateTable('run')
    .set({ behind_at: null, state_reason: null })
    .where('id', 'in', inList(released.map((row) => row.run_id)))
    .execute();
}

/** The most runs that are let go for one run that ended; the next one that ends lets more go. */
const RELEASED_MAX = 100;

/**
 * Runs wait although their task may have any number at once when they are caught up one by one, or
 * when their caller asked for it. They go one after another.
 */
async function runsAtOnceMax(unit: Unit, taskId: string): Promise<number> {
  const task = await unit.db
    .selectFrom('task')
    .select('runs_at_once_max')
    .where('id', '=', taskId)
    .executeTakeFirst();
  return task?.runs_at_once_max ?? 1;
}
