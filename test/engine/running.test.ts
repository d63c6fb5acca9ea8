import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OverlapPolicy } from '../../src/domain/policies.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import type { Execution, Executor, Sink } from '../../src/ports/executor.ts';
import { failed, resultOf, succeeded, untilFinished } from '../support/scripted-executor.ts';
import { every, once, openBench, rest, type Bench } from './bench.ts';

const MINUTE_MS = 60_000;

/** Goes on until it is stopped. */
function hang(_execution: Execution, _sink: Sink, signal: AbortSignal): Promise<Outcome> {
  return new Promise((resolve) => {
    const stop = (): void =>
      resolve({ kind: 'cancelled', message: 'It was stopped.', result: resultOf() });
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

describe('running', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await openBench();
  });
  afterEach(() => bench.close());

  describe('retries', () => {
    it('waits longer after each failure, then gives up', async () => {
      bench.executor.script(failed());
      const retry = { attemptsMax: 3, backoffMs: 2_000, backoffFactor: 3, jitterRatio: 0 };
      const task = await bench.add({ rule: undefined, retry });
      bench.start();
      const run = await bench.run(task);
      await bench.pass(10_000);
      const attempts = await bench.store.listAttempts(run.id);
      const startedMs = attempts.map(
        ({ startedAt }) => startedAt.epochMilliseconds - run.createdAt.epochMilliseconds,
      );
      expect(startedMs).toEqual([0, 2_000, 8_000]);
      expect(await bench.store.getRun(run.id)).toMatchObject({ state: 'failed', attempt: 3 });
    });

    it('does not try again what cannot be mended by trying', async () => {
      bench.executor.script(failed('not_found', false));
      const task = await bench.add({ rule: undefined, retry: { attemptsMax: 5, backoffMs: 10 } });
      bench.start();
      const run = await bench.run(task);
      await bench.pass(3_000);
      expect(await bench.store.getRun(run.id)).toMatchObject({ state: 'failed', attempt: 1 });
    });

    it('begins no attempt at or after the deadline', async () => {
      bench.executor.script(failed());
      const task = await bench.add({
        rule: every(10_000),
        policies: { deadlineMs: 5_000 },
        retry: { attemptsMax: 9, backoffMs: 2_000, backoffFactor: 1, jitterRatio: 0 },
      });
      bench.start();
      await bench.pass(19_000);
      const [run] = await bench.runs(task);
      expect(run).toMatchObject({ state: 'failed', attempt: 3 });
    });
  });

  describe('time limits', () => {
    it('stops an attempt at its timeout, to the second, and leaves other tasks alone', async () => {
      bench.executor.script((execution, sink, signal) =>
        execution.run.taskName === 'hanging' ? hang(execution, sink, signal) : succeeded(),
      );
      const hanging = await bench.add({
        name: 'hanging',
        rule: undefined,
        policies: { timeoutMs: 30_000 },
      });
      const other = await bench.add({ rule: every(1_000) });
      bench.start();
      for (let count = 0; count < 5; count += 1) await bench.run(hanging);
      await bench.pass(29_750);
      expect((await bench.runs(hanging)).every((run) => run.state === 'running')).toBe(true);
      await bench.pass(250);
      const runs = await bench.runs(hanging);
      expect(runs.map((run) => run.outcome)).toEqual(Array.from({ length: 5 }, () => 'timed_out'));
      expect(await bench.runs(other)).toHaveLength(30);
    });

    it('takes the timeout from the clock that cannot be set', async () => {
      bench.executor.script(hang);
      const task = await bench.add({ rule: undefined, policies: { timeoutMs: 30_000 } });
      bench.start();
      const run = await bench.run(task);
      await bench.jump(3_600_000);
      await bench.pass(29_000);
      expect((await bench.store.getRun(run.id))?.state).toBe('running');
      await bench.jump(-7_200_000);
      await bench.pass(1_000);
      expect((await bench.store.getRun(run.id))?.outcome).toBe('timed_out');
    });

    it('stops an attempt at its deadline also after a suspend', async () => {
      bench.executor.script(hang);
      const task = await bench.add({
        rule: undefined,
        policies: { timeoutMs: 86_400_000, deadlineMs: 3_600_000 },
      });
      bench.start();
      const run = await bench.run(task);
      await bench.pass(5_000);
      await bench.jump(3_600_000);
      await bench.pass(6_000);
      expect(await bench.store.getRun(run.id)).toMatchObject({
        state: 'failed',
        message: 'It was stopped at its deadline.',
      });
    });

    it('keeps a deadline that is further away than a timer reaches', async () => {
      bench.executor.script(hang);
      const policies = { timeoutMs: 604_800_000, deadlineMs: 2_592_000_000 };
      const task = await bench.add({ rule: undefined, policies });
      const longest: number[] = [];
      const { setTimer } = bench.ports.clock;
      const clock = {
        ...bench.ports.clock,
        now: bench.clock.now,
        setTimer: (ms: number, wake: () => void) => {
          longest.push(ms);
          return setTimer(ms, wake);
        },
      };
      Object.assign(bench.ports, { clock });
      bench.start();
      const run = await bench.run(task);
      await bench.pass(20_000);
      expect((await bench.store.getRun(run.id))?.state).toBe('running');
      // The one timer that is as long as that is the timeout's.
      expect(longest.filter((ms) => ms > 600_000)).toEqual([604_800_000]);
    });

    it('ends a run whose deadline passed while it waited', async () => {
      bench.executor.script(hang);
      const first = await bench.add({ rule: undefined });
      const second = await bench.add({ rule: undefined, policies: { deadlineMs: 2_000 } });
      bench.start({ workers: 1 });
      await bench.run(first);
      const late = await bench.run(second);
      await bench.pass(3_500);
      expect(await bench.store.getRun(late.id)).toMatchObject({ state: 'failed', attempt: 0 });
    });
  });

  describe('overlap', () => {
    const cases: readonly [OverlapPolicy, number, string][] = [
      ['skip', 1, '1 running'],
      ['queue_one', 2, '1 running, 1 queued'],
      ['queue_all', 4, '1 running, 3 queued'],
      ['allow', 4, '4 running'],
      ['replace', 4, '3 cancelled, 1 running'],
    ];
    it.each(cases)('%s', async (overlap, made, states) => {
      bench.executor.script(hang);
      const task = await bench.add({ rule: every(10_000), policies: { overlap } });
      bench.start();
      await bench.pass(42_000);
      const runs = await bench.runs(task);
      expect(runs).toHaveLength(made);
      const counts = new Map<string, number>();
      for (const { state } of runs) counts.set(state, (counts.get(state) ?? 0) + 1);
      expect([...counts].map(([state, count]) => `${count} ${state}`).join(', ')).toBe(states);
      expect(await bench.ledger(task)).toHaveLength(4);
    });

    it('lets the queued ones go one after another', async () => {
      const order: string[] = [];
      const held = untilFinished();
      const task = await bench.add({ rule: every(1_000), policies: { overlap: 'queue_all' } });
      bench.executor.script(held.step, ({ run }) => {
        order.push(run.scheduledFor?.toString().slice(17) ?? '');
        return succeeded();
      });
      bench.start();
      await bench.pass(4_500);
      expect(order).toEqual([]);
      held.finish();
      await bench.pass(250);
      expect(order).toEqual(['02Z', '03Z', '04Z']);
      expect((await bench.runs(task)).every((run) => run.state === 'succeeded')).toBe(true);
    });
  });

  describe('limits', () => {
    it('starts the highest priority first, then the oldest', async () => {
      const order: string[] = [];
      bench.executor.script(({ run }) => {
        order.push(run.taskName);
        return succeeded();
      });
      for (const [name, priority] of [
        ['low', -5],
        ['old', 0],
        ['new', 0],
        ['high', 7],
      ] as const) {
        const task = await bench.add({ name, rule: undefined, policies: { priority } });
        await bench.run(task);
        bench.clock.advance(10);
      }
      bench.start({ workers: 1 });
      await bench.pass(1_000);
      expect(order).toEqual(['high', 'old', 'new', 'low']);
    });

    it.each([
      ['of the daemon', { workers: 3 }, {}],
      ['of a tag', { tagLimits: new Map([['gpu', 3]]) }, { tags: ['gpu'] }],
      ['of the task', {}, { policies: { overlap: 'queue_all', concurrency: 3 } }],
    ] as const)(
      'never has more runs in progress than the limit %s',
      async (_name, settings, draft) => {
        bench.executor.script(hang);
        const task = await bench.add({ rule: undefined, ...draft });
        for (let count = 0; count < 7; count += 1)
          await bench.run(
            task,
            task.definition.policies.overlap === 'queue_all' ? 'queue_all' : 'allow',
          );
        bench.start(settings);
        await bench.pass(5_000);
        const states = (await bench.runs(task)).map((run) => run.state);
        expect(states.filter((state) => state === 'running')).toHaveLength(3);
        const [first] = await bench.runs(task);
        if (first !== undefined)
          await bench.store.requestCancel(first.id, bench.clock.now(), 'enough');
        await bench.pass(1_500);
        const running = (await bench.runs(task)).filter((run) => run.state === 'running');
        expect(running).toHaveLength(3);
        expect(running.some((run) => run.id === first?.id)).toBe(false);
      },
    );
  });

  describe('cancelling', () => {
    it('ends a queued run at once, and it never starts', async () => {
      const task = await bench.add({ rule: undefined });
      const run = await bench.run(task);
      expect(await bench.store.requestCancel(run.id, bench.clock.now(), 'not wanted')).toBe(
        'cancelled',
      );
      bench.start();
      await bench.pass(2_000);
      expect(bench.executor.executions).toHaveLength(0);
    });

    it('stops a run in progress without waiting for a heartbeat', async () => {
      bench.executor.script(hang);
      const task = await bench.add({ rule: undefined, retry: { attemptsMax: 4, backoffMs: 1 } });
      bench.start();
      const run = await bench.run(task);
      await bench.pass(500);
      expect(await bench.store.requestCancel(run.id, bench.clock.now(), 'not wanted')).toBe(
        'requested',
      );
      await rest();
      expect(await bench.store.getRun(run.id)).toMatchObject({ state: 'cancelled', attempt: 1 });
      expect(await bench.store.requestCancel(run.id, bench.clock.now(), 'again')).toBe(
        'already_ended',
      );
    });

    it('ends a run that waits for its next attempt', async () => {
      bench.executor.script(failed());
      const task = await bench.add({
        rule: undefined,
        retry: { attemptsMax: 4, backoffMs: MINUTE_MS },
      });
      bench.start();
      const run = await bench.run(task);
      await bench.pass(500);
      expect((await bench.store.getRun(run.id))?.state).toBe('retrying');
      expect(await bench.store.requestCancel(run.id, bench.clock.now(), 'not wanted')).toBe(
        'cancelled',
      );
      await bench.pass(2 * MINUTE_MS, 1_000);
      expect(bench.executor.executions).toHaveLength(1);
    });

    it('keeps the success of an attempt that ended before the stop reached it', async () => {
      bench.executor.script(async (...given) => {
        await hang(...given);
        return succeeded();
      });
      const task = await bench.add({ rule: undefined });
      bench.start();
      const run = await bench.run(task);
      await bench.pass(100);
      expect(await bench.store.requestCancel(run.id, bench.clock.now(), 'not wanted')).toBe(
        'requested',
      );
      await rest();
      expect((await bench.store.getRun(run.id))?.state).toBe('succeeded');
    });
  });

  describe('what a killed process left behind', () => {
    async function leaveBehind(retriesLost: boolean): Promise<Awaited<ReturnType<Bench['run']>>> {
      const task = await bench.add({ rule: undefined, retry: { retriesLost } });
      const run = await bench.run(task);
      const now = bench.clock.now();
      await bench.store.takeRuns({
        owner: 'killed',
        leaseUntil: now.add({ seconds: 30 }),
        now,
        limit: 8,
        tagLimits: new Map(),
      });
      await bench.pass(5_000);
      return run;
    }

    it('is lost and fails, when it may not be repeated', async () => {
      const run = await leaveBehind(false);
      bench.start();
      await bench.pass(1_000);
      expect(await bench.store.getRun(run.id)).toMatchObject({
        state: 'failed',
        outcome: 'lost',
        attempt: 1,
      });
      expect(bench.executor.executions).toHaveLength(0);
    });

    it('is tried again, when it may be repeated', async () => {
      const run = await leaveBehind(true);
      bench.start();
      await bench.pass(1_000);
      expect(await bench.store.getRun(run.id)).toMatchObject({ state: 'succeeded', attempt: 2 });
    });

    it('goes on, when its work outlived the daemon, under the time that is left to it', async () => {
      const run = await leaveBehind(false);
      const recovering: Executor = {
        ...bench.executor,
        recover: hang,
      };
      Object.assign(bench.ports, { executors: new Map([['command', recovering]]) });
      bench.start();
      await bench.pass(1_000);
      expect((await bench.store.getRun(run.id))?.state).toBe('running');
      await bench.pass(60 * MINUTE_MS - 6_000, 10_000);
      expect(await bench.store.getRun(run.id)).toMatchObject({ outcome: 'timed_out', attempt: 1 });
    });

    it('is left alone by another process until its lease has ended', async () => {
      const run = await leaveBehind(false);
      bench.start({ isOnlyProcess: false, leaseMs: 2_000 });
      await bench.pass(20_000);
      expect((await bench.store.getRun(run.id))?.state).toBe('running');
      await bench.pass(10_000);
      expect((await bench.store.getRun(run.id))?.outcome).toBe('lost');
    });

    it('is not finished any more by the process that had it', async () => {
      const run = await leaveBehind(false);
      const before = await bench.store.getRun(run.id);
      bench.start();
      await bench.pass(1_000);
      const after = await bench.store.getRun(run.id);
      if (before === undefined) throw new Error('The run is gone.');
      const claim = { run: before, fence: 1 };
      const late = await bench.store.finishAttempt(
        claim,
        succeeded(),
        { to: 'succeeded' },
        bench.clock.now(),
      );
      expect(late).toBe(false);
      expect(await bench.store.getRun(run.id)).toEqual(after);
    });
  });

  describe('a store that fails for a while', () => {
    it('loses neither the attempt nor its outcome', async () => {
      const task = await bench.add({ rule: undefined });
      let failures = 0;
      const failing =
        <Args extends readonly unknown[], Answer>(call: (...args: Args) => Promise<Answer>) =>
        async (...args: Args): Promise<Answer> => {
          failures += 1;
          if (failures <= 4) throw new Error('The disk is full.');
          return call(...args);
        };
      const store = {
        ...bench.store,
        getDefinition: failing(bench.store.getDefinition),
        finishAttempt: failing(bench.store.finishAttempt),
      };
      Object.assign(bench.ports, { store });
      bench.start();
      const run = await bench.run(task);
      await bench.pass(10_000);
      expect(failures).toBeGreaterThan(4);
      expect((await bench.store.getRun(run.id))?.state).toBe('succeeded');
      expect(bench.executor.executions).toHaveLength(1);
    });

    it('raises an alarm, and lowers it by itself', async () => {
      await bench.add({ rule: every(1_000) });
      let isBroken = true;
      const { listDueTasks } = bench.store;
      const store = {
        ...bench.store,
        listDueTasks: async (...args: Parameters<typeof listDueTasks>) => {
          if (isBroken) throw new Error('It cannot be read.');
          return listDueTasks(...args);
        },
      };
      Object.assign(bench.ports, { store });
      const engine = bench.start();
      await bench.pass(3_000);
      expect(engine.alarms()).toEqual(['store_unavailable']);
      expect(bench.log.lines.filter((line) => line.level === 'error')).toHaveLength(1);
      isBroken = false;
      await bench.pass(2_000);
      expect(engine.alarms()).toEqual([]);
      expect(bench.executor.executions.length).toBeGreaterThan(0);
    });
  });

  describe('stopping', () => {
    it('claims nothing more, lets runs finish, and then has drained', async () => {
      const held = untilFinished();
      bench.executor.script(held.step);
      const task = await bench.add({ rule: undefined });
      const engine = bench.start();
      const first = await bench.run(task);
      await bench.pass(100);
      const drained = engine.drain(10_000).then(() => 'drained');
      await rest();
      const second = await bench.run(task);
      await bench.pass(2_000);
      expect((await bench.store.getRun(second.id))?.state).toBe('queued');
      held.finish();
      expect(await drained).toBe('drained');
      expect((await bench.store.getRun(first.id))?.state).toBe('succeeded');
    });

    it('does not wait longer than it was told', async () => {
      bench.executor.script(hang);
      const task = await bench.add({ rule: once('2026-11-02T08:00:01Z') });
      const engine = bench.start();
      await bench.pass(1_500);
      const drained = engine.drain(2_000).then(() => 'drained');
      await bench.pass(2_000);
      expect(await drained).toBe('drained');
      expect((await bench.runs(task))[0]?.state).toBe('running');
      expect(bench.announcer.listeners).toBe(0);
    });
  });
});
