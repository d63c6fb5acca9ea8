import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/domain/outcome.ts';
import type { Claim } from '../../../src/domain/run.ts';
import { manualRun, minuteTask, planOne } from '../fixtures.ts';
import { ANY_TASK, RESULT, withStore } from './world.ts';
import type { OpenStore, World } from './world.ts';

const FAILED: Outcome = {
  kind: 'failed',
  reason: 'exit_code',
  message: 'The command ended with exit code 3.',
  retryable: true,
  result: { ...RESULT, exitCode: 3 },
};

/** Takes the one run that is ready. */
async function takeOne(world: World): Promise<Claim> {
  const [claim, ...others] = await world.take();
  if (claim === undefined || others.length > 0) throw new Error('There is not exactly one run.');
  return claim;
}

/** A claimed run of a new task. */
async function runningTask(world: World) {
  const task = await world.addTask();
  await world.store.applyPlans([planOne(world.ids, task)], world.now());
  const claim = await takeOne(world);
  world.changes();
  return { task, claim };
}

export function describeRuns(open: OpenStore): void {
  describe('runs', () => {
    it('runs a task that no list has once, and removes it with its run', () =>
      withStore(open, async (world) => {
        const { store, now, ids, clock } = world;
        const policies = { retention: { runsMax: 1, ageMsMax: 1_000 } };
        const { next: _, ...task } = minuteTask(ids, now(), { policies });
        const run = manualRun(ids, { ...task, next: undefined }, now());
        const key = { principal: 'owner', key: 'k', requestHash: 'a' };
        expect(await store.insertUnlistedRun(run, now(), key)).toMatchObject({ kind: 'inserted' });
        expect(await store.insertUnlistedRun(run, now(), key)).toEqual({
          kind: 'repeated',
          id: run.id,
        });
        expect(await store.findTask({ by: 'id', id: task.id })).toBeUndefined();
        const listed = await store.listTasks(ANY_TASK, 10, undefined);
        expect(listed.items).toEqual([]);
        expect((await store.getDefinition(task.id, 1))?.name).toBe(task.definition.name);
        expect(await world.succeed(await takeOne(world))).toBe(true);
        expect((await store.getRun(run.id))?.state).toBe('succeeded');
        clock.advance(10_000);
        for (let pass = 0; pass < 3; pass += 1) await store.prune(now(), 100);
        expect(await store.getRun(run.id)).toBeUndefined();
        expect(await store.getDefinition(task.id, 1)).toBeUndefined();
      }));

    it('claims a ready run for one taker and begins its attempt', () =>
      withStore(open, async (world) => {
        const { store, now } = world;
        const task = await world.addTask();
        await store.applyPlans([planOne(world.ids, task)], now());
        world.changes();
        const taken = await Promise.all([world.take(), world.take(), world.take()]);
        const claims = taken.flat();
        expect(claims).toMatchObject([{ fence: 1, run: { state: 'running', attempt: 1 } }]);
        expect(world.changes()).toEqual(['run.started']);
        const [claim] = claims;
        if (claim === undefined) return;
        expect(await store.getRun(claim.run.id)).toEqual(claim.run);
        expect(claim.run.startedAt).toEqual(now());
        expect(await store.listAttempts(claim.run.id)).toEqual([
          {
            runId: claim.run.id,
            attempt: 1,
            startedAt: now(),
            endedAt: undefined,
            outcome: undefined,
            message: undefined,
            result: undefined,
          },
        ]);
        expect((await store.nextWakeAt()).readyAt).toBeUndefined();
      }));

    it('takes the highest priority first, then what has been ready for longest', () =>
      withStore(open, async (world) => {
        const { store, ids, now } = world;
        const readyAt = [3, 1, 2, 4].map((seconds) => now().subtract({ seconds }));
        const expected: string[] = [];
        for (const [index, at] of readyAt.entries()) {
          const task = await world.addTask({ policies: { priority: index === 2 ? 5 : 0 } });
          const run = manualRun(ids, task, at);
          await store.insertRun(run, now(), undefined);
          expected.push(run.id);
        }
        const future = await world.addTask({ policies: { priority: 100 } });
        await store.insertRun(manualRun(ids, future, now().add({ seconds: 1 })), now(), undefined);
        const first = await world.take(3);
        const rest = await world.take(3);
        expect([...first, ...rest].map(({ run }) => run.id)).toEqual(
          [2, 3, 0, 1].map((index) => expected[index]),
        );
        expect(await world.take(0)).toEqual([]);
      }));

    it('keeps the limits of tags, and lets no blocked head starve the others', () =>
      withStore(open, async (world) => {
        const { store, ids, now } = world;
        const add = async (tags: readonly string[], priority: number) => {
          const task = await world.addTask({ definition: { tags }, policies: { priority } });
          await store.insertRun(manualRun(ids, task, now()), now(), undefined);
        };
        for (let index = 0; index < 40; index += 1) await add(['slow'], 50);
        for (let index = 0; index < 3; index += 1) await add(['slow', 'net'], 40);
        for (let index = 0; index < 3; index += 1) await add(['net'], 30);
        for (let index = 0; index < 2; index += 1) await add([], 0);
        const limits = new Map([
          ['slow', 2],
          ['net', 1],
        ]);
        const taken = await world.take(4, limits);
        expect(taken.map(({ run }) => run.priority)).toEqual([50, 50, 30, 0]);
        expect((await world.take(10, limits)).map(({ run }) => run.priority)).toEqual([0]);
        expect(await world.take(10, limits)).toEqual([]);
        for (const claim of taken) await world.succeed(claim);
        expect((await world.take(10, limits)).map(({ run }) => run.priority)).toEqual([50, 50, 30]);
      }));

    it('ends an attempt with its outcome and result', () =>
      withStore(open, async (world) => {
        const { claim } = await runningTask(world);
        world.clock.advance(5_000);
        const { store, now } = world;
        expect(await store.finishAttempt(claim, FAILED, { to: 'failed' }, now())).toBe(true);
        expect(world.changes()).toEqual(['run.failed']);
        const account = {
          outcome: 'failed',
          message: 'The command ended with exit code 3.',
          result: { ...RESULT, exitCode: 3 },
          endedAt: now(),
        };
        expect(await store.getRun(claim.run.id)).toMatchObject({ state: 'failed', ...account });
        expect(await store.listAttempts(claim.run.id)).toMatchObject([account]);
      }));

    it('ends a task for which one success is enough, and no other', () =>
      withStore(open, async (world) => {
        const { store, ids, clock, now, find } = world;
        const once = { policies: { endsAfterSuccess: true } } as const;
        const task = await world.addTask(once);
        await store.applyPlans([planOne(ids, task)], now());
        const failing = await takeOne(world);
        await store.finishAttempt(failing, FAILED, { to: 'failed' }, now());
        clock.advance(60_000);
        const seen = await world.find(task);
        expect(seen).toMatchObject({ state: 'active', revision: task.revision });
        await store.applyPlans([await world.plan(task)], now());
        const claim = await takeOne(world);
        const waiting = manualRun(ids, task, now(), { overlap: 'queue_all' });
        await store.insertRun(waiting, now(), undefined);
        clock.advance(90_000);
        const stale = await world.plan(task);
        world.changes();
        expect(await world.succeed(claim)).toBe(true);
        expect(world.changes()).toEqual([
          'run.succeeded',
          'occurrence.skipped',
          'task.ended',
          'run.cancelled',
        ]);
        expect(await store.getRun(waiting.id)).toMatchObject({
          state: 'cancelled',
          stateReason: 'another run of its task has succeeded, and one was enough',
        });
        const from = stale.task.next?.scheduledFor ?? now();
        expect(await store.listLedger(task.id, from, now(), 10)).toMatchObject([
          { kind: 'skipped', reason: 'overlap', from, to: now(), isCountExact: false },
        ]);
        const ended = await find(task);
        expect(ended).toMatchObject({
          state: 'ended',
          stateReason: 'a run of it has succeeded, and it was to run until then',
          stateAt: now(),
          updatedAt: now(),
          next: undefined,
          coveredUntil: now(),
        });
        expect(await store.applyPlans([stale], now())).toBe(0);
        const edited = { ...seen, revision: seen.revision + 1, updatedAt: now() };
        expect(await store.updateTask(edited, 'task.updated', [])).toBe('stale');
        expect((await store.nextWakeAt()).dueAt).toBeUndefined();
      }));

    it('ends neither a paused task nor one without a schedule by a success', () =>
      withStore(open, async (world) => {
        const { store, ids, now } = world;
        const policies = { endsAfterSuccess: true };
        const paused = await world.addTask({ policies, state: 'paused' });
        const definition = { schedule: undefined };
        const unscheduled = await world.addTask({ policies, definition, next: undefined });
        const usual = await world.addTask();
        for (const task of [paused, unscheduled, usual]) {
          await store.insertRun(manualRun(ids, task, now()), now(), undefined);
          await world.succeed(await takeOne(world));
          expect((await world.find(task)).state).toBe(task.state);
        }
      }));

    it('queues the next attempt of a run that is tried again', () =>
      withStore(open, async (world) => {
        const { claim } = await runningTask(world);
        const { store, now, clock } = world;
        const readyAt = now().add({ seconds: 10 });
        await store.finishAttempt(claim, FAILED, { to: 'retrying', readyAt }, now());
        expect(world.changes()).toEqual(['run.retrying']);
        const retrying = await store.getRun(claim.run.id);
        expect(retrying).toMatchObject({ state: 'retrying', readyAt, endedAt: undefined });
        expect((await store.nextWakeAt()).readyAt).toEqual(readyAt);
        expect(await world.take()).toEqual([]);
        clock.advance(10_000);
        const again = await takeOne(world);
        expect(again).toMatchObject({ fence: 2, run: { id: claim.run.id, attempt: 2 } });
        expect(again.run.startedAt).toEqual(claim.run.startedAt);
        expect(await store.listAttempts(claim.run.id)).toHaveLength(2);
      }));

    it('lets only the holder of the current token finish a run, and only once', () =>
      withStore(open, async (world) => {
        const { claim } = await runningTask(world);
        const { store, now } = world;
        const leaseUntil = now().add({ seconds: 60 });
        const adopted = await store.adoptRun(claim, 'daemon-2', leaseUntil);
        expect(adopted).toMatchObject({ fence: 2, run: { attempt: 1 } });
        expect(await store.adoptRun(claim, 'daemon-3', leaseUntil)).toBeUndefined();
        expect(await world.succeed(claim)).toBe(false);
        expect(world.changes()).toEqual([]);
        if (adopted === undefined) return;
        expect(await store.listAttempts(claim.run.id)).toMatchObject([{ outcome: undefined }]);
        expect(await world.succeed(adopted)).toBe(true);
        expect(await world.succeed(adopted)).toBe(false);
        expect(await store.adoptRun(adopted, 'daemon-3', leaseUntil)).toBeUndefined();
        expect(await store.listAttempts(claim.run.id)).toHaveLength(1);
      }));

    it('renews the leases that are held, and tells which are lost and which are to be cancelled', () =>
      withStore(open, async (world) => {
        const { store, now, clock } = world;
        const held = await runningTask(world);
        const stolen = await runningTask(world);
        const asked = await runningTask(world);
        const leaseUntil = now().add({ seconds: 60 });
        await store.adoptRun(stolen.claim, 'daemon-2', leaseUntil);
        await store.requestCancel(asked.claim.run.id, now(), 'not needed');
        const claims = [held.claim, stolen.claim, asked.claim];
        expect(await store.renewLeases('daemon-1', claims, leaseUntil)).toEqual({
          lost: [stolen.claim.run.id],
          cancelling: [asked.claim.run.id],
        });
        expect(await store.renewLeases('daemon-1', [], leaseUntil)).toEqual({
          lost: [],
          cancelling: [],
        });
        clock.advance(59_000);
        expect(await store.listAbandonedRuns('daemon-1', false, now(), 10)).toEqual([]);
        clock.advance(1_000);
        expect(await store.listAbandonedRuns('daemon-1', false, now(), 10)).toHaveLength(3);
      }));

    it('lists runs of other owners as abandoned at once only to the only process', () =>
      withStore(open, async (world) => {
        const { claim } = await runningTask(world);
        const { store, now } = world;
        expect(await store.listAbandonedRuns('daemon-1', true, now(), 10)).toEqual([]);
        expect(await store.listAbandonedRuns('daemon-2', false, now(), 10)).toEqual([]);
        expect(await store.listAbandonedRuns('daemon-2', true, now(), 10)).toEqual([claim]);
      }));

    it('cancels a run that has not started at once, and asks one in progress to end', () =>
      withStore(open, async (world) => {
        const { store, ids, now } = world;
        const { task, claim } = await runningTask(world);
        const behind = manualRun(ids, task, now(), { overlap: 'queue_all' });
        await store.insertRun(behind, now(), undefined);
        const last = manualRun(ids, task, now(), { overlap: 'queue_all' });
        await store.insertRun(last, now(), undefined);
        world.changes();
        expect(await store.requestCancel(behind.id, now(), 'too many')).toBe('cancelled');
        expect(await store.requestCancel(behind.id, now(), 'too many')).toBe('already_ended');
        expect(await store.requestCancel(claim.run.id, now(), 'enough')).toBe('requested');
        expect(await store.requestCancel(claim.run.id, now(), 'once more')).toBe('requested');
        expect(await store.requestCancel(ids.runId(), now(), 'x')).toBe('not_found');
        expect(world.changes()).toEqual(['run.cancelled', 'run.cancelling']);
        const cancelled = { state: 'cancelled', stateReason: 'too many', endedAt: now() };
        expect(await store.getRun(behind.id)).toMatchObject(cancelled);
        const asked = { state: 'running', cancelRequestedAt: now() };
        expect(await store.getRun(claim.run.id)).toMatchObject(asked);

        const readyAt = now().add({ seconds: 1 });
        await store.finishAttempt(claim, FAILED, { to: 'retrying', readyAt }, now());
        const ended = { state: 'cancelled', stateReason: 'enough', outcome: 'failed' };
        expect(await store.getRun(claim.run.id)).toMatchObject(ended);
        expect((await takeOne(world)).run.id).toBe(last.id);
      }));

    it('lets the next one go when a run that was to be tried again is cancelled', () =>
      withStore(open, async (world) => {
        const { store, ids, now } = world;
        const { task, claim } = await runningTask(world);
        const behind = manualRun(ids, task, now(), { overlap: 'queue_all' });
        await store.insertRun(behind, now(), undefined);
        const readyAt = now().add({ hours: 1 });
        await store.finishAttempt(claim, FAILED, { to: 'retrying', readyAt }, now());
        expect(await world.take()).toEqual([]);
        expect(await store.requestCancel(claim.run.id, now(), 'no more')).toBe('cancelled');
        expect((await takeOne(world)).run.id).toBe(behind.id);
        expect((await store.nextWakeAt()).readyAt).toBeUndefined();
      }));

    it('ends runs whose deadline passed before they could start, and never takes them', () =>
      withStore(open, async (world) => {
        const { store, ids, now, clock } = world;
        const task = await world.addTask({ policies: { deadlineMs: 1_000, overlap: 'queue_all' } });
        const [first, second, third] = [0, 0, 5_000].map((ms) =>
          manualRun(ids, task, now().add({ milliseconds: ms })),
        );
        if (first === undefined || second === undefined || third === undefined) return;
        for (const run of [first, second, third]) await store.insertRun(run, now(), undefined);
        world.changes();
        expect(await store.expireQueuedRuns(now(), 10)).toBe(0);
        clock.advance(1_000);
        expect(await world.take()).toEqual([]);
        expect(await store.expireQueuedRuns(now(), 1)).toBe(1);
        expect(await store.expireQueuedRuns(now(), 10)).toBe(1);
        expect(world.changes()).toEqual(['run.failed', 'run.failed']);
        expect(await store.getRun(second.id)).toMatchObject({
          state: 'failed',
          outcome: 'failed',
          stateReason: 'deadline',
          endedAt: now(),
        });
        clock.advance(4_000);
        expect((await takeOne(world)).run.id).toBe(third.id);
        clock.advance(60_000);
        expect(await store.expireQueuedRuns(now(), 10)).toBe(0);
      }));
  });
}
