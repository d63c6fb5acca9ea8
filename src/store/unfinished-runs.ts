import type { TaskId } from '../domain/id.ts';
import type { Unfinished } from '../domain/overlap.ts';
import { inList, inParts } from './in-list.ts';
import type { Db } from './schema.ts';

/** Counts the unfinished runs of these tasks. A task without any is absent. */
export async function countUnfinished(
  db: Db,
  taskIds: readonly TaskId[],
): Promise<Map<string, Unfinished>> {
  const counts = new Map<string, Unfinished>();
  for (const part of inParts(taskIds)) {
    const rows = await db
      .selectFrom('run')
      .select((eb) => [
        'task_id',
        eb.fn.countAll<number>().as('unfinished'),
        eb.fn.count<number>('behind_at').as('waiting'),
      ])
      .where('task_id', 'in', inList(part))
      .where('ended_at', 'is', null)
      .groupBy('task_id')
      .execute();
    for (const { task_id, unfinished, waiting } of rows) {
      counts.set(task_id, { open: unfinished - waiting, waiting });
    }
  }
  return counts;
}
