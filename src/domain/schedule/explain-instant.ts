import { blockedAt } from './blocked.ts';
import { occurrencesOf } from './occurrences.ts';
import type { Schedule } from './schedule.ts';

/** How far back the nearest earlier occurrence is looked for. */
const LOOK_BACK_DAYS = 366;

/** Why the schedule has no occurrence from `from` to `to`, in one sentence. */
export function whyNoOccurrence(
  schedule: Schedule,
  from: Temporal.Instant,
  to: Temporal.Instant,
): string {
  const { startAt, endAt } = schedule;
  if (startAt !== undefined && Temporal.Instant.compare(to, startAt) < 0) {
    return `The schedule starts at ${shown(startAt, schedule)}, after this time.`;
  }
  if (endAt !== undefined && Temporal.Instant.compare(endAt, from) < 0) {
    return `The schedule ended at ${shown(endAt, schedule)}, before this time.`;
  }
  return becauseBlocked(schedule, from, to) ?? noneBetween(schedule, from, to);
}

/** The rule alone may have an instant there that an exclusion or a blackout takes away. */
function becauseBlocked(
  schedule: Schedule,
  from: Temporal.Instant,
  to: Temporal.Instant,
): string | undefined {
  const open: Schedule = { ...schedule, exclusions: [], blackouts: [] };
  const at = occurrencesOf(open).next(from.subtract({ nanoseconds: 1 }));
  if (at === undefined || Temporal.Instant.compare(to, at) < 0) return undefined;
  const blocked = blockedAt(schedule, at);
  if (blocked === undefined) return undefined;
  if (blocked.blackout === undefined) {
    const date = at.toZonedDateTimeISO(schedule.zone).toPlainDate().toString();
    return `The occurrence at ${shown(at, schedule)} is left out because ${date} is an exclusion date.`;
  }
  const { from: begin, to: end } = blocked.blackout;
  const times = `${begin.toString({ smallestUnit: 'minute' })} to ${end.toString({ smallestUnit: 'minute' })}`;
  return `The occurrence at ${shown(at, schedule)} is left out because it falls into the blackout from ${times}.`;
}

function noneBetween(schedule: Schedule, from: Temporal.Instant, to: Temporal.Instant): string {
  const occurrences = occurrencesOf(schedule);
  const before = occurrences.latest(
    from.subtract({ hours: LOOK_BACK_DAYS * 24 }),
    from.subtract({ nanoseconds: 1 }),
  );
  const after = occurrences.next(to);
  const none = `The schedule has no occurrence between ${shown(from, schedule)} and ${shown(to, schedule)}`;
  if (before === undefined && after === undefined) return `${none}, and none near it.`;
  if (before === undefined || after === undefined) {
    return `${none}; the nearest is ${shown(before ?? after ?? to, schedule)}.`;
  }
  return `${none}; the nearest are ${shown(before, schedule)} and ${shown(after, schedule)}.`;
}

function shown(at: Temporal.Instant, { zone }: Schedule): string {
  const local = at.toZonedDateTimeISO(zone);
  const smallestUnit = local.second === 0 ? 'minute' : 'second';
  return `${local.toPlainDate().toString()} ${local.toPlainTime().toString({ smallestUnit })} ${local.offset} ${zone}`;
}
