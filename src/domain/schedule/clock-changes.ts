import type { CompiledCron } from './cron/compile.ts';
import { compiledOf } from './cron/cron.ts';
import { firstLocalBetween } from './cron/next-second.ts';
import { nextRrule } from './rrule/rrule.ts';
import type { Schedule } from './schedule.ts';
import { stretchesBetween } from './zone-offsets.ts';

/** A change of the zone's offset that takes away or repeats a local time of the schedule. */
export type ClockChange = {
  readonly kind: 'gap' | 'fold';
  readonly at: Temporal.Instant;
  /** The schedule's first local time that is lost or comes twice. */
  readonly local: Temporal.PlainDateTime;
  /** The local time right after the change. */
  readonly after: Temporal.PlainDateTime;
};

/**
 * The clock changes from `from` until `until` that touch the schedule's fixed times. Rules with a star
 * or a step in the time of day follow real time, and intervals know no clock, so neither is touched.
 */
export function clockChangesOf(
  schedule: Schedule,
  from: Temporal.Instant,
  until: Temporal.Instant,
): readonly ClockChange[] {
  const firstIn = firstTimeFinder(schedule);
  if (firstIn === undefined) return [];
  const stretches = stretchesBetween(schedule.zone, secondOf(from), secondOf(until));
  return stretches.flatMap((stretch, index) => {
    const before = stretches[index - 1];
    if (before === undefined) return [];
    const old = stretch.start + before.offset;
    const fresh = stretch.start + stretch.offset;
    const local = firstIn(Math.min(old, fresh), Math.max(old, fresh));
    if (local === undefined) return [];
    const at = Temporal.Instant.fromEpochMilliseconds(stretch.start * 1_000);
    return [
      { kind: old < fresh ? 'gap' : 'fold', at, local: plainOf(local), after: plainOf(fresh) },
    ];
  });
}

/** Finds the first local second of the schedule in a range of local seconds, if it has fixed times. */
function firstTimeFinder(
  schedule: Schedule,
): ((from: number, until: number) => number | undefined) | undefined {
  const { rule } = schedule;
  switch (rule.kind) {
    case 'once':
    case 'every':
      return undefined;
    case 'cron': {
      const cron: CompiledCron = compiledOf(rule);
      if (!cron.isFixedTime) return undefined;
      return (from, until) => firstLocalBetween(cron, from, until);
    }
    case 'rrule':
      // In UTC every local time exists, so this yields what the rule would have had.
      return (from, until) => {
        const after = Temporal.Instant.fromEpochMilliseconds((from - 1) * 1_000);
        const found = nextRrule(rule, 'UTC', after);
        const second = found === undefined ? undefined : secondOf(found);
        return second !== undefined && second < until ? second : undefined;
      };
  }
}

function secondOf(instant: Temporal.Instant): number {
  return Math.floor(instant.epochMilliseconds / 1_000);
}

function plainOf(localSecond: number): Temporal.PlainDateTime {
  return Temporal.Instant.fromEpochMilliseconds(localSecond * 1_000)
    .toZonedDateTimeISO('UTC')
    .toPlainDateTime();
}
