import type { RunId } from '../domain/id.ts';
import {
  FIRST_HASH,
  hashOfEntry,
  type AuditEntry,
  type Verdict,
} from '../domain/policy/audit-entry.ts';
import type { Principal } from '../domain/principal.ts';
import type { AuditTrail } from '../ports/audit.ts';
import type { StoreContext } from './context.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { instantOf, msOf } from './instants.ts';
import { pageSize } from './page-size.ts';
import type { AuditRow } from './schema.ts';
import { write } from './write.ts';

export function createAuditTrail(context: StoreContext): AuditTrail {
  const { db } = context;
  return {
    append: (entry) =>
      write(context, async (unit) => {
        const last = await unit.db
          .selectFrom('audit')
          .select('hash')
          .orderBy('id', 'desc')
          .limit(1)
          .executeTakeFirst();
        const previousHash = last?.hash ?? FIRST_HASH;
        await unit.db
          .insertInto('audit')
          .values({
            at: msOf(entry.at),
            principal_kind: entry.principalKind,
            principal: entry.principalId,
            client: entry.client ?? null,
            parent_run_id: entry.parentRunId ?? null,
            origin: entry.from ?? null,
            verb: entry.verb,
            subject: entry.subject ?? null,
            verdict: entry.verdict,
            detail: entry.detail,
            previous_hash: previousHash,
            hash: await hashOfEntry(entry, previousHash),
          })
          .execute();
      }),
    list: async ({ principal, verb, verdict }, limit, cursor) => {
      const size = pageSize(limit);
      let query = db.selectFrom('audit').selectAll();
      if (principal !== undefined) query = query.where('principal', '=', principal);
      if (verb !== undefined) query = query.where('verb', '=', verb);
      if (verdict !== undefined) query = query.where('verdict', '=', verdict);
      if (cursor !== undefined) {
        const [id] = decodeCursor('audit', ['number'], cursor);
        query = query.where('id', '<', Number(id));
      }
      const rows = await query
        .orderBy('id', 'desc')
        .limit(size + 1)
        .execute();
      const items = rows.slice(0, size).map(entryOf);
      const last = rows.length > size ? items.at(-1) : undefined;
      return { items, cursor: last === undefined ? undefined : encodeCursor('audit', [last.id]) };
    },
    listAfter: async (id, limit) => {
      const rows = await db
        .selectFrom('audit')
        .selectAll()
        .where('id', '>', id)
        .orderBy('id')
        .limit(pageSize(limit))
        .execute();
      return rows.map(entryOf);
    },
    countDone: async (principal, verb, since) => {
      const row = await db
        .selectFrom('audit')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('principal', '=', principal)
        .where('verb', '=', verb)
        .where('verdict', '=', 'done')
        .where('at', '>=', msOf(since))
        .executeTakeFirstOrThrow();
      return row.count;
    },
  };
}

function entryOf(row: AuditRow): AuditEntry {
  return {
    id: row.id,
    at: instantOf(row.at),
    principalKind: row.principal_kind as Principal['kind'],
    principalId: row.principal,
    client: row.client ?? undefined,
    parentRunId: (row.parent_run_id ?? undefined) as RunId | undefined,
    from: row.origin ?? undefined,
    verb: row.verb,
    subject: row.subject ?? undefined,
    verdict: row.verdict as Verdict,
    detail: row.detail,
    previousHash: row.previous_hash,
    hash: row.hash,
  };
}
