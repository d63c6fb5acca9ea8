import { describe, expect, it } from 'vitest';
import { firstTry, type NewInboxItem } from '../../../src/domain/inbox/inbox-item.ts';
import type { Task } from '../../../src/domain/task.ts';
import { manualRun } from '../fixtures.ts';
import { RESULT, withStore, type OpenStore, type World } from './world.ts';

const ALL = { namespace: 'all', states: undefined } as const;

function itemOf(task: Task, changes: Partial<NewInboxItem> = {}): NewInboxItem {
  return {
    kind: 'failure',
    cause: `failure:${task.id}`,
    namespace: task.namespace,
    taskId: task.id,
    taskName: task.definition.name,
    runId: undefined,
    title: 'It failed',
    body: 'with exit code 1',
    notice: { channels: ['phone'], level: 'warning', sound: undefined },
    deliveries: [],
    isTold: true,
    ...changes,
  };
}

async function items({ store }: World) {
  return (await store.inbox.list(ALL, 100, undefined)).items;
}

/** The inbox of a store: what a person should know of. */
export function describeInbox(open: OpenStore): void {
  describe('the inbox', () => {
    it('keeps one item for one cause, and gives it back as it was', () =>
      withStore(open, async (world) => {
        const { store, now } = world;
        const task = await world.addTask();
        const item = itemOf(task);
        world.changes();
        expect(await store.inbox.add(item, now())).toBe(true);
        expect(await store.inbox.add({ ...item, title: 'again' }, now())).toBe(false);
        expect(world.changes()).toEqual(['inbox.added']);
        const { isTold: _isTold, ...rest } = item;
        const [kept] = await items(world);
        expect(kept).toEqual({
          ...rest,
          id: 1,
          count: 1,
          state: { kind: 'unread' },
          recoveredAt: undefined,
          createdAt: now(),
          updatedAt: now(),
          pending: firstTry('item', now()),
        });
        expect(await store.inbox.get(1)).toEqual(kept);
        expect(await store.inbox.get(2)).toBeUndefined();
      }));

    it('lists by state and namespace, newest first, in pages', () =>
      withStore(open, async (world) => {
        const { store, now } = world;
        const task = await world.addTask();
        for (let n = 1; n <= 5; n += 1) {
          const namespace = n === 5 ? 'older' : 'native';
          await store.inbox.add(itemOf(task, { cause: `c${n}`, namespace }), now());
        }
        await store.inbox.settle(2, { kind: 'done' }, undefined, now());
        const first = await store.inbox.list(ALL, 3, undefined);
        expect(first.items.map(({ id }) => id)).toEqual([5, 4, 3]);
        const second = await store.inbox.list(ALL, 3, first.cursor);
        expect(second.items.map(({ id }) => id)).toEqual([2, 1]);
        expect(second.cursor).toBeUndefined();
        const unread = { namespace: 'native', states: ['unread'] } as const;
        const page = await store.inbox.list(unread, 10, undefined);
        expect(page.items.map(({ id }) => id)).toEqual([4, 3, 1]);
        const questions = { ...ALL, kinds: ['question'] } as const;
        expect((await store.inbox.list(questions, 10, undefined)).items).toEqual([]);
        const failures = { ...ALL, kinds: ['failure', 'question'] } as const;
        const failed = await store.inbox.list(failures, 10, undefined);
        expect(failed.items.map(({ id }) => id)).toEqual([5, 4, 3, 2, 1]);
        expect(await store.inbox.countUnread('native')).toBe(3);
        expect(await store.inbox.countUnread('all')).toBe(4);
      }));

    it('is written in the transaction that finishes the run, or not at all', () =>
      withStore(open, async (world) => {
        const { store, now, ids } = world;
        const task = await world.addTask();
        await store.insertRun(manualRun(ids, task, now()), now(), undefined);
        const [claim] = await world.take();
        if (claim === undefined) throw new Error('There is no run.');
        const outcome = { kind: 'succeeded', result: RESULT } as const;
        const finish = (fence: number) =>
          store.finishAttempt(
            { ...claim, fence },
            outcome,
            { to: 'succeeded' },
            now(),
            itemOf(task, { kind: 'reminder', cause: `reminder:${claim.run.id}`, isTold: false }),
          );
        expect(await finish(claim.fence + 1)).toBe(false);
        expect(await items(world)).toEqual([]);
        expect(await finish(claim.fence)).toBe(true);
        expect(await items(world)).toMatchObject([{ kind: 'reminder', pending: undefined }]);
      }));

    it('replaces the reminders of a task that somebody could see, and keeps those that nobody saw', () =>
      withStore(open, async (world) => {
        const { store, now } = world;
        const task = await world.addTask();
        const add = (n: number, isDelivered: boolean) =>
          store.inbox.add(
            itemOf(task, {
              kind: 'reminder',
              cause: `reminder:${n}`,
              deliveries: [{ channel: 'desk', isDelivered, note: '' }],
              isTold: false,
            }),
            now(),
          );
        await add(1, true);
        await add(2, false);
        await add(3, true);
        // A further attempt at a reminder that was not shown.
        await add(2, true);
        expect(
          (await items(world)).map(({ id, state, deliveries }) => [
            id,
            state.kind,
            deliveries[0]?.isDelivered,
          ]),
        ).toEqual([
          [3, 'unread', true],
          [2, 'unread', true],
          [1, 'done', true],
        ]);
      }));

    it('takes the steps of alerts only from the position they were decided at', () =>
      withStore(open, async (world) => {
        const { store, now } = world;
        const task = await world.addTask();
        expect(await store.inbox.alertPosition()).toBeUndefined();
        expect(await store.inbox.applyAlerts(undefined, 3, [], now())).toBe(true);
        const steps = [{ kind: 'open', item: itemOf(task) }] as const;
        expect(await store.inbox.applyAlerts(2, 5, steps, now())).toBe(false);
        expect(await items(world)).toEqual([]);
        expect(await store.inbox.applyAlerts(3, 5, steps, now())).toBe(true);
        expect(await store.inbox.alertPosition()).toBe(5);
        expect(await store.inbox.listOpen([task.id])).toMatchObject([{ id: 1, count: 1 }]);
        await store.inbox.applyAlerts(5, 6, [{ kind: 'again', id: 1, count: 4 }], now());
        expect(await store.inbox.listOpen([task.id])).toMatchObject([{ count: 5 }]);
        const recovered = { kind: 'recovered', id: 1, isTold: true } as const;
        await store.inbox.applyAlerts(6, 7, [recovered], now());
        expect(await store.inbox.listOpen([task.id])).toEqual([]);
        expect(await items(world)).toMatchObject([
          { recoveredAt: now(), pending: { what: 'recovery' } },
        ]);
      }));

    it('writes down what was told unless something else is to be told by now', () =>
      withStore(open, async (world) => {
        const { store, now, clock } = world;
        const task = await world.addTask();
        await store.inbox.add(itemOf(task), now());
        expect(await store.inbox.listPending(now().subtract({ seconds: 1 }), 10)).toEqual([]);
        const [pending] = await store.inbox.listPending(now(), 10);
        if (pending === undefined) throw new Error('Nothing is pending.');
        const until = now().add({ hours: 1 });
        await store.inbox.settle(1, { kind: 'snoozed', until }, firstTry('item', until), now());
        const told = [{ channel: 'phone', isDelivered: true, note: '' }];
        expect(await store.inbox.recordTold(pending, told, undefined, now())).toBe(false);
        clock.advance(3_600_000);
        const [later] = await store.inbox.listPending(now(), 10);
        if (later === undefined) throw new Error('Nothing is pending.');
        expect(await store.inbox.recordTold(later, told, undefined, now())).toBe(true);
        expect(await items(world)).toMatchObject([
          { state: { kind: 'unread' }, pending: undefined, deliveries: told },
        ]);
      }));

    it('forgets what was settled a month ago, but no stretch of failures that goes on', () =>
      withStore(open, async (world) => {
        const { store, now, clock } = world;
        const task = await world.addTask({ state: 'paused' });
        const cause = (n: number) => ({ cause: `c${n}`, isTold: false });
        await store.inbox.add(itemOf(task, cause(1)), now());
        await store.inbox.add(itemOf(task, { ...cause(2), kind: 'reminder' }), now());
        await store.inbox.add(itemOf(task, { ...cause(3), kind: 'reminder' }), now());
        for (const id of [1, 2]) await store.inbox.settle(id, { kind: 'done' }, undefined, now());
        clock.advance(31 * 24 * 3_600_000);
        await store.prune(now(), 200);
        expect((await items(world)).map(({ id }) => id)).toEqual([3, 1]);
        clock.advance(340 * 24 * 3_600_000);
        await store.prune(now(), 200);
        expect(await items(world)).toEqual([]);
      }));
  });
}
