import { clockChangesOf, type ClockChange } from './clock-changes.ts';
import { describeCron } from './cron/describe-cron.ts';
import { fieldsOf } from './cron/cron.ts';
import { warningsFor } from './cron/warnings.ts';
import { formatDurationMs } from './duration.ts';
import { occurrencesOf } from './occurrences.ts';
import { describeRrule } from './rrule/describe-rrule.ts';
import type { Schedule } from './schedule.ts';

/** What a schedule was understood to mean, for whoever asked for it. */
export type Receipt = {
  readonly canonical: string;
  readonly words: string;
  readonly zone: string;
  readonly next: readonly ReceiptOccurrence[];
  readonly warnings: readonly string[];
};

type ReceiptOccurrence = {
  readonly at: Temporal.Instant;
  readonly local: Temporal.ZonedDateTime;
  readonly note: string | undefined;
};

const DAY_HOURS = 24;
const YEAR_HOURS = 366 * DAY_HOURS;
const RUNS_A_DAY_MANY = 96;
const RUNS_A_DAY_COUNTED = 2_000;
const CLOCK_CHANGES_SHOWN = 4;

export function receiptFor(schedule: Schedule, now: Temporal.Instant, count: number): Receipt {
  return {
    canonical: canonicalOf(schedule),
    words: wordsOf(schedule),
    zone: schedule.zone,
    next: nextOf(schedule, now, count),
    warnings: warningsOf(schedule, now),
  };
}

/** The rule in its normal form, which reads back as the same rule. */
function canonicalOf({ rule, zone }: Schedule): string {
  switch (rule.kind) {
    case 'once':
      return rule.at.toZonedDateTimeISO(zone).toString();
    case 'every':
      return `every ${formatDurationMs(rule.intervalMs)} from ${rule.anchor.toString()}`;
    case 'cron':
      return rule.years === undefined ? rule.pattern : `${rule.pattern} in ${rule.years.join(',')}`;
    case 'rrule':
      return `DTSTART;TZID=${zone}:${compact(rule.start)} RRULE:${rule.source}`;
  }
}

/** The schedule in an English sentence. */
export function wordsOf(schedule: Schedule): string {
  const { rule, zone } = schedule;
  switch (rule.kind) {
    case 'once': {
      const local = rule.at.toZonedDateTimeISO(zone);
      return `Once, on ${local.toLocaleString('en-US', { weekday: 'long' })} ${local.toPlainDate().toString()} at ${clock(local.toPlainTime())}`;
    }
    case 'every': {
      const anchor = rule.anchor.toZonedDateTimeISO(zone);
      return `Every ${longDuration(rule.intervalMs)}, counted from ${anchor.toPlainDate().toString()} ${clock(anchor.toPlainTime())}`;
    }
    case 'cron':
      return describeCron(fieldsOf(rule));
    case 'rrule':
      return describeRrule(rule);
  }
}

function nextOf(
  schedule: Schedule,
  now: Temporal.Instant,
  count: number,
): readonly ReceiptOccurrence[] {
  const occurrences = occurrencesOf(schedule);
  const next: ReceiptOccurrence[] = [];
  const wanted = Math.min(count, schedule.runsMax ?? count);
  let at = occurrences.next(now);
  while (at !== undefined && next.length < wanted) {
    next.push({ at, local: at.toZonedDateTimeISO(schedule.zone), note: noteOn(schedule, at) });
    at = occurrences.next(at);
  }
  return next;
}

/** Says why an occurrence is not at the local time its rule names, or which of two it is. */
function noteOn(schedule: Schedule, at: Temporal.Instant): string | undefined {
  if (schedule.rule.kind === 'rrule' || schedule.rule.kind === 'cron') {
    const near = clockChangesOf(schedule, at.subtract({ hours: 3 }), at.add({ hours: 3 }));
    const gap = near.find((change) => change.kind === 'gap' && change.at.equals(at));
    if (gap !== undefined) return gapSentence(gap, schedule);
    const local = at.toZonedDateTimeISO(schedule.zone);
    const fold = near.find((change) => change.kind === 'fold' && isRepeated(local, change));
    if (fold !== undefined) {
      return `${clock(local.toPlainTime())} comes twice on ${local.toPlainDate().toString()} in ${schedule.zone}; runs at the first, ${local.offset}`;
    }
  }
  return undefined;
}

function isRepeated(local: Temporal.ZonedDateTime, { at }: ClockChange): boolean {
  const later = local.toPlainDateTime().toZonedDateTime(local.timeZoneId, {
    disambiguation: 'later',
  });
  return Temporal.Instant.compare(local.toInstant(), at) < 0 && !later.equals(local);
}

function warningsOf(schedule: Schedule, now: Temporal.Instant): readonly string[] {
  const { rule } = schedule;
  return [
    ...(schedule.notes ?? []),
    ...(rule.kind === 'cron' ? warningsFor(fieldsOf(rule)) : []),
    ...manyRuns(schedule, now),
    ...clockWarnings(schedule, now),
  ];
}

function manyRuns(schedule: Schedule, now: Temporal.Instant): readonly string[] {
  const { count, isExact } = occurrencesOf(schedule).count(
    now,
    now.add({ hours: DAY_HOURS }),
    RUNS_A_DAY_COUNTED,
  );
  if (count <= RUNS_A_DAY_MANY) return [];
  return [`This is ${isExact ? count : `more than ${count}`} runs in the next 24 hours.`];
}

function clockWarnings(schedule: Schedule, now: Temporal.Instant): readonly string[] {
  const changes = clockChangesOf(schedule, now, now.add({ hours: YEAR_HOURS }));
  return changes
    .slice(0, CLOCK_CHANGES_SHOWN)
    .map((change) =>
      change.kind === 'gap'
        ? `${gapSentence(change, schedule)}.`
        : `${clock(change.local.toPlainTime())} comes twice on ${change.local.toPlainDate().toString()} in ${schedule.zone}; runs once, at the first.`,
    );
}

/** RFC 5545 leaves out a local time that does not exist; cron runs it right after the gap, up to 3 hours. */
function gapSentence({ local, after }: ClockChange, { rule, zone }: Schedule): string {
  const missing = `${clock(local.toPlainTime())} does not exist on ${local.toPlainDate().toString()} in ${zone}`;
  const isLong = local.until(after).total('hours') > 3;
  if (rule.kind === 'rrule' || isLong) return `${missing}; that occurrence is left out`;
  const isOtherDay = !local.toPlainDate().equals(after.toPlainDate());
  return `${missing}; runs at ${clock(after.toPlainTime())}${isOtherDay ? ` on ${after.toPlainDate().toString()}` : ''}`;
}

function clock(time: Temporal.PlainTime): string {
  return time.toString({ smallestUnit: time.second === 0 ? 'minute' : 'second' });
}

function compact(start: Temporal.PlainDateTime): string {
  return start.toString({ smallestUnit: 'second' }).replace(/[-:]/g, '');
}

const LONG_UNITS: readonly (readonly [string, number])[] = [
  ['week', 604_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
];

/** "2 hours" or "hour" when one unit says it all, otherwise the short form. */
function longDuration(ms: number): string {
  for (const [unit, size] of LONG_UNITS) {
    if (ms % size === 0) return ms === size ? unit : `${ms / size} ${unit}s`;
  }
  return formatDurationMs(ms);
}
