import { PROOF_FACTOR } from '../support/proof-size.ts';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { Refusal } from '../../src/domain/refusal.ts';
import { isFinal, type Claim } from '../../src/domain/run.ts';
import type { Task, TaskState } from '../../src/domain/task.ts';
import { failed, succeeded } from '../support/scripted-executor.ts';
import { draft, openBench, type Bench } from './bench.ts';

const SEQUENCES = 200 * PROOF_FACTOR;
const STEPS_MAX = 30;
const NAMES = ['a', 'b', 'c'] as const;
type Name = (typeof NAMES)[number];

type Step =
  | { readonly do: 'create'; readonly name: Name; readonly minute: number }
  | { readonly do: 'reschedule'; readonly name: Name; readonly minute: number }
  | { readonly do: 'tag' | 'pause' | 'resume' | 'delete' | 'run' | 'cancel'; readonly name: Name }
  | { readonly do: 'finish'; readonly isSuccess: boolean }
  | { readonly do: 'take' }
  | { readonly do: 'wait'; readonly minutes: number; readonly plans: boolean };

/** What a task must be like: its state, and the hourly occurrences that are behind it. */
type Expected = {
  readonly id: Task['id'];
  state: TaskState;
  minute: number;
  /** When the schedule in force was set. */
  since: number;
  /** Occurrences of the schedules before it. */
  before: number;
  version: number;
};

const name = fc.constantFrom(...NAMES);
const minute = fc.integer({ min: 0, max: 59 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('create'), name, minute }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('reschedule'), name, minute }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom('tag', 'pause', 'resume', 'delete', 'run', 'cancel'),
      name,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('finish'), isSuccess: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('take') }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('wait'),
      minutes: fc.integer({ min: 0, max: 300 }),
      plans: fc.boolean(),
    }),
  },
);

it(
  'keeps every task as a simple model says, and every due occurrence covered once',
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: STEPS_MAX, size: 'max' }), async (steps) => {
        const bench = await openBench();
        try {
          await playOut(bench, steps);
        } finally {
          await bench.close();
        }
      }),
      { numRuns: SEQUENCES },
    );
  },
);

async function playOut(bench: Bench, steps: readonly Step[]): Promise<void> {
  const expected = new Map<Name, Expected>();
  const claims: Claim[] = [];
  for (const each of steps) {
    await play(bench, expected, claims, each);
    await compare(bench, expected);
  }
  await bench.plan();
  for (const task of expected.values()) await compareLedger(bench, task);
}

async function play(
  bench: Bench,
  expected: Map<Name, Expected>,
  claims: Claim[],
  each: Step,
): Promise<void> {
  const { services, clock } = bench;
  const now = clock.now().epochMilliseconds;
  switch (each.do) {
    case 'wait':
      clock.advance(each.minutes * 60_000);
      if (each.plans) await bench.plan();
      return;
    case 'take':
      claims.push(...(await bench.take(1)));
      return;
    case 'finish': {
      const claim = claims.shift();
      if (claim !== undefined) await bench.finish(claim, each.isSuccess ? succeeded() : failed());
      return;
    }
    case 'create': {
      const made = services.createTask(draft({ name: each.name, when: hourly(each.minute) }));
      if (expected.has(each.name)) return refused(made, 'conflict');
      const { id } = (await made).task;
      const { minute } = each;
      expected.set(each.name, { id, state: 'active', minute, since: now, before: 0, version: 1 });
      return;
    }
    case 'reschedule': {
      const edited = services.updateTask(each.name, { when: hourly(each.minute) });
      const task = expected.get(each.name);
      if (task === undefined) return refused(edited, 'not_found');
      await edited;
      if (task.minute === each.minute) return;
      task.before += occurrences(task, now);
      task.since = now;
      task.minute = each.minute;
      task.version += 1;
      return;
    }
    case 'tag': {
      const task = expected.get(each.name);
      const edited = services.updateTask(each.name, { tags: [`v${task?.version}`] });
      if (task === undefined) return refused(edited, 'not_found');
      await edited;
      task.version += 1;
      return;
    }
    case 'pause':
      return setState(expected, each.name, services.pauseTask(each.name), 'paused');
    case 'resume':
      return setState(expected, each.name, services.resumeTask(each.name), 'active');
    case 'delete': {
      const deleted = services.deleteTask(each.name);
      if (!expected.has(each.name)) return refused(deleted, 'not_found');
      await deleted;
      expected.delete(each.name);
      return;
    }
    case 'run': {
      const unfinished = await unfinishedOf(bench, expected.get(each.name));
      const started = services.runTask({ task: each.name });
      if (unfinished === undefined) return refused(started, 'not_found');
      if (unfinished.length > 0) return refused(started, 'conflict');
      expect((await started).state).toBe('queued');
      return;
    }
    case 'cancel': {
      const [run] = (await unfinishedOf(bench, expected.get(each.name))) ?? [];
      if (run === undefined) return;
      const after = await services.cancelRun(run.id);
      expect(after.state).toBe(run.state === 'running' ? 'running' : 'cancelled');
      return;
    }
  }
}

async function setState(
  expected: Map<Name, Expected>,
  name: Name,
  change: Promise<unknown>,
  state: TaskState,
): Promise<void> {
  const task = expected.get(name);
  if (task === undefined) return refused(change, 'not_found');
  await change;
  task.state = state;
}

async function refused(request: Promise<unknown>, code: Refusal['code']): Promise<void> {
  const error = await request.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Refusal);
  expect(error).toMatchObject({ code });
}

async function unfinishedOf(bench: Bench, task: Expected | undefined) {
  if (task === undefined) return undefined;
  const { items } = await bench.services.listRuns({ task: task.id, limit: 50 });
  return items.filter((run) => !isFinal(run.state));
}

async function compare(bench: Bench, expected: ReadonlyMap<Name, Expected>): Promise<void> {
  const { items } = await bench.services.listTasks({});
  const told = items.map(({ id, state, version }) => ({ id, state, version }));
  const wanted = [...expected.values()].map(({ id, state, version }) => ({ id, state, version }));
  expect(told.sort(byId)).toEqual(wanted.sort(byId));
  for (const task of items) expect(task.next === undefined).toBe(task.state === 'paused');
}

/** Entries stand in a row without touching, and together hold as many occurrences as there were. */
async function compareLedger(bench: Bench, task: Expected): Promise<void> {
  if (task.state === 'paused') await bench.services.resumeTask(task.id);
  const now = bench.clock.now();
  const start = Temporal.Instant.from('2026-11-02T00:00:00Z');
  const entries = await bench.store.listLedger(task.id, start, now, 10_000);
  let last = start;
  for (const entry of entries) {
    expect(Temporal.Instant.compare(last, entry.from)).toBe(-1);
    expect(Temporal.Instant.compare(entry.from, entry.to)).toBeLessThanOrEqual(0);
    last = entry.to;
  }
  const covered = entries.reduce((sum, entry) => sum + entry.count, 0);
  expect(covered).toBe(task.before + occurrences(task, now.epochMilliseconds));
}

/** Occurrences of the schedule in force, after it was set and up to `until`. */
function occurrences(task: Expected, until: number): number {
  const hours = (ms: number): number => Math.floor((ms - task.minute * 60_000) / 3_600_000);
  return hours(until) - hours(task.since);
}

function hourly(minute: number): { readonly cron: string } {
  return { cron: `${minute} * * * *` };
}

function byId(one: { readonly id: string }, other: { readonly id: string }): number {
  return one.id < other.id ? -1 : 1;
}
