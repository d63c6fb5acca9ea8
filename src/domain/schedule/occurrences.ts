import { blockedAt } from './blocked.ts';
import { nextCron } from './cron/cron.ts';
import { nextRrule } from './rrule/rrule.ts';
import type { Schedule } from './schedule.ts';

export type Occurrences = {
  /** The first occurrence strictly after `after`. */
  next(after: Temporal.Instant): Temporal.Instant | undefined;
  /** The last occurrence after `after` and not after `until`. */
  latest(after: Temporal.Instant, until: Temporal.Instant): Temporal.Instant | undefined;
  /** How many occurrences there are after `after` and not after `until`; counting stops at `max`. */
  count(after: Temporal.Instant, until: Temporal.Instant, max: number): OccurrenceCount;
};

type OccurrenceCount = { readonly count: number; readonly isExact: boolean };

/** How many excluded stretches one search leaves behind: a daily one for more than five years. */
const SKIPS_MAX = 2_000;

/** The instants of a schedule. Nothing is enumerated ahead, so this costs nothing by itself. */
export function occurrencesOf(schedule: Schedule): Occurrences {
  const next = (after: Temporal.Instant): Temporal.Instant | undefined =>
    nextOccurrence(schedule, after);
  return {
    next,
    latest: (after, until) => latestOccurrence(next, after, until),
    count: (after, until, max) =>
      countByArithmetic(schedule, after, until, max) ?? countOneByOne(next, after, until, max),
  };
}

function nextOccurrence(schedule: Schedule, after: Temporal.Instant): Temporal.Instant | undefined {
  const { startAt, endAt } = schedule;
  let from = after;
  if (startAt !== undefined && isBefore(after, startAt)) from = justBefore(startAt);
  for (let skips = 0; skips < SKIPS_MAX; skips += 1) {
    const at = nextOfRule(schedule, from);
    if (at === undefined || (endAt !== undefined && isBefore(endAt, at))) return undefined;
    const blocked = blockedAt(schedule, at);
    if (blocked === undefined) return at;
    from = isBefore(at, justBefore(blocked.until)) ? justBefore(blocked.until) : at;
  }
  return undefined;
}

/** The rule's own next instant, before exclusions, blackouts, start and end. */
function nextOfRule(
  { rule, zone }: Schedule,
  after: Temporal.Instant,
): Temporal.Instant | undefined {
  switch (rule.kind) {
    case 'once':
      return isBefore(after, rule.at) ? rule.at : undefined;
    case 'every':
      return Temporal.Instant.fromEpochMilliseconds(
        rule.anchor.epochMilliseconds + nextMultiple(rule, after) * rule.intervalMs,
      );
    case 'cron':
      return nextCron(rule, zone, after);
    case 'rrule':
      return nextRrule(rule, zone, after);
  }
}

type Interval = { readonly anchor: Temporal.Instant; readonly intervalMs: number };

/** Which repetition, counted from the anchor, is the first one after an instant; never below 0. */
function nextMultiple({ anchor, intervalMs }: Interval, after: Temporal.Instant): number {
  const elapsed = after.epochMilliseconds - anchor.epochMilliseconds;
  return Math.max(0, Math.floor(elapsed / intervalMs) + 1);
}

/**
 * Halves the time that is left until nothing more is found in it, so a year of seconds takes some
 * thirty looks.
 */
function latestOccurrence(
  next: Occurrences['next'],
  after: Temporal.Instant,
  until: Temporal.Instant,
): Temporal.Instant | undefined {
  let latest = next(after);
  if (latest === undefined || isBefore(until, latest)) return undefined;
  let high = until.epochMilliseconds;
  while (latest.epochMilliseconds < high) {
    const low = latest.epochMilliseconds;
    const middle = low + Math.floor((high - low) / 2);
    const at = next(Temporal.Instant.fromEpochMilliseconds(middle));
    if (at !== undefined && !isBefore(until, at)) latest = at;
    else high = middle;
  }
  return latest;
}

function countByArithmetic(
  schedule: Schedule,
  after: Temporal.Instant,
  until: Temporal.Instant,
  max: number,
): OccurrenceCount | undefined {
  const { rule, exclusions, blackouts, startAt, endAt } = schedule;
  if (rule.kind !== 'every' || exclusions.length + blackouts.length > 0) return undefined;
  const from = startAt !== undefined && isBefore(after, startAt) ? justBefore(startAt) : after;
  const to = endAt !== undefined && isBefore(endAt, until) ? endAt : until;
  const count = Math.max(0, nextMultiple(rule, to) - nextMultiple(rule, from));
  return { count: Math.min(count, max), isExact: count <= max };
}

function countOneByOne(
  next: Occurrences['next'],
  after: Temporal.Instant,
  until: Temporal.Instant,
  max: number,
): OccurrenceCount {
  let at = next(after);
  for (let count = 0; count < max; count += 1) {
    if (at === undefined || isBefore(until, at)) return { count, isExact: true };
    at = next(at);
  }
  return { count: max, isExact: at === undefined || isBefore(until, at) };
}

function justBefore(instant: Temporal.Instant): Temporal.Instant {
  return instant.subtract({ nanoseconds: 1 });
}

function isBefore(one: Temporal.Instant, other: Temporal.Instant): boolean {
  return Temporal.Instant.compare(one, other) < 0;
}
