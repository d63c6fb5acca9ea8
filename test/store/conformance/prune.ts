import { describe, expect, it } from 'vitest';
import type { Task } from '../../../src/domain/task.ts';
import { manualRun, planOne } from '../fixtures.ts';
import { withStore } from './world.ts';
import type { OpenStore, World } from './world.ts';

const DAY_MS = 86_400_000;

/** Makes runs of the task, a second apart, and lets all of them succeed. */
async function addEndedRuns(world: World, task: Task, count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const run = manualRun(world.ids, task, world.now());
    await world.store.insertRun(run, world.now(), undefined);
    for (const claim of await world.take()) await world.succeed(claim);
    ids.push(run.id);
    world.clock.advance(1_000);
  }
  return ids;
}

export function describePrune(open: OpenStore): void {
  describe('pruning', () => {
    it('keeps the newest runs of each task, and every unfinished one', () =>
      withStore(open, async (world) => {
        const { store, ids, now } = world;
        const retention = { runsMax: 2, ageMsMax: 90 * DAY_MS };
        const task = await world.addTask({ policies: { retention, overlap: 'queue_all' } });
        const other = await world.addTask();
        const runIds = await addEndedRuns(world, task, 5);
        await addEndedRuns(world, other, 3);
        await store.insertRun(manualRun(ids, task, now()), now(), undefined);
        await store.insertRun(manualRun(ids, task, now()), now(), undefined);
        expect(await store.prune(now(), 100)).toEqual({
          runIds: runIds.slice(0, 3),
          hasMore: false,
        });
        const kept = await world.runs(task);
        expect(kept.map((run) => run.state)).toEqual([
          'succeeded',
          'succeeded',
          'queued',
          'queued',
        ]);
        expect(await world.runs(other)).toHaveLength(3);
        const [first] = runIds;
        const attempts = first === undefined ? [] : await store.listAttempts(kept[0]?.id ?? 'run_');
        expect(attempts).toHaveLength(1);
        expect(await store.prune(now(), 100)).toEqual({ runIds: [], hasMore: false });
      }));

    it('removes runs and ledger entries that are too old', () =>
      withStore(open, async (world) => {
        const { store, ids, now, clock } = world;
        const retention = { runsMax: 100, ageMsMax: DAY_MS };
        const task = await world.addTask({ policies: { retention } });
        const start = now();
        await store.applyPlans([planOne(ids, task)], now());
        for (const claim of await world.take()) await world.succeed(claim);
        clock.advance(DAY_MS);
        expect((await store.prune(now(), 100)).runIds).toEqual([]);
        const young = await addEndedRuns(world, task, 1);
        expect((await store.prune(now(), 100)).runIds).toHaveLength(1);
        expect((await world.runs(task)).map((run) => run.id)).toEqual(young);
        expect(await store.listLedger(task.id, start, now(), 10)).toEqual([]);
      }));

    it('stops at the limit and says that there is more', () =>
      withStore(open, async (world) => {
        const retention = { runsMax: 1, ageMsMax: DAY_MS };
        const task = await world.addTask({ policies: { retention } });
        const runIds = await addEndedRuns(world, task, 6);
        const removed: string[] = [];
        let calls = 0;
        for (let hasMore = true; hasMore && calls < 10; calls += 1) {
          const pruned = await world.store.prune(world.now(), 2);
          expect(pruned.runIds.length).toBeLessThanOrEqual(2);
          removed.push(...pruned.runIds);
          ({ hasMore } = pruned);
        }
        expect(removed).toEqual(runIds.slice(0, 5));
        expect(calls).toBeLessThan(5);
      }));

    it('removes a deleted task when the last of its runs is gone', () =>
      withStore(open, async (world) => {
        const { store, now, clock } = world;
        const task = await world.addTask({ definition: { tags: ['x'] } });
        await addEndedRuns(world, task, 1);
        await store.deleteTask(task.id, 1, now());
        await store.prune(now(), 100);
        expect(await store.getDefinition(task.id, 1)).toBeDefined();
        clock.advance(91 * DAY_MS);
        await store.prune(now(), 100);
        await store.prune(now(), 100);
        expect(await store.getDefinition(task.id, 1)).toBeUndefined();
      }));

    it('comes round to every task, however many there are', () =>
      withStore(open, async (world) => {
        const tasks: Task[] = [];
        const retention = { runsMax: 1, ageMsMax: DAY_MS };
        for (let index = 0; index < 450; index += 1) tasks.push(await world.addTask());
        const last = await world.addTask({ policies: { retention } });
        const [oldest] = await addEndedRuns(world, last, 2);
        const removed: string[] = [];
        for (let call = 0; call < 3; call += 1) {
          removed.push(...(await world.store.prune(world.now(), 100)).runIds);
        }
        expect(removed).toEqual([oldest]);
      }));

    it('removes old changes, but never the newest 10,000', () =>
      withStore(open, async (world) => {
        const { store, now, clock } = world;
        const task = await world.addTask();
        const entry = {
          kind: 'skipped',
          reason: 'paused',
          taskId: task.id,
          count: 1,
          isCountExact: true,
          recordedAt: now(),
        } as const;
        const entries = Array.from({ length: 10_100 }, (_, index) => {
          const at = now().add({ milliseconds: index });
          return { ...entry, from: at, to: at };
        });
        await store.updateTask({ ...task, revision: 2 }, 'task.updated', entries);
        expect(await store.prune(now(), 60)).toEqual({ runIds: [], hasMore: false });
        clock.advance(8 * DAY_MS);
        expect(await store.prune(now(), 60)).toEqual({ runIds: [], hasMore: true });
        expect(await store.prune(now(), 60)).toEqual({ runIds: [], hasMore: false });
        const [first] = await store.listChanges(0, 1);
        expect(first?.id).toBe(103);
        expect(await store.lastChangeId()).toBe(10_102);
      }));
  });
}
