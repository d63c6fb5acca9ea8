import type { TaskId } from '../domain/id.ts';
import type { TaskNote } from '../ports/task-notes.ts';
import type { StoreContext } from './context.ts';
import { msOf } from './instants.ts';
import type { Unit } from './unit.ts';

const NOTES_MAX = 100;

export async function listNotes(
  { db }: StoreContext,
  taskId: TaskId,
): Promise<ReadonlyMap<string, string>> {
  const rows = await db
    .selectFrom('task_note')
    .select(['key', 'value'])
    .where('task_id', '=', taskId)
    .orderBy('key')
    .limit(NOTES_MAX)
    .execute();
  return new Map(rows.map(({ key, value }) => [key, value]));
}

/** Writes what a task remembers, in the transaction that ends its run. */
export async function keepNotes(
  unit: Unit,
  taskId: TaskId,
  notes: readonly TaskNote[],
  at: Temporal.Instant,
): Promise<void> {
  for (const { key, value } of notes) {
    await unit.db
      .insertInto('task_note')
      .values({ task_id: taskId, key, value, at: msOf(at) })
      .onConflict((conflict) =>
        conflict.columns(['task_id', 'key']).doUpdateSet({ value, at: msOf(at) }),
      )
      .execute();
  }
}
