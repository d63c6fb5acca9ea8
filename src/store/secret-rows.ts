import type { RunId, TaskId } from '../domain/id.ts';
import { FOR_EVERYTHING, type SecretGrants } from '../domain/secrets/secret-grants.ts';
import type { SecretListing, SecretRows } from '../ports/secrets.ts';
import type { StoreContext } from './context.ts';
import { inList, inParts } from './in-list.ts';
import { instantOf, msOf } from './instants.ts';
import { write } from './write.ts';

export function createSecretRows(context: StoreContext): SecretRows {
  const { db } = context;
  return {
    ...createSecretMeta(context),
    put: ({ name, sealed, createdAt, updatedAt }, grants) =>
      write(context, async (unit) => {
        const given = grants === undefined ? {} : { grants: JSON.stringify(grants) };
        const kept = { sealed, updated_at: msOf(updatedAt), ...given };
        const made = { name, created_at: msOf(createdAt), ...NOTHING_NAMED, ...kept };
        await unit.db
          .insertInto('secret')
          .values(made)
          .onConflict((conflict) => conflict.column('name').doUpdateSet(kept))
          .execute();
      }),
    replaceSealed: (name, before, after) =>
      write(context, async (unit) => {
        const replaced = await unit.db
          .updateTable('secret')
          .set({ sealed: after })
          .where('name', '=', name)
          .where('sealed', '=', before)
          .returning('name')
          .executeTakeFirst();
        return replaced !== undefined;
      }),
    setGrants: (name, grants) =>
      write(context, async (unit) => {
        const changed = await unit.db
          .updateTable('secret')
          .set({ grants: JSON.stringify(grants) })
          .where('name', '=', name)
          .returning('name')
          .executeTakeFirst();
        return changed !== undefined;
      }),
    noteUse: (names, by, at) =>
      write(context, async (unit) => {
        const used = JSON.stringify({ ...by, at: msOf(at) });
        for (const part of inParts(names)) {
          await unit.db
            .updateTable('secret')
            .set({ last_use: used })
            .where('name', 'in', inList(part))
            .execute();
        }
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
        .select(['name', 'created_at', 'updated_at', 'grants', 'last_use'])
        .orderBy('name')
        .execute();
      return rows.map((row) => ({
        name: row.name,
        createdAt: instantOf(row.created_at),
        updatedAt: instantOf(row.updated_at),
        grants: { ...FOR_EVERYTHING, ...(JSON.parse(row.grants) as Partial<SecretGrants>) },
        lastUse: row.last_use === null ? undefined : lastUseOf(row.last_use),
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

const NOTHING_NAMED = { grants: JSON.stringify(FOR_EVERYTHING), last_use: null };

function lastUseOf(text: string): NonNullable<SecretListing['lastUse']> {
  const { at, ...by } = JSON.parse(text) as {
    readonly at: number;
    readonly taskId: TaskId;
    readonly taskName: string;
    readonly runId: RunId;
  };
  return { ...by, at: instantOf(at) };
}

type MetaRows = Pick<SecretRows, 'getMeta' | 'listMeta' | 'insertMeta' | 'changeMeta'>;

function createSecretMeta(context: StoreContext): MetaRows {
  const { db } = context;
  return {
    getMeta: async (key) => {
      const query = db.selectFrom('secret_meta').select('value').where('key', '=', key);
      return (await query.executeTakeFirst())?.value;
    },
    listMeta: async (prefix) => {
      const rows = await db
        .selectFrom('secret_meta')
        .selectAll()
        .where('key', '>=', prefix)
        .orderBy('key')
        .execute();
      return rows.filter(({ key }) => key.startsWith(prefix));
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
    changeMeta: (written, removed) =>
      write(context, async (unit) => {
        for (const { key, value } of written) {
          await unit.db
            .insertInto('secret_meta')
            .values({ key, value })
            .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
            .execute();
        }
        for (const key of removed) {
          await unit.db.deleteFrom('secret_meta').where('key', '=', key).execute();
        }
      }),
  };
}
