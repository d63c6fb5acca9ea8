import type { Json } from '../domain/json.ts';
import type {
  Approval,
  ApprovalId,
  ApprovalState,
  ApprovalVerb,
} from '../domain/policy/approval.ts';
import type { Act } from '../domain/policy/policy.ts';
import type { Principal } from '../domain/principal.ts';
import type { Approvals } from '../ports/approvals.ts';
import type { StoreContext } from './context.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { addItem, settleCause } from './inbox.ts';
import { instantOf, instantOrAbsent, msOf } from './instants.ts';
import { pageSize } from './page-size.ts';
import type { ApprovalRow } from './schema.ts';
import { write } from './write.ts';

/** Decided and expired ones are kept this long, in milliseconds. */
const KEPT_MS = 90 * 24 * 3_600_000;

export function createApprovals(context: StoreContext): Approvals {
  const { db } = context;
  return {
    ask: (approval, item, pendingMax) =>
      write(context, async (unit) => {
        const now = msOf(approval.createdAt);
        await unit.db
          .deleteFrom('approval')
          .where('expires_at', '<', now - KEPT_MS)
          .execute();
        const pending = await unit.db
          .selectFrom('approval')
          .selectAll()
          .where('principal_id', '=', approval.principal.id)
          .where('state', '=', 'pending')
          .where('expires_at', '>', now)
          .limit(pendingMax)
          .execute();
        const same = pending.find((row) => row.content_hash === approval.contentHash);
        if (same !== undefined) return approvalOf(same);
        if (pending.length >= pendingMax) return 'too_many';
        await unit.db
          .insertInto('approval')
          .values({
            id: approval.id,
            verb: approval.verb,
            act: approval.act,
            principal_id: approval.principal.id,
            principal: JSON.stringify(approval.principal),
            content: JSON.stringify(approval.content),
            content_hash: approval.contentHash,
            title: approval.title,
            state: 'pending',
            created_at: now,
            expires_at: msOf(approval.expiresAt),
            decided_at: null,
            decided_by: null,
            outcome: null,
          })
          .execute();
        await addItem(unit, item, approval.createdAt);
        return approval;
      }),
    get: async (id) => {
      const query = db.selectFrom('approval').selectAll().where('id', '=', id);
      const row = await query.executeTakeFirst();
      return row === undefined ? undefined : approvalOf(row);
    },
    list: async (state, limit, cursor) => {
      const size = pageSize(limit);
      let query = db.selectFrom('approval').selectAll();
      if (state !== undefined) query = query.where('state', '=', state);
      if (cursor !== undefined) {
        const [id] = decodeCursor('approvals', ['string'], cursor);
        query = query.where('id', '<', String(id));
      }
      const rows = await query
        .orderBy('id', 'desc')
        .limit(size + 1)
        .execute();
      const items = rows.slice(0, size).map(approvalOf);
      const last = rows.length > size ? items.at(-1) : undefined;
      return {
        items,
        cursor: last === undefined ? undefined : encodeCursor('approvals', [last.id]),
      };
    },
    decide: (id, state, by, at) =>
      write(context, async (unit) => {
        const row = await unit.db
          .updateTable('approval')
          .set({ state, decided_at: msOf(at), decided_by: by })
          .where('id', '=', id)
          .where('state', '=', 'pending')
          .where('expires_at', '>', msOf(at))
          .returningAll()
          .executeTakeFirst();
        if (row === undefined) return undefined;
        await settleCause(unit, id, at);
        return approvalOf(row);
      }),
    conclude: (id, outcome) =>
      write(context, async (unit) => {
        await unit.db.updateTable('approval').set({ outcome }).where('id', '=', id).execute();
      }),
  };
}

function approvalOf(row: ApprovalRow): Approval {
  return {
    id: row.id as ApprovalId,
    verb: row.verb as ApprovalVerb,
    act: row.act as Act,
    principal: JSON.parse(row.principal) as Principal,
    content: JSON.parse(row.content) as readonly Json[],
    contentHash: row.content_hash,
    title: row.title,
    state: row.state as ApprovalState,
    createdAt: instantOf(row.created_at),
    expiresAt: instantOf(row.expires_at),
    decidedAt: instantOrAbsent(row.decided_at),
    decidedBy: row.decided_by ?? undefined,
    outcome: row.outcome ?? undefined,
  };
}
