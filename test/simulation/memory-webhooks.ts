import type { RunId } from '../../src/domain/id.ts';
import {
  answersTo,
  type Verdict,
  type Webhook,
  type WebhookDelivery,
  type WebhookId,
} from '../../src/domain/webhooks/webhook.ts';
import type { NewRun } from '../../src/ports/store.ts';
import {
  DEDUPE_MS,
  DELIVERIES_KEPT_MAX,
  DELIVERY_MS_MAX,
  type WebhookReference,
  type Webhooks,
} from '../../src/ports/webhooks.ts';
import { page } from './memory-queries.ts';
import { tell, type MemoryState, type Told, type Transact } from './memory-state.ts';

export type WebhookRows = {
  readonly hooks: Map<WebhookId, Webhook>;
  /** By id, oldest first. */
  readonly deliveries: Map<number, WebhookDelivery>;
  readonly seen: Map<string, { readonly atMs: number; readonly runId: RunId | undefined }>;
  lastId: number;
};

/** @param queueRun whether the run was let in. */
export function memoryWebhooks(
  state: MemoryState,
  transact: Transact,
  queueRun: (told: Told, run: NewRun) => boolean,
): Webhooks {
  const rows = state.webhooks;
  const newestFirst = (): Webhook[] =>
    [...rows.hooks.values()].toSorted((one, other) => (one.id < other.id ? 1 : -1));
  return {
    insert: (webhook) =>
      transact(webhook.createdAt, (told) => {
        if (isNameTaken(rows, webhook)) return 'name_taken';
        rows.hooks.set(webhook.id, webhook);
        tell(told, 'webhook.changed', webhook.taskId, undefined);
        return 'inserted';
      }),
    find: async (reference) => newestFirst().find((hook) => isMeant(hook, reference)),
    list: async ({ namespace, taskId }, limit, cursor) => {
      const found = newestFirst()
        .filter((hook) => namespace === 'all' || hook.namespace === namespace)
        .filter((hook) => taskId === undefined || hook.taskId === taskId);
      return page(found, limit, cursor);
    },
    update: (webhook) =>
      transact(webhook.updatedAt, (told) => {
        if (isNameTaken(rows, webhook)) return 'name_taken';
        if (rows.hooks.get(webhook.id)?.revision !== webhook.revision - 1) return 'stale';
        rows.hooks.set(webhook.id, webhook);
        tell(told, 'webhook.changed', webhook.taskId, undefined);
        return 'updated';
      }),
    remove: (id, at) =>
      transact(at, (told) => {
        const hook = rows.hooks.get(id);
        if (hook === undefined) return false;
        rows.hooks.delete(id);
        for (const one of rows.deliveries.values()) {
          if (one.webhookId === id) rows.deliveries.delete(one.id);
        }
        for (const key of rows.seen.keys()) if (key.startsWith(`${id} `)) rows.seen.delete(key);
        tell(told, 'webhook.changed', hook.taskId, undefined);
        return true;
      }),
    record: ({ delivery, dedupeKey, run, taskId }) =>
      transact(delivery.at, (told) => {
        const { webhookId, at } = delivery;
        const write = (verdict: Verdict, runId: RunId | undefined) => {
          rows.lastId += 1;
          const id = rows.lastId;
          rows.deliveries.set(id, { ...delivery, id, verdict, runId });
          tell(told, 'webhook.delivered', taskId, runId);
          const all = [...rows.deliveries.values()].filter((one) => one.webhookId === webhookId);
          for (const one of all.slice(0, -DELIVERIES_KEPT_MAX)) rows.deliveries.delete(one.id);
          return { id, verdict, runId };
        };
        const key = dedupeKey === undefined ? undefined : `${webhookId} ${dedupeKey}`;
        const first = key === undefined ? undefined : rows.seen.get(key);
        if (first !== undefined && at.epochMilliseconds - first.atMs < DEDUPE_MS) {
          return write('duplicate', first.runId);
        }
        const isQueued = run !== undefined && queueRun(told, run);
        const runId = isQueued ? run.id : undefined;
        if (key !== undefined) rows.seen.set(key, { atMs: at.epochMilliseconds, runId });
        return write(run === undefined || isQueued ? delivery.verdict : 'skipped', runId);
      }),
    getDelivery: async (id) => rows.deliveries.get(id),
    listDeliveries: async (webhookId, limit, cursor) =>
      page(
        [...rows.deliveries.values()].filter((one) => one.webhookId === webhookId).toReversed(),
        limit,
        cursor,
      ),
  };
}

/** Removes deliveries and keys that are kept no longer. @returns how many. */
export function pruneWebhooks(state: MemoryState, nowMs: number, limit: number): number {
  const { deliveries, seen } = state.webhooks;
  let removed = 0;
  for (const { id, at } of deliveries.values()) {
    if (removed >= limit) return removed;
    if (nowMs - at.epochMilliseconds <= DELIVERY_MS_MAX) continue;
    deliveries.delete(id);
    removed += 1;
  }
  for (const [key, { atMs }] of seen) {
    if (removed >= limit) return removed;
    if (nowMs - atMs < DEDUPE_MS) continue;
    seen.delete(key);
    removed += 1;
  }
  return removed;
}

function isMeant(hook: Webhook, reference: WebhookReference): boolean {
  switch (reference.by) {
    case 'id':
      return hook.id === reference.id;
    case 'name':
      return hook.name === reference.name && hook.namespace === reference.namespace;
    case 'foreign_id':
      return hook.foreignId === reference.foreignId && hook.namespace === reference.namespace;
    case 'token':
      return answersTo(hook, reference.token, LONG_AGO);
  }
}

/** At which every earlier token still counts. */
const LONG_AGO = Temporal.Instant.fromEpochMilliseconds(0);

function isNameTaken({ hooks }: WebhookRows, { id, namespace, name }: Webhook): boolean {
  if (namespace !== 'native') return false;
  return [...hooks.values()].some(
    (one) => one.id !== id && one.namespace === 'native' && one.name === name,
  );
}
