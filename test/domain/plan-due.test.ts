import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultPolicies, type CatchUp } from '../../src/domain/policies.ts';
import { CATCH_UP_RUNS_MAX, MISSED_COUNT_MAX, planDue } from '../../src/domain/plan-due.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { Rule, Schedule } from '../../src/domain/schedule/schedule.ts';
import type { Task } from '../../src/domain/task.ts';

const HOURLY: Rule = { kind: 'every', intervalMs: 3_600_000, anchor: at('2026-01-01T00:00:00Z') };
const SECONDLY: Rule = { ...HOURLY, intervalMs: 1_000 };
const DAY_MS = 86_400_000;

describe('planDue', () => {
  // The next occurrence of an hourly task is 10:00.
  const cases: readonly [string, Partial<CatchUp>, string, string][] = [
    ['runs what is due now', {}, '10:00:00', 'run 10:00 | next 11:00'],
    ['runs what is due since less than a minute', {}, '10:01:00', 'run 10:00 | next 11:00'],
    ['catches up the latest one by default', {}, '10:01:01', 'run 10:00 | next 11:00'],
    [
      'gives up what is late, with none',
      { mode: 'none' },
      '10:01:01',
      'missed 10:00 (1, catch_up_none) | next 11:00',
    ],
    [
      'gives up a stretch, with none',
      { mode: 'none' },
      '12:30:00',
      'missed 10:00–12:00 (3, catch_up_none) | next 13:00',
    ],
    [
      'still runs what is on time, with none',
      { mode: 'none' },
      '12:00:30',
      'missed 10:00–11:00 (2, catch_up_none) | run 12:00 | next 13:00',
    ],
    [
      'runs the latest of a stretch for all of it',
      {},
      '12:30:00',
      'missed 10:00–11:00 (2, superseded) | run 12:00 for 2 | next 13:00',
    ],
    [
      'lets the timely one make up for the stretch',
      {},
      '12:00:30',
      'missed 10:00–11:00 (2, superseded) | run 12:00 for 2 | next 13:00',
    ],
    [
      'gives up the latest outside the window',
      { windowMs: 1_200_000 },
      '12:30:00',
      'missed 10:00–12:00 (3, window_passed) | next 13:00',
    ],
    [
      'runs the latest inside the window',
      { windowMs: 1_800_000 },
      '12:30:00',
      'missed 10:00–11:00 (2, superseded) | run 12:00 for 2 | next 13:00',
    ],
    ['runs all', { mode: 'all' }, '12:30:00', 'run 10:00 | run 11:00 | run 12:00 | next 13:00'],
    [
      'runs all that the window allows',
      { mode: 'all', windowMs: 7_200_000 },
      '12:30:00',
      'missed 10:00 (1, window_passed) | run 11:00 | run 12:00 | next 13:00',
    ],
    [
      'runs all and the timely one',
      { mode: 'all' },
      '12:00:30',
      'run 10:00 | run 11:00 | run 12:00 | next 13:00',
    ],
  ];
  it.each(cases)('%s', (_name, catchUp, now, expected) => {
    expect(tell(planDue(taskOf(HOURLY, '10:00', catchUp), at(`2026-11-02T${now}Z`)))).toBe(
      expected,
    );
  });

  it('spreads caught-up runs from now on, evenly', () => {
    const task = taskOf(HOURLY, '10:00', { mode: 'all', spreadMs: 60_000 });
    const plan = planDue(task, at('2026-11-02T12:30:00Z'));
    expect(plan.runs.map((run) => run.readyAt.toString())).toEqual([
      '2026-11-02T12:30:00Z',
      '2026-11-02T12:30:30Z',
      '2026-11-02T12:31:00Z',
    ]);
    expect(plan.runs.every((run) => run.isCatchUp)).toBe(true);
  });

  it('says since when each run covers', () => {
    const plan = planDue(taskOf(HOURLY, '10:00', { mode: 'all' }), at('2026-11-02T12:00:30Z'));
    expect(plan.runs.map((run) => run.coversSince.toString().slice(11, 16))).toEqual([
      '09:00',
      '10:00',
      '11:00',
    ]);
    expect(plan.coveredUntil.toString()).toBe('2026-11-02T12:00:00Z');
  });

  it('jumps over a year of seconds, counting up to a bound', () => {
    const task = taskOf(SECONDLY, '10:00:00', { mode: 'none' });
    const plan = planDue(task, at('2027-11-02T10:00:00Z'));
    expect(plan.missed[0]).toMatchObject({ count: MISSED_COUNT_MAX, isCountExact: false });
    expect(plan.missed[0]?.to.toString()).toBe('2027-11-02T09:58:59Z');
    expect(plan.runs).toHaveLength(61);
  });

  it('catches up a bounded number, the latest ones', () => {
    const task = taskOf(SECONDLY, '10:00:00', { mode: 'all', windowMs: DAY_MS });
    const plan = planDue(task, at('2026-11-02T11:00:00Z'));
    expect(plan.runs.filter((run) => run.isCatchUp)).toHaveLength(CATCH_UP_RUNS_MAX);
    expect(plan.missed[0]).toMatchObject({ reason: 'too_many' });
    expect(plan.runs[0]?.scheduledFor.toString()).toBe('2026-11-02T10:57:20Z');
  });

  it('plans a bounded number of timely runs; the rest is due at once', () => {
    const rule: Rule = { ...HOURLY, intervalMs: 100 };
    const plan = planDue(taskOf(rule, '10:00:00', {}), at('2026-11-02T10:00:30Z'));
    expect(plan.runs).toHaveLength(100);
    expect(plan.next?.dueAt.toString()).toBe('2026-11-02T10:00:10Z');
  });

  it('ends a task that has no occurrence left', () => {
    const rule: Rule = { kind: 'once', at: at('2026-11-02T10:00:00Z') };
    expect(tell(planDue(taskOf(rule, '10:00', {}), at('2026-11-02T10:00:00Z')))).toBe(
      'run 10:00 | ends',
    );
    expect(tell(planDue(taskOf(rule, '10:00', { mode: 'none' }), at('2026-11-02T10:05:00Z')))).toBe(
      'missed 10:00 (1, catch_up_none) | ends',
    );
  });

  it('keeps no more runs than the task may have, and covers nothing behind them', () => {
    const task = taskOf(HOURLY, '10:00', { mode: 'all' }, { runsMax: 2 });
    const plan = planDue(task, at('2026-11-02T12:30:00Z'));
    expect(tell(plan)).toBe('run 10:00 | run 11:00 | next 12:00');
    expect(plan.coveredUntil.toString()).toBe('2026-11-02T11:00:00Z');
  });

  it('does not take an occurrence that waits for its jitter as late, and does not start it early', () => {
    const schedule = { jitterMs: 1_800_000 };
    const task = taskOf(HOURLY, '10:00', { mode: 'none' }, schedule);
    const dueAt = at('2026-11-02T10:25:00Z');
    const waiting: Task = { ...task, next: { scheduledFor: at('2026-11-02T10:00:00Z'), dueAt } };
    expect(planDue(waiting, dueAt.subtract({ seconds: 1 })).runs).toEqual([]);
    const plan = planDue(waiting, dueAt);
    expect(tell(plan)).toMatch(/^run 10:00 \| next 11:00$/);
    expect(plan.runs[0]?.readyAt).toBe(dueAt);
  });

  it('covers every due occurrence once and none that is not due', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_000, max: 7_200_000 }),
        fc.integer({ min: 0, max: 3 * DAY_MS }),
        fc.constantFrom<CatchUp['mode']>('none', 'latest', 'all'),
        fc.integer({ min: 0, max: DAY_MS }),
        (intervalMs, lateMs, mode, windowMs) => {
          const task = taskOf(
            { ...HOURLY, intervalMs, anchor: at('2026-11-02T10:00:00Z') },
            '10:00',
            { mode, windowMs },
          );
          const now = at('2026-11-02T10:00:00Z').add({ milliseconds: lateMs });
          const plan = planDue(task, now);
          const covered = [
            ...plan.missed.map(({ from, to }) => [from, to] as const),
            ...plan.runs.map(({ scheduledFor }) => [scheduledFor, scheduledFor] as const),
          ].toSorted((a, b) => Temporal.Instant.compare(a[0], b[0]));
          let expectedMs = at('2026-11-02T10:00:00Z').epochMilliseconds;
          for (const [from, to] of covered) {
            expect(from.epochMilliseconds).toBe(expectedMs);
            expectedMs = to.epochMilliseconds + intervalMs;
          }
          expect(plan.next?.scheduledFor.epochMilliseconds).toBe(expectedMs);
          if (plan.runs.length < 100) expect(expectedMs).toBeGreaterThan(now.epochMilliseconds);
          expect(expectedMs - intervalMs).toBeLessThanOrEqual(now.epochMilliseconds);
        },
      ),
      { numRuns: 500 },
    );
  });
});

function at(text: string): Temporal.Instant {
  return Temporal.Instant.from(text);
}

/** `run 12:00 for 2`: a run that makes up for two missed occurrences. */
function tell(plan: Plan): string {
  const time = (instant: Temporal.Instant): string => instant.toString().slice(11, 16);
  const missed = plan.missed.map(({ from, to, count, reason }) => {
    const stretch = from.equals(to) ? time(from) : `${time(from)}–${time(to)}`;
    return `missed ${stretch} (${count}, ${reason})`;
  });
  const runs = plan.runs.map(({ scheduledFor, missedCount }) =>
    missedCount === 0
      ? `run ${time(scheduledFor)}`
      : `run ${time(scheduledFor)} for ${missedCount}`,
  );
  const next = plan.next === undefined ? 'ends' : `next ${time(plan.next.scheduledFor)}`;
  return [...missed, ...runs, next].join(' | ');
}

function taskOf(
  rule: Rule,
  nextTime: string,
  catchUp: Partial<CatchUp>,
  changes: Partial<Schedule> = {},
): Task {
  const scheduledFor = at(`2026-11-02T${nextTime}Z`);
  const createdAt = at('2026-11-01T00:00:00Z');
  const policies = defaultPolicies('command');
  return {
    id: 'task_0',
    namespace: 'native',
    foreignId: undefined,
    ext: {},
    state: 'active',
    stateReason: undefined,
    stateAt: createdAt,
    version: 1,
    revision: 1,
    definition: {
      name: 'a task',
      description: undefined,
      schedule: {
        source: 'as the test says',
        rule,
        zone: 'UTC',
        exclusions: [],
        blackouts: [],
        startAt: undefined,
        endAt: undefined,
        runsMax: undefined,
        jitterMs: 0,
        ...changes,
      },
      action: {
        kind: 'command',
        program: { kind: 'argv', argv: ['true'] },
        cwd: undefined,
        env: {},
        stdin: undefined,
      },
      policies: { ...policies, catchUp: { ...policies.catchUp, ...catchUp } },
      tags: [],
    },
    next: { scheduledFor, dueAt: scheduledFor },
    coveredUntil: at('2026-11-02T09:00:00Z'),
    runsPlanned: 0,
    origin: { principal: 'owner', client: undefined, parentRunId: undefined },
    createdAt,
    updatedAt: createdAt,
  };
}
