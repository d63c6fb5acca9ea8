import { describe, expect, it } from 'vitest';
import type { OverlapPolicy } from '../../../src/domain/policies.ts';
import { manualRun, plannedRun, planOf, planOne } from '../fixtures.ts';
import { withStore } from './world.ts';
import type { OpenStore, World } from './world.ts';

/** A task with one run in progress, whose next occurrence is a minute later and due. */
async function busyTask(world: World, overlap: OverlapPolicy, concurrency?: number) {
  const task = await world.addTask({ policies: { overlap, concurrency } });
  await world.store.applyPlans([planOne(world.ids, task)], world.now());
  const [claim] = await world.take();
  if (claim === undefined) throw new Error('Nothing was taken.');
  world.clock.advance(60_000);
  world.changes();
  return { task, claim };
}

const statesOf = async (world: World, busy: Awaited<ReturnType<typeof busyTask>>) =>
  (await world.runs(busy.task)).map((run) => run.state);

export function describeOverlap(open: OpenStore): void {
  describe('overlap', () => {
    it('skips the occurrence, and says so in the ledger', () =>
      withStore(open, async (world) => {
        const busy = await busyTask(world, 'skip');
        await world.store.applyPlans([await world.plan(busy.task)], world.now());
        expect(await statesOf(world, busy)).toEqual(['running']);
        expect(world.changes()).toEqual(['occurrence.skipped']);
        const entries = await world.store.listLedger(busy.task.id, world.now(), world.now(), 10);
        expect(entries).toMatchObject([{ kind: 'skipped', reason: 'overlap', count: 1 }]);
        expect((await world.find(busy.task)).runsPlanned).toBe(1);
      }));

    it('queues one behind the run in progress, and lets it go when that has ended', () =>
      withStore(open, async (world) => {
        const busy = await busyTask(world, 'queue_one');
        await world.store.applyPlans([await world.plan(busy.task)], world.now());
        world.clock.advance(60_000);
        await world.store.applyPlans([await world.plan(busy.task)], world.now());
        expect(await statesOf(world, busy)).toEqual(['running', 'queued']);
        const [, waiting] = await world.runs(busy.task);
        expect(waiting?.stateReason).toBe('behind another run of this task');
        expect(await world.take()).toEqual([]);
        await world.succeed(busy.claim);
        expect((await world.take()).map(({ run }) => run.id)).toEqual([waiting?.id]);
      }));

    it('lets all that wait go one after another, in their order', () =>
      withStore(open, async (world) => {
        const busy = await busyTask(world, 'queue_all');
        for (let index = 0; index < 3; index += 1) {
          await world.store.applyPlans([await world.plan(busy.task)], world.now());
          world.clock.advance(60_000);
        }
        const expected = (await world.runs(busy.task)).slice(1).map((run) => run.id);
        const order: string[] = [];
        let claim = busy.claim;
        for (let index = 0; index < 3; index += 1) {
          await world.succeed(claim);
          const taken = await world.take();
          expect(taken).toHaveLength(1);
          [claim = busy.claim] = taken;
          order.push(claim.run.id);
        }
        expect(order).toEqual(expected);
      }));

    it('fills up to the concurrency limit of the task', () =>
      withStore(open, async (world) => {
        const busy = await busyTask(world, 'queue_all', 2);
        for (let index = 0; index < 3; index += 1) {
          await world.store.applyPlans([await world.plan(busy.task)], world.now());
          world.clock.advance(60_000);
        }
        expect(await world.take()).toHaveLength(1);
        await world.succeed(busy.claim);
        expect(await world.take()).toHaveLength(1);
        expect(await world.take()).toHaveLength(0);
      }));

    it('starts runs side by side where the policy allows it', () =>
      withStore(open, async (world) => {
        const busy = await busyTask(world, 'allow');
        await world.store.applyPlans([await world.plan(busy.task)], world.now());
        expect(await world.take()).toHaveLength(1);
      }));

    it('replaces: what is in progress is asked to end, what has not started ends, the new one waits', () =>
      withStore(open, async (world) => {
        const busy = await busyTask(world, 'replace');
        await world.store.applyPlans([await world.plan(busy.task)], world.now());
        world.clock.advance(60_000);
        await world.store.applyPlans([await world.plan(busy.task)], world.now());
        expect(await statesOf(world, busy)).toEqual(['running', 'cancelled', 'queued']);
        const [running, , newest] = await world.runs(busy.task);
        expect(running?.cancelRequestedAt).toBeDefined();
        expect(world.changes()).toEqual([
          'run.cancelling',
          'run.queued',
          'run.cancelled',
          'run.queued',
        ]);
        expect(await world.take()).toEqual([]);
        const outcome = { kind: 'cancelled', message: 'Asked to.', result: undefined } as const;
        await world.store.finishAttempt(
          busy.claim,
          { ...outcome, result: emptyResult() },
          { to: 'cancelled' },
          world.now(),
        );
        expect((await world.take()).map(({ run }) => run.id)).toEqual([newest?.id]);
      }));

    it('replaces a run that has not started by one that may start at once', () =>
      withStore(open, async (world) => {
        const task = await world.addTask({ policies: { overlap: 'replace' } });
        const runs = [plannedRun(world.now()), plannedRun(world.now().add({ seconds: 1 }))];
        const next = {
          scheduledFor: world.now().add({ hours: 1 }),
          dueAt: world.now().add({ hours: 1 }),
        };
        const plan = { runs, missed: [], next, coveredUntil: world.now().add({ seconds: 1 }) };
        await world.store.applyPlans([planOf(world.ids, task, plan)], world.now());
        expect((await world.runs(task)).map((run) => run.state)).toEqual(['cancelled', 'queued']);
        world.clock.advance(1_000);
        expect(await world.take()).toHaveLength(1);
      }));

    it('runs what is caught up one by one, whatever the policy', () =>
      withStore(open, async (world) => {
        for (const overlap of ['skip', 'allow'] as const) {
          const task = await world.addTask({ policies: { overlap } });
          const runs = [0, 1, 2].map((second) =>
            plannedRun(world.now().add({ seconds: second }), {
              readyAt: world.now(),
              isCatchUp: true,
            }),
          );
          const next = {
            scheduledFor: world.now().add({ hours: 1 }),
            dueAt: world.now().add({ hours: 1 }),
          };
          const plan = { runs, missed: [], next, coveredUntil: world.now().add({ seconds: 2 }) };
          await world.store.applyPlans([planOf(world.ids, task, plan)], world.now());
          for (const expected of runs) {
            const taken = await world.take();
            expect(taken.map(({ run }) => run.scheduledFor)).toEqual([expected.scheduledFor]);
            for (const claim of taken) await world.succeed(claim);
          }
          expect(await world.take()).toEqual([]);
        }
      }));

    it('judges a run that was asked for by the policy it was asked with', () =>
      withStore(open, async (world) => {
        const { task, claim } = await busyTask(world, 'queue_all');
        const { store, ids, now } = world;
        const request = (overlap: OverlapPolicy) =>
          store.insertRun(manualRun(ids, task, now(), { overlap }), now(), undefined);
        expect(await request('skip')).toEqual({ kind: 'overlaps', with: claim.run.id });
        expect(world.changes()).toEqual([]);
        const waiting = await request('queue_one');
        expect(waiting).toMatchObject({ kind: 'inserted', run: { state: 'queued' } });
        expect(await request('queue_one')).toEqual({ kind: 'overlaps', with: claim.run.id });
        expect(await world.take()).toEqual([]);
        expect(await request('allow')).toMatchObject({ kind: 'inserted' });
        expect(await world.take()).toHaveLength(1);
      }));

    it('recognises a repeated request for a run', () =>
      withStore(open, async ({ store, ids, now, addTask }) => {
        const task = await addTask({ policies: { overlap: 'allow' } });
        const idempotency = { principal: 'owner', key: 'k', requestHash: 'h' };
        const overrides = { subject: 'now' };
        const run = manualRun(ids, task, now(), { overrides });
        const inserted = await store.insertRun(run, now(), idempotency);
        expect(inserted).toMatchObject({
          kind: 'inserted',
          run: { id: run.id, overrides, trigger: 'manual', scheduledFor: undefined },
        });
        const again = manualRun(ids, task, now(), { overrides });
        const repeated = { kind: 'repeated', id: run.id };
        expect(await store.insertRun(again, now(), idempotency)).toEqual(repeated);
        const other = { ...idempotency, requestHash: 'h2' };
        expect(await store.insertRun(again, now(), other)).toEqual({ kind: 'key_reused' });
        expect(await store.getRun(again.id)).toBeUndefined();
      }));
  });
}

function emptyResult() {
  return {
    exitCode: undefined,
    signal: 'SIGTERM',
    httpStatus: undefined,
    httpHeaders: undefined,
    durationMs: 1,
    outputBytes: 0,
    outputIsCut: false,
  };
}
