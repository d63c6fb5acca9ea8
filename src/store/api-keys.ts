import type { KeyId } from '../domain/api-key.ts';
import { scopesIn } from '../domain/principal.ts';
import type { ApiKeyRow, ApiKeyRows } from '../ports/access.ts';
import type { StoreContext } from './context.ts';
import { instantOf, instantOrAbsent, msOf, msOrNull } from './instants.ts';
import type { ApiKeyTableRow } from './schema.ts';
import { write } from './write.ts';

export function createApiKeyRows(context: StoreContext): ApiKeyRows {
  const { db } = context;
  return {
    insert: (row) =>
      write(context, async (unit) => {
        const inserted = await unit.db
          .insertInto('api_key')
          .values({
            id: row.id,
            name: row.name,
            digest: row.digest,
            scopes: row.scopes.join(' '),
            created_at: msOf(row.createdAt),
            created_by: row.createdBy,
            expires_at: msOrNull(row.expiresAt),
            revoked_at: msOrNull(row.revokedAt),
            last_used_at: msOrNull(row.lastUsedAt),
          })
          .onConflict((conflict) => conflict.doNothing())
          .returning('id')
          .executeTakeFirst();
        return inserted === undefined ? 'name_taken' : 'inserted';
      }),
    find: async (id) => {
      const query = db.selectFrom('api_key').selectAll().where('id', '=', id);
      return keyOf(await query.executeTakeFirst());
    },
    findByName: async (name) => {
      const query = db
        .selectFrom('api_key')
        .selectAll()
        .where('name', '=', name)
        .where('revoked_at', 'is', null);
      return keyOf(await query.executeTakeFirst());
    },
    list: async (limit) => {
      const query = db.selectFrom('api_key').selectAll().orderBy('id', 'desc').limit(limit);
      return (await query.execute()).flatMap((row) => keyOf(row) ?? []);
    },
    revoke: (id, at) =>
      write(context, async (unit) => {
        const revoked = await unit.db
          .updateTable('api_key')
          .set({ revoked_at: msOf(at) })
          .where('id', '=', id)
          .where('revoked_at', 'is', null)
          .returning('id')
          .executeTakeFirst();
        return revoked !== undefined;
      }),
    noteUse: (id, at) =>
      write(context, async (unit) => {
        await unit.db
          .updateTable('api_key')
          .set({ last_used_at: msOf(at) })
          .where('id', '=', id)
          .execute();
      }),
  };
}

function keyOf(row: ApiKeyTableRow | undefined): ApiKeyRow | undefined {
  if (row === undefined) return undefined;
  return {
    id: row.id as KeyId,
    name: row.name,
    digest: row.digest,
    scopes: scopesIn(row.scopes),
    createdAt: instantOf(row.created_at),
    createdBy: row.created_by,
    expiresAt: instantOrAbsent(row.expires_at),
    revokedAt: instantOrAbsent(row.revoked_at),
    lastUsedAt: instantOrAbsent(row.last_used_at),
  };
}
