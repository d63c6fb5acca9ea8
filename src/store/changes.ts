import type { Change } from '../domain/change.ts';
import { changeOf, returnedId } from './change-row.ts';
import type { StoreContext } from './context.ts';
import { insertRows } from './insert-rows.ts';
import { msOf } from './instants.ts';
import type { Unit } from './unit.ts';

/** Writes the changes that the unit has noted, in their order. */
export async function insertChanges(unit: Unit): Promise<readonly Change[]> {
  if (unit.changes.length === 0) return [];
  const rows = unit.changes.map((draft) => ({
    at: msOf(draft.at),
    kind: draft.kind,
    task_id: draft.taskId ?? null,
    run_id: draft.runId ?? null,
  }));
  const { returned } = await insertRows(unit, 'change', rows, 'returning', (insert) =>
    insert.returning('id'),
  );
  // Ids are given in the order of the rows, but need not be returned in it.
  const ids = returned.map(returnedId).sort((a, b) => a - b);
  return unit.changes.map((draft, index) => ({
    id: ids[index] ?? 0,
    at: draft.at,
    kind: draft.kind,
    taskId: draft.taskId,
    runId: draft.runId,
  }));
}

export async function listChanges(
  { db }: StoreContext,
  afterId: number,
  limit: number,
): Promise<readonly Change[]> {
  const rows = await db
    .selectFrom('change')
    .selectAll()
    .where('id', '>', afterId)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(changeOf);
}

export async function lastChangeId({ db }: StoreContext): Promise<number> {
  const row = await db
    .selectFrom('change')
    .select('id')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.id ?? 0;
}
