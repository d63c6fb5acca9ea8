import { Refusal } from '../refusal.ts';
import { compiledOf } from './cron/cron.ts';
import type { CompiledCron } from './cron/compile.ts';
import { formatDurationMs } from './duration.ts';
import { nextRrule } from './rrule/rrule.ts';
import type { Rule } from './schedule.ts';

/** No interval is shorter than this, whatever the floor: the planner works in whole seconds. */
const INTERVAL_MS_LEAST = 1_000;
const RRULE_GAPS_SEEN = 25;

/** Refuses a rule whose occurrences come closer together than the floor. */
export function requireInterval(
  rule: Rule,
  zone: string,
  now: Temporal.Instant,
  intervalMsMin: number,
): void {
  const floor = Math.max(INTERVAL_MS_LEAST, intervalMsMin);
  const gapMs = shortestGapMs(rule, zone, now, floor);
  if (gapMs >= floor) return;
  throw new Refusal(
    'invalid',
    `The schedule has occurrences ${formatDurationMs(gapMs)} apart; the least is ${formatDurationMs(floor)}. Write a longer interval, such as "every ${formatDurationMs(floor)}".`,
  );
}

function shortestGapMs(rule: Rule, zone: string, now: Temporal.Instant, floorMs: number): number {
  switch (rule.kind) {
    case 'once':
      return Number.POSITIVE_INFINITY;
    case 'every':
      return rule.intervalMs;
    case 'cron':
      return shortestGapOfDay(compiledOf(rule), floorMs / 1_000) * 1_000;
    case 'rrule': {
      let shortest = Number.POSITIVE_INFINITY;
      let at = nextRrule(rule, zone, now);
      for (let seen = 0; at !== undefined && seen < RRULE_GAPS_SEEN; seen += 1) {
        const following = nextRrule(rule, zone, at);
        if (following === undefined) break;
        shortest = Math.min(shortest, following.epochMilliseconds - at.epochMilliseconds);
        at = following;
      }
      return shortest;
    }
  }
}

/** The shortest gap in seconds between times of one day; stops at the first one below the floor. */
function shortestGapOfDay(cron: CompiledCron, floor: number): number {
  let previous: number | undefined;
  let shortest = Number.POSITIVE_INFINITY;
  for (const hour of membersOf(cron.hours)) {
    for (const minute of membersOf(cron.minutes)) {
      for (const second of membersOf(cron.seconds)) {
        const time = hour * 3_600 + minute * 60 + second;
        if (previous !== undefined) shortest = Math.min(shortest, time - previous);
        if (shortest < floor) return shortest;
        previous = time;
      }
    }
  }
  return shortest;
}

function membersOf(table: Int8Array): readonly number[] {
  return [...table.keys()].filter((value) => table[value] === value);
}
