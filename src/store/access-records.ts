import type { AccessRecord, AccessRecords } from '../ports/access.ts';
import type { StoreContext } from './context.ts';
import { instantOrAbsent, msOf, msOrNull } from './instants.ts';
import type { AccessRecordRow, Db } from './schema.ts';
import { write } from './write.ts';

export function createAccessRecords(context: StoreContext): AccessRecords {
  const { db } = context;
  return {
    put: (record) =>
      write(context, async (unit) => {
        const { kind, id, ...kept } = rowOf(record);
        await unit.db
          .insertInto('access_record')
          .values({ kind, id, ...kept })
          .onConflict((conflict) => conflict.columns(['kind', 'id']).doUpdateSet(kept))
          .execute();
      }),
    insert: (record) =>
      write(context, async (unit) => {
        const inserted = await unit.db
          .insertInto('access_record')
          .values(rowOf(record))
          .onConflict((conflict) => conflict.columns(['kind', 'id']).doNothing())
          .returning('id')
          .executeTakeFirst();
        return inserted !== undefined;
      }),
    find: async (kind, id) => {
      const query = db.selectFrom('access_record').selectAll();
      return recordOf(await query.where('kind', '=', kind).where('id', '=', id).executeTakeFirst());
    },
    findByAlias: async (kind, alias) => {
      const query = db.selectFrom('access_record').selectAll();
      return recordOf(
        await query.where('kind', '=', kind).where('alias', '=', alias).executeTakeFirst(),
      );
    },
    consume: (kind, id, at) =>
      write(context, async (unit) => {
        const consumed = await unit.db
          .updateTable('access_record')
          .set({ consumed_at: msOf(at) })
          .where('kind', '=', kind)
          .where('id', '=', id)
          .where('consumed_at', 'is', null)
          .returning('id')
          .executeTakeFirst();
        return consumed !== undefined;
      }),
    remove: (kind, id) =>
      write(context, async (unit) => {
        const removed = await unit.db
          .deleteFrom('access_record')
          .where('kind', '=', kind)
          .where('id', '=', id)
          .returning('id')
          .executeTakeFirst();
        return removed !== undefined;
      }),
    removeGroup: (kind, group) =>
      write(context, async (unit) => {
        await unit.db
          .deleteFrom('access_record')
          .where('kind', '=', kind)
          .where('group_id', '=', group)
          .execute();
      }),
    removeKind: (kind) =>
      write(context, async (unit) => {
        await unit.db.deleteFrom('access_record').where('kind', '=', kind).execute();
      }),
    list: async (kind, limit) => {
      const rows = await db
        .selectFrom('access_record')
        .selectAll()
        .where('kind', '=', kind)
        .orderBy('expires_at', 'desc')
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.flatMap((row) => recordOf(row) ?? []);
    },
    count: async (kind) => {
      const { count } = await db
        .selectFrom('access_record')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('kind', '=', kind)
        .executeTakeFirstOrThrow();
      return count;
    },
  };
}

/** Removes what has expired. @returns how many rows. */
export async function removeExpiredRecords(db: Db, nowMs: number, limit: number): Promise<number> {
  if (limit <= 0) return 0;
  const old = await db
    .selectFrom('access_record')
    .select(['kind', 'id'])
    .where('expires_at', '<=', nowMs)
    .limit(limit)
    .execute();
  for (const { kind, id } of old) {
    await db.deleteFrom('access_record').where('kind', '=', kind).where('id', '=', id).execute();
  }
  return old.length;
}

function rowOf(record: AccessRecord): AccessRecordRow {
  return {
    kind: record.kind,
    id: record.id,
    sealed: record.sealed,
    group_id: record.group ?? null,
    alias: record.alias ?? null,
    expires_at: msOrNull(record.expiresAt),
    consumed_at: msOrNull(record.consumedAt),
  };
}

function recordOf(row: AccessRecordRow | undefined): AccessRecord | undefined {
  if (row === undefined) return undefined;
  return {
    kind: row.kind,
    id: row.id,
    sealed: row.sealed,
    group: row.group_id ?? undefined,
    alias: row.alias ?? undefined,
    expiresAt: instantOrAbsent(row.expires_at),
    consumedAt: instantOrAbsent(row.consumed_at),
  };
}
