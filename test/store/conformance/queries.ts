import { describe, expect, it } from 'vitest';
import { manualRun, planOne } from '../fixtures.ts';
import { ANY_RUN, withStore } from './world.ts';
import type { OpenStore } from './world.ts';

export function describeQueries(open: OpenStore): void {
  describe('queries', () => {
    it('lists runs newest first, page by page, also those made at one instant', () =>
      withStore(open, async (world) => {
        const { store, ids, now, clock } = world;
        const task = await world.addTask({ policies: { overlap: 'allow' } });
        const made: string[] = [];
        for (let index = 0; index < 7; index += 1) {
          if (index % 3 === 0) clock.advance(1_000);
          const run = manualRun(ids, task, now());
          await store.insertRun(run, now(), undefined);
          made.push(run.id);
        }
        const listed: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await store.listRuns(ANY_RUN, 2, cursor);
          listed.push(...page.items.map((run) => run.id));
          cursor = page.cursor;
        } while (cursor !== undefined);
        expect(listed).toEqual(made.toReversed());
        await expect(store.listRuns(ANY_RUN, 2, 'nonsense')).rejects.toMatchObject({
          code: 'invalid',
        });
      }));

    it('lists runs by task, state, trigger, namespace and time', () =>
      withStore(open, async (world) => {
        const { store, ids, now, clock } = world;
        const task = await world.addTask({ policies: { overlap: 'allow' } });
        const old = await world.addTask({ namespace: 'old', policies: { overlap: 'allow' } });
        await store.applyPlans([planOne(ids, task), planOne(ids, old)], now());
        const [claim] = await world.take(1);
        if (claim === undefined) throw new Error('Nothing was taken.');
        clock.advance(1_000);
        await world.succeed(claim);
        await store.insertRun(manualRun(ids, task, now()), now(), undefined);
        const count = async (filter: Partial<typeof ANY_RUN>) =>
          (await store.listRuns({ ...ANY_RUN, ...filter }, 10, undefined)).items.length;
        expect(await count({})).toBe(3);
        expect(await count({ taskId: task.id })).toBe(2);
        expect(await count({ namespace: 'old' })).toBe(1);
        expect(await count({ states: ['succeeded', 'running'] })).toBe(1);
        expect(await count({ states: [] })).toBe(0);
        expect(await count({ trigger: 'manual' })).toBe(1);
        expect(await count({ since: now() })).toBe(1);
        expect(await count({ until: now() })).toBe(2);
        const ended = await store.listEndedRuns('all', now(), now(), 10);
        expect(ended.map((run) => run.id)).toEqual([claim.run.id]);
        const other = claim.run.namespace === 'old' ? 'native' : 'old';
        expect(await store.listEndedRuns(other, now(), now(), 10)).toEqual([]);
        const later = now().add({ seconds: 1 });
        expect(await store.listEndedRuns('all', later, later, 10)).toEqual([]);
      }));

    it('counts tasks by state, and unfinished runs by state', () =>
      withStore(open, async (world) => {
        const { store, ids, now } = world;
        const task = await world.addTask();
        const gone = await world.addTask();
        await world.addTask({ state: 'paused' });
        await world.addTask({ namespace: 'old', state: 'ended' });
        await store.deleteTask(gone.id, 1, now());
        await store.applyPlans([planOne(ids, task)], now());
        await world.take();
        await store.insertRun(manualRun(ids, task, now(), { overlap: 'allow' }), now(), undefined);
        const runs = { queued: 1, running: 1, retrying: 0, held: 0, waiting: 0 };
        expect(await store.countStates('all')).toEqual({
          tasks: { active: 1, paused: 1, ended: 1 },
          runs,
        });
        const native = await store.countStates('native');
        expect(native).toEqual({ tasks: { active: 1, paused: 1, ended: 0 }, runs });
      }));

    it('answers an empty store with nothing', () =>
      withStore(open, async ({ store, ids, now }) => {
        expect(await store.lastChangeId()).toBe(0);
        expect(await store.listChanges(0, 10)).toEqual([]);
        expect(await store.nextWakeAt()).toEqual({ dueAt: undefined, readyAt: undefined });
        expect(await store.getRun(ids.runId())).toBeUndefined();
        expect(await store.listAttempts(ids.runId())).toEqual([]);
        expect(await store.prune(now(), 10)).toEqual({ runIds: [], hasMore: false });
        expect(await store.now()).toEqual(now());
      }));

    it('keeps sealed secrets and the values behind them', () =>
      withStore(open, async ({ store, now, clock }) => {
        const { secretRows } = store;
        const bytes = Uint8Array.from([0, 255, 7]);
        expect(await secretRows.getMeta('salt')).toBeUndefined();
        expect(await secretRows.insertMeta('salt', bytes)).toBe(true);
        expect(await secretRows.insertMeta('salt', Uint8Array.from([1]))).toBe(false);
        expect([...((await secretRows.getMeta('salt')) ?? [])]).toEqual([0, 255, 7]);
        const createdAt = now();
        const forEverything = { grants: { tasks: [], servers: [], hosts: [] }, lastUse: undefined };
        const row = { name: 'B', sealed: bytes, createdAt, updatedAt: createdAt };
        await secretRows.put(row);
        await secretRows.put({ ...row, name: 'A' });
        clock.advance(1_000);
        await secretRows.put({ ...row, sealed: Uint8Array.from([9]), updatedAt: now() });
        expect(await secretRows.list()).toEqual([
          { name: 'A', createdAt, updatedAt: createdAt, ...forEverything },
          { name: 'B', createdAt, updatedAt: now(), ...forEverything },
        ]);
        const found = await secretRows.get(['B', 'C']);
        expect(found.map(({ name, sealed }) => [name, ...sealed])).toEqual([['B', 9]]);
        expect(await secretRows.get([])).toEqual([]);
        expect(await secretRows.remove('B')).toBe(true);
        expect(await secretRows.remove('B')).toBe(false);
      }));

    it('keeps what may use a secret, and who used it last', () =>
      withStore(open, async ({ store, now, ids }) => {
        const { secretRows } = store;
        const row = { name: 'A', sealed: Uint8Array.from([1]), createdAt: now(), updatedAt: now() };
        const grants = { tasks: ['report'], servers: ['mail'], hosts: ['api.example.org'] };
        await secretRows.put(row, grants);
        await secretRows.put(row);
        expect(await secretRows.list()).toMatchObject([{ grants, lastUse: undefined }]);
        expect(await secretRows.setGrants('A', { ...grants, hosts: [] })).toBe(true);
        expect(await secretRows.setGrants('NONE', grants)).toBe(false);
        const by = { taskId: ids.taskId(), taskName: 'report', runId: ids.runId() };
        await secretRows.noteUse(['A', 'NONE'], by, now());
        const [listed] = await secretRows.list();
        expect(listed?.grants).toEqual({ ...grants, hosts: [] });
        expect(listed?.lastUse).toEqual({ ...by, at: now() });
      }));

    it('replaces a sealed value only when it is still the one that was read', () =>
      withStore(open, async ({ store, now }) => {
        const { secretRows } = store;
        const [one, two] = [Uint8Array.from([1]), Uint8Array.from([2])];
        await secretRows.put({ name: 'A', sealed: one, createdAt: now(), updatedAt: now() });
        expect(await secretRows.replaceSealed('A', two, one)).toBe(false);
        expect(await secretRows.replaceSealed('A', one, two)).toBe(true);
        expect(await secretRows.replaceSealed('A', one, two)).toBe(false);
        const [row] = await secretRows.get(['A']);
        expect([...(row?.sealed ?? [])]).toEqual([2]);
      }));

    it('changes the values behind the secrets together', () =>
      withStore(open, async ({ store }) => {
        const { secretRows } = store;
        const values = async () =>
          (await secretRows.listMeta('key.')).map(({ key, value }) => [key, ...value]);
        await secretRows.insertMeta('key.1', Uint8Array.from([1]));
        await secretRows.insertMeta('other', Uint8Array.from([9]));
        const written = [
          { key: 'key.1', value: Uint8Array.from([3]) },
          { key: 'key.2', value: Uint8Array.from([4]) },
        ];
        await secretRows.changeMeta(written, []);
        expect(await values()).toEqual([
          ['key.1', 3],
          ['key.2', 4],
        ]);
        await secretRows.changeMeta([], ['key.1', 'key.7']);
        expect(await values()).toEqual([['key.2', 4]]);
      }));
  });
}
