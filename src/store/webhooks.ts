import {
  DEDUPE_MS,
  DELIVERIES_KEPT_MAX,
  DELIVERY_MS_MAX,
  type DeliveryRecord,
  type RecordedDelivery,
  type WebhookFilter,
  type WebhookReference,
  type Webhooks,
} from '../ports/webhooks.ts';
import type { RunId, TaskId } from '../domain/id.ts';
import type { NewDelivery, Webhook, WebhookId } from '../domain/webhooks/webhook.ts';
import type { StoreContext } from './context.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { inList } from './in-list.ts';
import { queueRun } from './insert-run.ts';
import { msOf } from './instants.ts';
import { pageSize } from './page-size.ts';
import { runIdOf } from './run-row.ts';
import type { Db } from './schema.ts';
import type { Unit } from './unit.ts';
import { deliveryOf, webhookOf, webhookRowOf } from './webhook-row.ts';
import { write } from './write.ts';

export function createWebhooks(context: StoreContext): Webhooks {
  const { db } = context;
  return {
    insert: (webhook) =>
      write(context, async (unit) => {
        if (await isNameTaken(unit.db, webhook)) return 'name_taken';
        await unit.db.insertInto('webhook').values(webhookRowOf(webhook)).execute();
        tellChanged(unit, webhook, webhook.createdAt);
        return 'inserted';
      }),
    find: (reference) => findWebhook(db, reference),
    list: (filter, limit, cursor) => listWebhooks(db, filter, limit, cursor),
    update: (webhook) =>
      write(context, async (unit) => {
        if (await isNameTaken(unit.db, webhook)) return 'name_taken';
        const updated = await unit.db
          .updateTable('webhook')
          .set(webhookRowOf(webhook))
          .where('id', '=', webhook.id)
          .where('revision', '=', webhook.revision - 1)
          .returning('id')
          .executeTakeFirst();
        if (updated === undefined) return 'stale';
        tellChanged(unit, webhook, webhook.updatedAt);
        return 'updated';
      }),
    remove: (id, at) =>
      write(context, async (unit) => {
        const removed = await unit.db
          .deleteFrom('webhook')
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirst();
        if (removed === undefined) return false;
        await unit.db.deleteFrom('webhook_delivery').where('webhook_id', '=', id).execute();
        await unit.db.deleteFrom('webhook_seen').where('webhook_id', '=', id).execute();
        tellChanged(unit, webhookOf(removed), at);
        return true;
      }),
    record: (record) => write(context, (unit) => recordDelivery(unit, record)),
    getDelivery: async (id) => {
      const query = db.selectFrom('webhook_delivery').selectAll().where('id', '=', id);
      const row = await query.executeTakeFirst();
      return row && deliveryOf(row);
    },
    listDeliveries: async (webhookId, limit, cursor) => {
      let query = db.selectFrom('webhook_delivery').selectAll().where('webhook_id', '=', webhookId);
      if (cursor !== undefined) {
        const [before] = decodeCursor('deliveries', ['number'], cursor);
        query = query.where('id', '<', Number(before));
      }
      const size = pageSize(limit);
      const rows = await query
        .orderBy('id', 'desc')
        .limit(size + 1)
        .execute();
      const items = rows.slice(0, size).map(deliveryOf);
      const last = rows.length > size ? items.at(-1) : undefined;
      return { items, cursor: last && encodeCursor('deliveries', [last.id]) };
    },
  };
}

/** Deliveries and remembered repeats that are kept no longer. @returns how many rows were removed. */
export async function removeOldDeliveries(db: Db, nowMs: number, limit: number): Promise<number> {
  if (limit <= 0) return 0;
  const old = await db
    .selectFrom('webhook_delivery')
    .select('id')
    .where('at', '<', nowMs - DELIVERY_MS_MAX)
    .limit(limit)
    .execute();
  if (old.length > 0) {
    await db
      .deleteFrom('webhook_delivery')
      .where('id', 'in', inList(old.map(({ id }) => id)))
      .execute();
  }
  const room = limit - old.length;
  if (room <= 0) return old.length;
  const seen = await db
    .selectFrom('webhook_seen')
    .select(['webhook_id', 'key'])
    .where('at', '<=', nowMs - DEDUPE_MS)
    .limit(room)
    .execute();
  for (const { webhook_id, key } of seen) {
    const query = db.deleteFrom('webhook_seen').where('webhook_id', '=', webhook_id);
    await query.where('key', '=', key).execute();
  }
  return old.length + seen.length;
}

async function recordDelivery(
  unit: Unit,
  { delivery, dedupeKey, run, taskId }: DeliveryRecord,
): Promise<RecordedDelivery> {
  const first = await findSeen(unit.db, delivery, dedupeKey);
  if (first !== undefined) {
    const runId = first.run_id === null ? undefined : runIdOf(first.run_id);
    return insertDelivery(unit, { ...delivery, verdict: 'duplicate' }, taskId, runId);
  }
  const isQueued = run !== undefined && (await queueRun(unit, run, delivery.at));
  const verdict = run === undefined || isQueued ? delivery.verdict : 'skipped';
  const runId = isQueued ? run.id : undefined;
  await remember(unit.db, delivery, dedupeKey, runId);
  return insertDelivery(unit, { ...delivery, verdict }, taskId, runId);
}

async function findSeen(db: Db, { webhookId, at }: NewDelivery, key: string | undefined) {
  if (key === undefined) return undefined;
  return db
    .selectFrom('webhook_seen')
    .select('run_id')
    .where('webhook_id', '=', webhookId)
    .where('key', '=', key)
    .where('at', '>', msOf(at) - DEDUPE_MS)
    .executeTakeFirst();
}

async function remember(
  db: Db,
  { webhookId, at }: NewDelivery,
  key: string | undefined,
  runId: RunId | undefined,
): Promise<void> {
  if (key === undefined) return;
  const kept = { at: msOf(at), run_id: runId ?? null };
  await db
    .insertInto('webhook_seen')
    .values({ webhook_id: webhookId, key, ...kept })
    // Only a row too old to count can be in the way.
    .onConflict((conflict) => conflict.columns(['webhook_id', 'key']).doUpdateSet(kept))
    .execute();
}

async function insertDelivery(
  unit: Unit,
  delivery: NewDelivery,
  taskId: TaskId,
  runId: RunId | undefined,
): Promise<RecordedDelivery> {
  const { id } = await unit.db
    .insertInto('webhook_delivery')
    .values({
      webhook_id: delivery.webhookId,
      at: msOf(delivery.at),
      verdict: delivery.verdict,
      sender_id: delivery.senderId ?? null,
      source: delivery.source ?? null,
      cause: delivery.cause,
      headers: JSON.stringify(delivery.headers),
      body: delivery.body,
      body_bytes: delivery.bodyBytes,
      is_body_cut: delivery.isBodyCut ? 1 : 0,
      run_id: runId ?? null,
      replay_of: delivery.replayOf ?? null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  unit.changes.push({
    at: delivery.at,
    kind: 'webhook.delivered',
    taskId,
    ...(runId === undefined ? {} : { runId }),
  });
  await removeSurplus(unit.db, delivery.webhookId, id);
  return { id, verdict: delivery.verdict, runId };
}

/** Keeps the newest deliveries of the webhook. */
async function removeSurplus(db: Db, webhookId: WebhookId, newestId: number): Promise<void> {
  const oldest = await db
    .selectFrom('webhook_delivery')
    .select('id')
    .where('webhook_id', '=', webhookId)
    .where('id', '<=', newestId)
    .orderBy('id', 'desc')
    .offset(DELIVERIES_KEPT_MAX)
    .limit(1)
    .executeTakeFirst();
  if (oldest === undefined) return;
  await db
    .deleteFrom('webhook_delivery')
    .where('webhook_id', '=', webhookId)
    .where('id', '<=', oldest.id)
    .execute();
}

async function findWebhook(db: Db, reference: WebhookReference): Promise<Webhook | undefined> {
  const all = db.selectFrom('webhook').selectAll();
  const row = await (() => {
    switch (reference.by) {
      case 'id':
        return all.where('id', '=', reference.id);
      case 'name':
        return all
          .where('name', '=', reference.name)
          .where('namespace', '=', reference.namespace)
          .orderBy('id', 'desc');
      case 'foreign_id':
        return all
          .where('foreign_id', '=', reference.foreignId)
          .where('namespace', '=', reference.namespace);
      case 'token':
        return all.where((eb) =>
          eb.or([eb('token', '=', reference.token), eb('former_token', '=', reference.token)]),
        );
    }
  })()
    .limit(1)
    .executeTakeFirst();
  return row && webhookOf(row);
}

async function listWebhooks(
  db: Db,
  { namespace, taskId }: WebhookFilter,
  limit: number,
  cursor: string | undefined,
) {
  let query = db.selectFrom('webhook').selectAll();
  if (namespace !== 'all') query = query.where('namespace', '=', namespace);
  if (taskId !== undefined) query = query.where('task_id', '=', taskId);
  if (cursor !== undefined) {
    const [before] = decodeCursor('webhooks', ['string'], cursor);
    query = query.where('id', '<', String(before));
  }
  const size = pageSize(limit);
  const rows = await query
    .orderBy('id', 'desc')
    .limit(size + 1)
    .execute();
  const items = rows.slice(0, size).map(webhookOf);
  const last = rows.length > size ? items.at(-1) : undefined;
  return { items, cursor: last && encodeCursor('webhooks', [last.id]) };
}

async function isNameTaken(db: Db, { id, namespace, name }: Webhook): Promise<boolean> {
  if (namespace !== 'native') return false;
  const query = db.selectFrom('webhook').select('id').where('name_key', '=', name);
  return (await query.where('id', '<>', id).executeTakeFirst()) !== undefined;
}

function tellChanged(unit: Unit, { taskId }: Webhook, at: Temporal.Instant): void {
  unit.changes.push({ at, kind: 'webhook.changed', taskId });
}
