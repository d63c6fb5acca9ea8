import { describe, expect, it } from 'vitest';
import type { ModelAction } from '../../../src/domain/action.ts';
import type { Transition } from '../../../src/domain/attempt.ts';
import type { Outcome } from '../../../src/domain/outcome.ts';
import type { Claim } from '../../../src/domain/run.ts';
import type { Task } from '../../../src/domain/task.ts';
import type { SpendEntry } from '../../../src/ports/spend.ts';
import { failed } from '../../support/scripted-executor.ts';
import { manualRun } from '../fixtures.ts';
import { RESULT, withStore, type OpenStore, type World } from './world.ts';

function model(provider: ModelAction['provider']): ModelAction {
  return {
    kind: 'model',
    provider,
    model: 'm',
    prompt: 'hello',
    baseUrl: undefined,
    apiKey: undefined,
    systemText: undefined,
    temperature: undefined,
    outputTokensMax: undefined,
    answerSchema: undefined,
    files: [],
  };
}

function entry(usd: number | undefined, tokens = 100, engine = 'anthropic'): SpendEntry {
  return {
    engine,
    usage: { inputTokens: tokens, outputTokens: 10, cachedTokens: 5 },
    costUsd: usd,
    isCostEstimated: false,
  };
}

const SUCCEEDED: Outcome = { kind: 'succeeded', result: RESULT };

async function claimOne(world: World, task: Task): Promise<Claim> {
  const run = manualRun(world.ids, task, world.now(), { overlap: 'allow' });
  await world.store.insertRun(run, world.now(), undefined);
  const [claim] = await world.take();
  if (claim === undefined) throw new Error('No run was ready.');
  return claim;
}

async function spend(world: World, task: Task, ...entries: readonly SpendEntry[]): Promise<void> {
  for (const one of entries) {
    const claim = await claimOne(world, task);
    const { now, store } = world;
    await store.finishAttempt(claim, SUCCEEDED, { to: 'succeeded' }, now(), undefined, one);
  }
}

function held(world: World, minutes: number, changes: object = {}): Transition {
  const until = world.now().add({ minutes });
  return { to: 'held', until, reason: 'the usage limit was reached', counts: true, ...changes };
}

export function describeSpend(open: OpenStore): void {
  describe('what attempts have used', () => {
    it('is added up for a task, a tag and everything, from an instant on', () =>
      withStore(open, async (world) => {
        const { store, clock } = world;
        const one = await world.addTask({ definition: { tags: ['research'] } });
        const other = await world.addTask();
        await spend(world, one, entry(1.25));
        clock.advance(60_000);
        const later = world.now();
        await spend(world, one, entry(0.000001, 7));
        await spend(world, other, entry(2), entry(undefined, 1_000));
        const epoch = Temporal.Instant.fromEpochMilliseconds(0);
        const sumOf = (scope: Parameters<typeof store.spend.sum>[0], since = epoch) =>
          store.spend.sum(scope, since);
        expect(await sumOf({ kind: 'task', taskId: one.id })).toEqual({
          usd: 1.250001,
          tokens: 127,
        });
        expect(await sumOf({ kind: 'task', taskId: one.id }, later)).toEqual({
          usd: 0.000001,
          tokens: 17,
        });
        expect(await sumOf({ kind: 'tag', tag: 'research' })).toMatchObject({ usd: 1.250001 });
        expect(await sumOf({ kind: 'tag', tag: 'nobody' })).toEqual({ usd: 0, tokens: 0 });
        expect(await sumOf({ kind: 'all' })).toEqual({ usd: 3.250001, tokens: 1_247 });
        expect(await store.spend.listLatest(one.id, 1)).toEqual([{ usd: 0.000001, tokens: 17 }]);
      }));

    it('is told by task, tag, engine and quarter of an hour', () =>
      withStore(open, async (world) => {
        const { store, clock } = world;
        const one = await world.addTask({ definition: { name: 'one', tags: ['a', 'b'] } });
        const other = await world.addTask({ definition: { name: 'other' } });
        await spend(world, one, entry(1));
        clock.advance(15 * 60_000);
        await spend(world, other, entry(3, 50, 'openai'), entry(undefined, 50, 'openai'));
        const query = {
          namespace: 'all',
          since: Temporal.Instant.fromEpochMilliseconds(0),
          until: world.now().add({ hours: 1 }),
          scope: { kind: 'all' },
        } as const;
        const keysBy = async (by: 'task' | 'tag' | 'engine' | 'quarter') =>
          (await store.spend.listTotals({ ...query, by }, 10)).map(({ key, usd }) => [key, usd]);
        expect(await keysBy('task')).toEqual([
          [other.id, 3],
          [one.id, 1],
        ]);
        expect(await keysBy('tag')).toEqual([
          ['a', 1],
          ['b', 1],
        ]);
        expect(await keysBy('engine')).toEqual([
          ['openai', 3],
          ['anthropic', 1],
        ]);
        const start = Temporal.Instant.from('2026-11-02T08:00:00Z').epochMilliseconds;
        expect(await keysBy('quarter')).toEqual([
          [String(start), 1],
          [String(start + 15 * 60_000), 3],
        ]);
        const [first] = await store.spend.listTotals({ ...query, by: 'task' }, 1);
        expect(first).toEqual({
          key: other.id,
          name: 'other',
          usd: 3,
          inputTokens: 100,
          outputTokens: 20,
          cachedTokens: 10,
          attempts: 2,
          unpriced: 1,
          isEstimated: false,
        });
        const native = { ...query, namespace: 'elsewhere', by: 'task' } as const;
        expect(await store.spend.listTotals(native, 10)).toEqual([]);
      }));

    it('is not written by a holder that has lost the run', () =>
      withStore(open, async (world) => {
        const task = await world.addTask();
        const claim = await claimOne(world, task);
        const stale = { ...claim, fence: claim.fence - 1 };
        const at = world.now();
        const { store } = world;
        await store.finishAttempt(stale, SUCCEEDED, { to: 'succeeded' }, at, undefined, entry(1));
        expect(await store.spend.sumOfRun(claim.run.id)).toEqual({ usd: 0, tokens: 0 });
      }));
  });

  describe('a held run', () => {
    it('starts again by itself at its time, with an attempt more', () =>
      withStore(open, async (world) => {
        const { store, clock } = world;
        const task = await world.addTask();
        const claim = await claimOne(world, task);
        world.changes();
        await store.finishAttempt(claim, failed('usage_limit'), held(world, 30), world.now());
        expect(world.changes()).toEqual(['run.held']);
        const waiting = await store.getRun(claim.run.id);
        expect(waiting).toMatchObject({
          state: 'held',
          stateReason: 'the usage limit was reached',
          attempt: 1,
          attemptsMax: 2,
        });
        expect(waiting?.heldUntil?.toString()).toBe('2026-11-02T08:30:00Z');
        expect((await store.countStates('all')).runs.held).toBe(1);
        clock.advance(30 * 60_000 - 1);
        expect(await world.take()).toEqual([]);
        clock.advance(1);
        const [again] = await world.take();
        expect(again?.run).toMatchObject({ state: 'running', attempt: 2, heldUntil: undefined });
      }));

    it('that began nothing leaves no attempt behind', () =>
      withStore(open, async (world) => {
        const { store } = world;
        const task = await world.addTask();
        const claim = await claimOne(world, task);
        const transition = held(world, 30, { counts: false });
        await store.finishAttempt(claim, failed('budget', false), transition, world.now());
        expect(await store.listAttempts(claim.run.id)).toEqual([]);
        expect(await store.getRun(claim.run.id)).toMatchObject({
          attempt: 0,
          attemptsMax: 1,
          startedAt: undefined,
        });
      }));

    it('is looked at again when its task is edited, and ends when it is cancelled', () =>
      withStore(open, async (world) => {
        const { store } = world;
        const task = await world.addTask();
        const claim = await claimOne(world, task);
        const transition = held(world, 30, { counts: false });
        await store.finishAttempt(claim, failed('budget', false), transition, world.now());
        const found = await world.find(task);
        const edited = { ...found, version: 2, revision: found.revision + 1 };
        expect(await store.updateTask(edited, 'task.updated', [])).toBe('updated');
        const [again] = await world.take();
        expect(again?.run.id).toBe(claim.run.id);
        if (again === undefined) return;
        await store.finishAttempt(again, failed('budget', false), transition, world.now());
        expect(await store.requestCancel(claim.run.id, world.now(), 'enough')).toBe('cancelled');
        expect(await store.nextWakeAt()).toMatchObject({ readyAt: undefined });
      }));
  });

  describe('a pool whose usage window is closed', () => {
    it('holds every run that draws on it, lets the others go, and opens in order of priority', () =>
      withStore(open, async (world) => {
        const { store, clock, ids } = world;
        const claude = { definition: { action: model('anthropic') } };
        const first = await world.addTask(claude);
        const low = await world.addTask(claude);
        const high = await world.addTask({ ...claude, policies: { priority: 50 } });
        const other = await world.addTask({ definition: { action: model('openai') } });
        const claim = await claimOne(world, first);
        const transition = held(world, 60, { pool: 'anthropic' });
        await store.finishAttempt(claim, failed('usage_limit'), transition, world.now());
        for (const task of [low, high, other]) {
          await store.insertRun(manualRun(ids, task, world.now()), world.now(), undefined);
        }
        expect((await world.take()).map(({ run }) => run.taskId)).toEqual([other.id]);
        expect(await store.spend.listHolds(world.now())).toEqual([
          { pool: 'anthropic', until: Temporal.Instant.from('2026-11-02T09:00:00Z') },
        ]);
        clock.advance(60 * 60_000);
        expect(await store.spend.listHolds(world.now())).toEqual([]);
        const taken = (await world.take()).map(({ run }) => run.taskId);
        expect(taken).toEqual([high.id, low.id, first.id]);
      }));
  });
}
