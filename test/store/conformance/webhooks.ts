import { describe, expect, it } from 'vitest';
import type { Task } from '../../../src/domain/task.ts';
import type { NewDelivery, Webhook } from '../../../src/domain/webhooks/webhook.ts';
import { DELIVERIES_KEPT_MAX } from '../../../src/ports/webhooks.ts';
import { manualRun } from '../fixtures.ts';
import { withStore, type OpenStore, type World } from './world.ts';

const ALL = { namespace: 'all', taskId: undefined } as const;

function webhookOf({ ids, now }: World, task: Task, changes: Partial<Webhook> = {}): Webhook {
  return {
    id: ids.webhookId(),
    namespace: 'native',
    foreignId: undefined,
    ext: { prompt: 'x' },
    name: 'pushes',
    description: undefined,
    token: 'a'.repeat(26),
    formerToken: undefined,
    scheme: 'github',
    taskId: task.id,
    ownsTask: false,
    overlap: 'queue_all',
    allowedAddresses: ['192.0.2.0/24'],
    isEnabled: true,
    revision: 1,
    origin: task.origin,
    createdAt: now(),
    updatedAt: now(),
    ...changes,
  };
}

function deliveryOf({ now }: World, webhook: Webhook, changes: Partial<NewDelivery> = {}) {
  return {
    webhookId: webhook.id,
    at: now(),
    verdict: 'accepted',
    senderId: 'one',
    source: '192.0.2.7',
    cause: 'sender',
    headers: { 'content-type': 'application/json' },
    body: '{}',
    bodyBytes: 2,
    isBodyCut: false,
    replayOf: undefined,
    ...changes,
  } as const;
}

/** Webhooks, and what was delivered to them. */
export function describeWebhooks(open: OpenStore): void {
  describe('webhooks', () => {
    it('are given back as they were, by id, name, token and former token', () =>
      withStore(open, async (world) => {
        const { store, now } = world;
        const task = await world.addTask();
        const webhook = webhookOf(world, task, {
          formerToken: { token: 'b'.repeat(26), until: now().add({ hours: 1 }) },
          foreignId: 'abc',
        });
        world.changes();
        expect(await store.webhooks.insert(webhook)).toBe('inserted');
        expect(world.changes()).toEqual(['webhook.changed']);
        for (const reference of [
          { by: 'id', id: webhook.id },
          { by: 'name', name: 'pushes', namespace: 'native' },
          { by: 'foreign_id', foreignId: 'abc', namespace: 'native' },
          { by: 'token', token: webhook.token },
          { by: 'token', token: 'b'.repeat(26) },
        ] as const) {
          expect(await store.webhooks.find(reference)).toEqual(webhook);
        }
        expect(await store.webhooks.find({ by: 'token', token: 'c' })).toBeUndefined();
        expect((await store.webhooks.list(ALL, 10, undefined)).items).toEqual([webhook]);
        expect(
          (await store.webhooks.list({ ...ALL, namespace: 'x' }, 10, undefined)).items,
        ).toEqual([]);
      }));

    it('have names of their own in the native namespace, and are replaced only from their revision', () =>
      withStore(open, async (world) => {
        const { store } = world;
        const task = await world.addTask();
        const webhook = webhookOf(world, task);
        await store.webhooks.insert(webhook);
        const other = webhookOf(world, task, { token: 'd'.repeat(26) });
        expect(await store.webhooks.insert(other)).toBe('name_taken');
        expect(await store.webhooks.insert({ ...other, name: 'other' })).toBe('inserted');
        const changed = { ...webhook, isEnabled: false, revision: 2 };
        expect(await store.webhooks.update({ ...changed, name: 'other' })).toBe('name_taken');
        expect(await store.webhooks.update(changed)).toBe('updated');
        expect(await store.webhooks.update(changed)).toBe('stale');
        const pages = [];
        let cursor: string | undefined;
        do {
          const page = await store.webhooks.list(ALL, 1, cursor);
          pages.push(page.items.map(({ name }) => name));
          cursor = page.cursor;
        } while (cursor !== undefined);
        expect(pages).toEqual([['other'], ['pushes']]);
      }));

    it('record a delivery with its run, and recognise a repeat for a week', () =>
      withStore(open, async (world) => {
        const { store, ids, now, clock } = world;
        const task = await world.addTask();
        const webhook = webhookOf(world, task);
        await store.webhooks.insert(webhook);
        const record = (key: string | undefined = 'id:one') => {
          const run = manualRun(ids, task, now(), { trigger: 'webhook', overlap: 'queue_all' });
          const delivery = deliveryOf(world, webhook);
          return store.webhooks.record({ delivery, dedupeKey: key, run, taskId: task.id });
        };
        world.changes();
        const first = await record();
        expect(first).toMatchObject({ verdict: 'accepted' });
        expect(world.changes()).toEqual(['run.queued', 'webhook.delivered']);
        expect(await record()).toMatchObject({ verdict: 'duplicate', runId: first.runId });
        clock.advance(7 * 86_400_000 - 1);
        expect(await record()).toMatchObject({ verdict: 'duplicate', runId: first.runId });
        clock.advance(1);
        const later = await record();
        expect(later).toMatchObject({ verdict: 'accepted' });
        expect(later.runId).not.toBe(first.runId);
        expect((await world.runs(task)).map(({ trigger }) => trigger)).toEqual([
          'webhook',
          'webhook',
        ]);
        const { items } = await store.webhooks.listDeliveries(webhook.id, 10, undefined);
        expect(items.map(({ verdict }) => verdict)).toEqual([
          'accepted',
          'duplicate',
          'duplicate',
          'accepted',
        ]);
        expect(await store.webhooks.getDelivery(first.id)).toEqual({
          ...deliveryOf(world, webhook, { at: items[3]?.at ?? now() }),
          id: first.id,
          runId: first.runId,
        });
      }));

    it('start nothing where the overlap policy skips', () =>
      withStore(open, async (world) => {
        const { store, ids, now } = world;
        const task = await world.addTask();
        const webhook = webhookOf(world, task);
        await store.webhooks.insert(webhook);
        const record = () =>
          store.webhooks.record({
            delivery: deliveryOf(world, webhook),
            dedupeKey: undefined,
            run: manualRun(ids, task, now(), { overlap: 'skip' }),
            taskId: task.id,
          });
        expect(await record()).toMatchObject({ verdict: 'accepted' });
        expect(await record()).toMatchObject({ verdict: 'skipped', runId: undefined });
      }));

    it('keep the newest deliveries, each for a month, and forget them with the webhook', () =>
      withStore(open, async (world) => {
        const { store, clock, now } = world;
        const task = await world.addTask();
        const webhook = webhookOf(world, task);
        await store.webhooks.insert(webhook);
        const record = () =>
          store.webhooks.record({
            delivery: deliveryOf(world, webhook, { verdict: 'bad_signature' }),
            dedupeKey: undefined,
            run: undefined,
            taskId: task.id,
          });
        const kept = async () =>
          (await store.webhooks.listDeliveries(webhook.id, 1_000, undefined)).items.length;
        for (let made = 0; made < DELIVERIES_KEPT_MAX + 3; made += 1) await record();
        expect(await kept()).toBe(DELIVERIES_KEPT_MAX);
        clock.advance(30 * 86_400_000 + 1);
        await record();
        while ((await store.prune(now(), 1_000)).hasMore);
        expect(await kept()).toBe(1);
        world.changes();
        expect(await store.webhooks.remove(webhook.id, now())).toBe(true);
        expect(await store.webhooks.remove(webhook.id, now())).toBe(false);
        expect(await kept()).toBe(0);
        expect(world.changes()).toEqual(['webhook.changed']);
      }));
  });
}
