import { PROOF_FACTOR } from '../support/proof-size.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planOnce } from '../../src/engine/planner.ts';
import { dispatchOnce } from '../../src/engine/dispatcher.ts';
import type { LiveRuns } from '../../src/engine/live-runs.ts';
import { createMeter, type DaemonBudgets } from '../../src/engine/meter.ts';
import { runAttempt } from '../../src/engine/runner.ts';
import type { EnginePorts } from '../../src/engine/engine-ports.ts';
import type { Claim, Run } from '../../src/domain/run.ts';
import type { Task } from '../../src/domain/task.ts';
import { rescueOnce } from '../../src/engine/rescuer.ts';
import { keepLeasesOnce } from '../../src/engine/lease-keeper.ts';
import { memoryState, type MemoryState } from '../simulation/memory-state.ts';
import { openMemoryStore } from '../simulation/memory-store.ts';
import { failed } from '../support/scripted-executor.ts';
import { every, openBench, type Bench } from './bench.ts';

const NO_BUDGETS: DaemonBudgets = { daemon: undefined, tags: new Map(), zone: 'UTC' };

/** Orders of the same store calls that are tried for each pair. */
const INTERLEAVINGS = 300 * PROOF_FACTOR;

type Race = {
  readonly bench: Bench;
  readonly task: Task;
  /** Another process on the same store: its calls are answered in any order among all others. */
  readonly one: EnginePorts;
  readonly other: EnginePorts;
  readonly state: MemoryState;
};

/**
 * Tries many orders in which the store answers two actors. The memory store passes the same suite
 * as the real one and is a transaction per call, so the order of calls is all that can differ.
 */
async function explore(
  race: (race: Race) => Promise<readonly Promise<unknown>[]>,
  verify: (race: Race) => void,
): Promise<void> {
  const bench = await openBench();
  const template = await bench.add({
    rule: every(1_000),
    retry: { attemptsMax: 2, backoffMs: 1_000 },
  });
  try {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const state = memoryState();
        const store = openMemoryStore({ state, now: bench.clock.now, announcer: bench.announcer });
        await store.insertTask({ ...template, ...dueNow(bench) }, undefined);
        const task = [...state.tasks.values()][0]?.task;
        if (task === undefined) throw new Error('The task is not there.');
        const shuffled = (): EnginePorts => ({
          ...bench.ports,
          store: Object.fromEntries(
            Object.entries(store).map(([name, call]) => [
              name,
              typeof call === 'function'
                ? scheduler.scheduleFunction(call as () => Promise<unknown>)
                : call,
            ]),
          ) as unknown as typeof store,
        });
        const started: Race = { bench, task, one: shuffled(), other: shuffled(), state };
        const actors = await race(started);
        const done = Promise.all(actors);
        await scheduler.waitFor(done);
        await done;
        verify(started);
      }),
      { numRuns: INTERLEAVINGS, seed: 32 },
    );
  } finally {
    await bench.close();
  }
}

function dueNow(bench: Bench): Pick<Task, 'next' | 'coveredUntil'> {
  const now = bench.clock.now();
  return { next: { scheduledFor: now, dueAt: now }, coveredUntil: now.subtract({ seconds: 1 }) };
}

function runsOf(state: MemoryState): readonly Run[] {
  return [...state.runs.values()].map((row) => row.run);
}

function finalChanges(state: MemoryState): number {
  return state.changes.filter(({ kind }) =>
    ['run.succeeded', 'run.failed', 'run.cancelled'].includes(kind),
  ).length;
}

const settingsOf = (bench: Bench, owner: string, isOnlyProcess = false) => ({
  ...bench.settings,
  owner,
  isOnlyProcess,
});

/** Claims what is ready and carries it out to its end. */
async function dispatchAndRun(ports: EnginePorts, bench: Bench, owner: string): Promise<void> {
  const claims: Claim[] = [];
  const live: LiveRuns = new Map();
  await dispatchOnce(ports, settingsOf(bench, owner), live, (claim) => claims.push(claim));
  const meter = createMeter({ store: ports.store, now: ports.clock.now }, NO_BUDGETS);
  for (const claim of claims) {
    const controller = new AbortController();
    await runAttempt({ ...ports, meter }, claim, controller.signal, (reason) =>
      controller.abort(reason),
    );
  }
}

describe('races', () => {
  it('two planners make one run of one occurrence', async () => {
    await explore(
      async ({ one, other }) => [planOnce(one), planOnce(other)],
      ({ state }) => {
        expect(runsOf(state)).toHaveLength(1);
        expect([...state.tasks.values()].flatMap((row) => row.ledger)).toHaveLength(1);
      },
    );
  });

  it('two dispatchers claim a run once', async () => {
    await explore(
      async ({ bench, one, other, state, task }) => {
        await queueOne(state, bench, task);
        const before = bench.executor.executions.length;
        const count = (): void => {
          expect(bench.executor.executions.length - before).toBe(1);
        };
        const both = Promise.all([
          dispatchAndRun(one, bench, 'one'),
          dispatchAndRun(other, bench, 'other'),
        ]);
        return [both.then(count)];
      },
      ({ state }) => {
        expect(runsOf(state).map((run) => `${run.state} ${run.attempt}`)).toEqual(['succeeded 1']);
        expect(finalChanges(state)).toBe(1);
      },
    );
  });

  it('a run that is claimed while it is cancelled ends once', async () => {
    await explore(
      async ({ bench, one, other, state, task }) => {
        const id = await queueOne(state, bench, task);
        return [
          dispatchAndRun(one, bench, 'one'),
          other.store.requestCancel(id, bench.clock.now(), 'not wanted'),
        ];
      },
      ({ state }) => {
        const [run] = runsOf(state);
        expect(['succeeded', 'cancelled']).toContain(run?.state);
        expect(finalChanges(state)).toBe(1);
      },
    );
  });

  it('a failing attempt that is cancelled meanwhile is not tried again', async () => {
    await explore(
      async ({ bench, one, other, state, task }) => {
        bench.executor.script(failed());
        const id = await queueOne(state, bench, task);
        return [
          dispatchAndRun(one, bench, 'one'),
          other.store.requestCancel(id, bench.clock.now(), 'not wanted'),
        ];
      },
      ({ state, bench }) => {
        bench.executor.script();
        const [run] = runsOf(state);
        expect(run?.state).toBe('cancelled');
        expect(finalChanges(state)).toBe(1);
      },
    );
  });

  it('a run is finished by its holder or by who took it over, never by both', async () => {
    await explore(
      async ({ bench, one, other, state, task }) => {
        await queueOne(state, bench, task);
        const live: LiveRuns = new Map();
        const takeOver = async (): Promise<void> => {
          await rescueOnce(other, settingsOf(bench, 'other', true), live, (claim) => {
            resumed.push(
              other.store.finishAttempt(claim, lost, { to: 'failed' }, bench.clock.now()),
            );
          });
          await Promise.all(resumed);
        };
        const resumed: Promise<boolean>[] = [];
        return [dispatchAndRun(one, bench, 'one'), takeOver(), takeOver()];
      },
      ({ state }) => {
        expect(finalChanges(state)).toBe(1);
        expect([...state.runs.values()][0]?.attempts).toHaveLength(1);
      },
    );
  });

  it('a task that is deleted while it is due leaves no run that starts later', async () => {
    await explore(
      async ({ bench, one, other, task }) => [
        planOnce(one),
        other.store.deleteTask(task.id, task.revision, bench.clock.now()),
      ],
      ({ state, task }) => {
        expect(state.tasks.get(task.id)?.isDeleted).toBe(true);
        expect(runsOf(state).every((run) => run.state === 'cancelled')).toBe(true);
      },
    );
  });

  it('a task that is paused while it is due is planned first, or not at all', async () => {
    await explore(
      async ({ bench, one, other, task }) => {
        const paused: Task = {
          ...task,
          state: 'paused',
          next: undefined,
          revision: task.revision + 1,
          updatedAt: bench.clock.now(),
        };
        return [planOnce(one), other.store.updateTask(paused, 'task.paused', [])];
      },
      ({ state, task }) => {
        const row = state.tasks.get(task.id);
        expect(row?.ledger).toHaveLength(runsOf(state).length);
        expect(
          row?.task.state === 'paused' ? row.dueMs === undefined : row?.ledger.length === 1,
        ).toBe(true);
      },
    );
  });

  it('a heartbeat never revives a lease that was taken over', async () => {
    await explore(
      async ({ bench, one, other, state, task }) => {
        await queueOne(state, bench, task);
        const store = openMemoryStore({ state, now: bench.clock.now, announcer: bench.announcer });
        const now = bench.clock.now();
        const take = {
          owner: 'one',
          leaseUntil: now,
          now,
          limit: 1,
          tagLimits: new Map<string, number>(),
        };
        const [claim] = await store.takeRuns(take);
        if (claim === undefined) throw new Error('There was nothing to take.');
        const stopped: string[] = [];
        const live: LiveRuns = new Map([
          [
            claim.run.id,
            {
              claim,
              stop: (reason) => stopped.push(reason),
              signal: new AbortController().signal,
              ended: Promise.resolve(),
            },
          ],
        ]);
        const both = Promise.all([
          keepLeasesOnce(one, settingsOf(bench, 'one'), live),
          rescueOnce(other, settingsOf(bench, 'other'), new Map(), () => {}),
        ]);
        return [
          both.then(async ([, taken]) => {
            const isOurs = await store.finishAttempt(
              claim,
              { kind: 'succeeded', result: emptyResult },
              { to: 'succeeded' },
              now,
            );
            expect(isOurs).toBe(taken === 0);
          }),
        ];
      },
      ({ state }) => {
        expect(finalChanges(state)).toBeLessThanOrEqual(1);
      },
    );
  });
});

const emptyResult = {
  exitCode: 0,
  signal: undefined,
  httpStatus: undefined,
  httpHeaders: undefined,
  durationMs: 1,
  outputBytes: 0,
  outputIsCut: false,
};

const lost = { kind: 'lost', message: 'Nothing is left of it.', result: undefined } as const;

async function queueOne(state: MemoryState, bench: Bench, task: Task): Promise<Run['id']> {
  const store = openMemoryStore({ state, now: bench.clock.now, announcer: bench.announcer });
  const row = state.tasks.get(task.id);
  if (row !== undefined) row.dueMs = undefined;
  const now = bench.clock.now();
  const { origin } = task;
  const request = {
    id: bench.ports.ids.runId(),
    task,
    trigger: 'manual',
    overlap: 'allow',
    overrides: {},
    origin,
    readyAt: now,
  } as const;
  await store.insertRun(request, now, undefined);
  return request.id;
}
