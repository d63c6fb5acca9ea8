import type { SecretRows } from '../ports/secrets.ts';
import type { StoreContext } from './context.ts';
import { inList, inParts } from './in-list.ts';
import { instantOf, msOf } from './instants.ts';
import { write } from './write.ts';

export function createSecretRows(context: StoreContext): SecretRows {
  const { db } = context;
  return {
    getMeta: async (key) => {
      const query = db.selectFrom('secret_meta').select('value').where('key', '=', key);
      return (await query.executeTakeFirst())?.value;
    },
    insertMeta: (key, value) =>
      write(context, async (unit) => {
        const inserted = await unit.db
          .insertInto('secret_meta')
          .values({ key, value })
          .onConflict((conflict) => conflict.column('key').doNothing())
          .returning('key')
          .executeTakeFirst();
        return inserted !== undefined;
      }),
    put: ({ name, sealed, createdAt, updatedAt }) =>
      write(context, async (unit) => {
        const kept = { sealed, updated_at: msOf(updatedAt) };
        await unit.db
          .insertInto('secret')
          .values({ name, created_at: msOf(createdAt), ...kept })
          .onConflict((conflict) => conflict.column('name').doUpdateSet(kept))
          .execute();
      }),
    get: async (names) => {
      const rows = [];
      for (const part of inParts(names)) {
        const query = db.selectFrom('secret').selectAll().where('name', 'in', inList(part));
        rows.push(...(await query.execute()));
      }
      return rows.map((row) => ({
        name: row.name,
        sealed: row.sealed,
        createdAt: instantOf(row.created_at),
        updatedAt: instantOf(row.updated_at),
      }));
    },
    list: async () => {
      const rows = await db
        .selectFrom('secret')
        .select(['name', 'created_at', 'updated_at'])
        .orderBy('name')
        .execute();
      return rows.map((row) => ({
        name: row.name,
        createdAt: instantOf(row.created_at),
        updatedAt: instantOf(row.updated_at),
      }));
    },
    remove: (name) =>
      write(context, async (unit) => {
        const removed = await unit.db
          .deleteFrom('secret')
          .where('name', '=', name)
          .returning('name')
          .executeTakeFirst();
        return removed !== undefined;
      }),
  };
}
