import type { TaskId } from './id.ts';
import type { MissedStretch, Plan, PlannedRun } from './plan.ts';
import type { CatchUp } from './policies.ts';
import { jitterMsFor } from './schedule/jitter.ts';
import { occurrencesOf, type Occurrences } from './schedule/occurrences.ts';
import type { Schedule } from './schedule/schedule.ts';
import type { NextOccurrence, Task } from './task.ts';

/** An occurrence that starts later than this has misfired, in milliseconds. */
export const MISFIRE_AFTER_MS = 60_000;

/** The most occurrences of one task that become runs in one pass; the rest follow in the next one. */
const RUNS_PER_PLAN_MAX = 100;

/** The most misfired occurrences that catch-up `all` runs; older ones are missed. */
export const CATCH_UP_RUNS_MAX = 100;

/** Missed stretches are counted up to this many occurrences. */
export const MISSED_COUNT_MAX = 10_000;

const ONE_MS = { milliseconds: 1 };

/**
 * What becomes of a task whose next occurrence is due: which occurrences run, which stretch was
 * missed, and what is next. A task that slept for a year jumps over the stretch.
 */
export function planDue(task: Task, now: Temporal.Instant): Plan {
  const { schedule, policies } = task.definition;
  if (schedule === undefined || task.next === undefined) {
    return { runs: [], missed: [], next: undefined, coveredUntil: task.coveredUntil };
  }
  const occurrences = occurrencesOf(schedule);
  const first = task.next.scheduledFor;
  // Jitter is no lateness: what may still be waiting for its own delay has not misfired.
  const misfireBefore = now.subtract({ milliseconds: MISFIRE_AFTER_MS + schedule.jitterMs });
  const lastMisfired =
    Temporal.Instant.compare(first, misfireBefore) < 0
      ? occurrences.latest(first.subtract(ONE_MS), misfireBefore.subtract(ONE_MS))
      : undefined;

  const timely = walkTimely(task, schedule, occurrences, lastMisfired, now);
  const caughtUp =
    lastMisfired === undefined
      ? { runs: [], missed: [], missedCount: 0 }
      : catchUp(policies.catchUp, occurrences, first, lastMisfired, timely.due.length > 0, now);

  const runs = linkRuns(task, caughtUp, timely.due);
  return cutAtLast(task, schedule, {
    runs,
    missed: caughtUp.missed,
    next: timely.next,
    coveredUntil: latestOf(task.coveredUntil, lastMisfired, timely.due.at(-1)?.scheduledFor),
  });
}

/** The first occurrence after `after`, with its jitter; `undefined` when there is none. */
export function firstOccurrence(
  taskId: TaskId,
  schedule: Schedule,
  after: Temporal.Instant,
): NextOccurrence | undefined {
  const scheduledFor = occurrencesOf(schedule).next(after);
  return scheduledFor === undefined ? undefined : withJitter(taskId, schedule, scheduledFor);
}

function withJitter(
  taskId: TaskId,
  schedule: Schedule,
  scheduledFor: Temporal.Instant,
): NextOccurrence {
  if (schedule.jitterMs === 0) return { scheduledFor, dueAt: scheduledFor };
  const milliseconds = jitterMsFor(taskId, scheduledFor, schedule);
  return { scheduledFor, dueAt: scheduledFor.add({ milliseconds }) };
}

/** The occurrences that are due on time, and the first one that is not due yet. */
function walkTimely(
  task: Task,
  schedule: Schedule,
  occurrences: Occurrences,
  lastMisfired: Temporal.Instant | undefined,
  now: Temporal.Instant,
): { due: readonly NextOccurrence[]; next: NextOccurrence | undefined } {
  const due: NextOccurrence[] = [];
  let next =
    lastMisfired === undefined ? task.next : firstOccurrence(task.id, schedule, lastMisfired);
  while (
    next !== undefined &&
    Temporal.Instant.compare(next.dueAt, now) <= 0 &&
    due.length < RUNS_PER_PLAN_MAX
  ) {
    due.push(next);
    const scheduledFor: Temporal.Instant | undefined = occurrences.next(next.scheduledFor);
    next = scheduledFor && withJitter(task.id, schedule, scheduledFor);
  }
  return { due, next };
}

type CaughtUp = {
  readonly runs: readonly { scheduledFor: Temporal.Instant; readyAt: Temporal.Instant }[];
  readonly missed: readonly MissedStretch[];
  /** Missed occurrences that the next run makes up for. */
  readonly missedCount: number;
};

/** What becomes of the misfired stretch [first, last]. */
function catchUp(
  policy: CatchUp,
  occurrences: Occurrences,
  first: Temporal.Instant,
  last: Temporal.Instant,
  isSuperseded: boolean,
  now: Temporal.Instant,
): CaughtUp {
  const windowFrom = now.subtract({ milliseconds: policy.windowMs });
  switch (policy.mode) {
    case 'none':
      return giveUp(stretch(occurrences, first, last, 'catch_up_none'), 0);
    case 'latest': {
      if (isSuperseded) {
        const missed = stretch(occurrences, first, last, 'superseded');
        return giveUp(missed, missed.count);
      }
      if (Temporal.Instant.compare(last, windowFrom) < 0) {
        return giveUp(stretch(occurrences, first, last, 'window_passed'), 0);
      }
      return catchUpLatest(occurrences, first, last, now);
    }
    case 'all':
      return catchUpAll(policy, occurrences, first, last, windowFrom, now);
  }
}

function giveUp(missed: MissedStretch, missedCount: number): CaughtUp {
  return { runs: [], missed: [missed], missedCount };
}

function catchUpLatest(
  occurrences: Occurrences,
  first: Temporal.Instant,
  last: Temporal.Instant,
  now: Temporal.Instant,
): CaughtUp {
  const runs = [{ scheduledFor: last, readyAt: now }];
  const before = occurrences.latest(first.subtract(ONE_MS), last.subtract(ONE_MS));
  if (before === undefined) return { runs, missed: [], missedCount: 0 };
  const missed = stretch(occurrences, first, before, 'superseded');
  return { runs, missed: [missed], missedCount: missed.count };
}

/** Runs the latest misfired occurrences inside the window, oldest first; gives up the ones before. */
function catchUpAll(
  policy: CatchUp,
  occurrences: Occurrences,
  first: Temporal.Instant,
  last: Temporal.Instant,
  windowFrom: Temporal.Instant,
  now: Temporal.Instant,
): CaughtUp {
  const kept: Temporal.Instant[] = [];
  let candidate: Temporal.Instant | undefined = last;
  const beforeFirst = first.subtract(ONE_MS);
  while (
    candidate !== undefined &&
    kept.length < CATCH_UP_RUNS_MAX &&
    Temporal.Instant.compare(candidate, windowFrom) >= 0
  ) {
    kept.unshift(candidate);
    candidate = occurrences.latest(beforeFirst, candidate.subtract(ONE_MS));
  }
  const stepMs = kept.length > 1 ? policy.spreadMs / (kept.length - 1) : 0;
  const runs = kept.map((scheduledFor, index) => ({
    scheduledFor,
    readyAt: now.add({ milliseconds: Math.round(index * stepMs) }),
  }));
  if (candidate === undefined) return { runs, missed: [], missedCount: 0 };
  const reason = kept.length === CATCH_UP_RUNS_MAX ? 'too_many' : 'window_passed';
  return { runs, missed: [stretch(occurrences, first, candidate, reason)], missedCount: 0 };
}

function stretch(
  occurrences: Occurrences,
  from: Temporal.Instant,
  to: Temporal.Instant,
  reason: MissedStretch['reason'],
): MissedStretch {
  const { count, isExact } = occurrences.count(from.subtract(ONE_MS), to, MISSED_COUNT_MAX);
  return { from, to, count, isCountExact: isExact, reason };
}

/** Puts the caught-up and the timely occurrences in a row, each covering what came since the one before. */
function linkRuns(
  task: Task,
  caughtUp: CaughtUp,
  timely: readonly NextOccurrence[],
): readonly PlannedRun[] {
  const planned = [
    ...caughtUp.runs.map((run) => ({
      ...run,
      isCatchUp: task.definition.policies.catchUp.mode === 'all',
    })),
    ...timely.map(({ scheduledFor, dueAt }) => ({
      scheduledFor,
      readyAt: dueAt,
      isCatchUp: false,
    })),
  ];
  return planned.map((run, index) => ({
    ...run,
    coversSince: planned[index - 1]?.scheduledFor ?? task.coveredUntil,
    missedCount: index === 0 ? caughtUp.missedCount : 0,
  }));
}

/**
 * Keeps no more runs than the task may still have. What is cut off is next: overlap may yet skip a run
 * that was kept, and then the task has one more.
 */
function cutAtLast(task: Task, schedule: Schedule, plan: Plan): Plan {
  if (schedule.runsMax === undefined) return plan;
  const left = Math.max(0, schedule.runsMax - task.runsPlanned);
  const cut = plan.runs[left];
  if (cut === undefined) return plan;
  const runs = plan.runs.slice(0, left);
  return {
    ...plan,
    runs,
    next: { scheduledFor: cut.scheduledFor, dueAt: cut.readyAt },
    coveredUntil: runs.at(-1)?.scheduledFor ?? task.coveredUntil,
  };
}

function latestOf(
  first: Temporal.Instant,
  ...others: readonly (Temporal.Instant | undefined)[]
): Temporal.Instant {
  let latest = first;
  for (const other of others) {
    if (other !== undefined && Temporal.Instant.compare(other, latest) > 0) latest = other;
  }
  return latest;
}
