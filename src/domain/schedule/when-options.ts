import { Refusal } from '../refusal.ts';
import { parseDurationMs } from './duration.ts';
import type { Blackout, Schedule } from './schedule.ts';
import { weekdayNamed } from './words/names.ts';

export type WhenOptions = {
  readonly exclude?: readonly string[];
  readonly blackouts?: readonly {
    readonly from: string;
    readonly to: string;
    readonly weekdays?: readonly string[];
  }[];
  readonly start?: string;
  readonly end?: string;
  readonly runsMax?: number;
  readonly jitter?: string;
};

const EXCLUSIONS_MAX = 1_000;
const BLACKOUTS_MAX = 50;
const RUNS_MAX = 1_000_000;
const JITTER_MS_MAX = 86_400_000;

type Options = Pick<
  Schedule,
  'exclusions' | 'blackouts' | 'startAt' | 'endAt' | 'runsMax' | 'jitterMs'
>;

/** The limits beside a rule; local dates and times are those of `zone`. */
export function readOptions(options: WhenOptions, zone: string): Options {
  const startAt = options.start === undefined ? undefined : edge(options.start, 'start', zone);
  const endAt = options.end === undefined ? undefined : edge(options.end, 'end', zone);
  if (
    startAt !== undefined &&
    endAt !== undefined &&
    Temporal.Instant.compare(startAt, endAt) > 0
  ) {
    throw new Refusal(
      'invalid',
      `The start ${options.start} is after the end ${options.end}. Write an end that comes later.`,
    );
  }
  return {
    exclusions: exclusionsIn(options.exclude ?? []),
    blackouts: blackoutsIn(options.blackouts ?? []),
    startAt,
    endAt,
    runsMax: runsMaxIn(options.runsMax),
    jitterMs: jitterIn(options.jitter),
  };
}

function exclusionsIn(dates: readonly string[]): readonly Temporal.PlainDate[] {
  if (dates.length > EXCLUSIONS_MAX) {
    throw new Refusal(
      'invalid',
      `There are ${dates.length} exclusion dates; the most is ${EXCLUSIONS_MAX}.`,
    );
  }
  return dates.map((text) => {
    const date = /^\d{4}-\d{2}-\d{2}$/.test(text)
      ? existing(() => Temporal.PlainDate.from(text))
      : undefined;
    if (date !== undefined) return date;
    throw new Refusal(
      'invalid',
      `The exclusion ${shown(text)} is not a date. Write it like "2026-12-25".`,
    );
  });
}

function blackoutsIn(blackouts: NonNullable<WhenOptions['blackouts']>): readonly Blackout[] {
  if (blackouts.length > BLACKOUTS_MAX) {
    throw new Refusal(
      'invalid',
      `There are ${blackouts.length} blackouts; the most is ${BLACKOUTS_MAX}.`,
    );
  }
  return blackouts.map(({ from, to, weekdays }) => {
    const begin = timeIn(from);
    // "24:00" as an end is the midnight that the day ends with.
    const end = to === '24:00' ? Temporal.PlainTime.from('00:00') : timeIn(to);
    if (begin.equals(end) && to !== '24:00') {
      throw new Refusal(
        'invalid',
        `The blackout from ${from} to ${to} has no length. Write two different times; "00:00" to "24:00" is a whole day.`,
      );
    }
    return { from: begin, to: end, weekdays: (weekdays ?? []).map(isoWeekday) };
  });
}

function timeIn(text: string): Temporal.PlainTime {
  const isShape = /^\d{2}:\d{2}(?::\d{2})?$/.test(text);
  const time = isShape ? existing(() => Temporal.PlainTime.from(text)) : undefined;
  if (time !== undefined) return time;
  throw new Refusal(
    'invalid',
    `The blackout time ${shown(text)} is not a time of day. Write it like "22:00".`,
  );
}

function isoWeekday(text: string): number {
  const weekday = weekdayNamed(text.trim().toLowerCase());
  if (weekday !== undefined) return weekday === 0 ? 7 : weekday;
  throw new Refusal('invalid', `${shown(text)} is not a weekday. Write it like "monday" or "mon".`);
}

/** A start or an end: an instant, a local time, or a date, which an end includes. */
function edge(text: string, what: 'start' | 'end', zone: string): Temporal.Instant {
  const found = text.length > 64 ? undefined : existing(() => edgeInstant(text.trim(), what, zone));
  if (found !== undefined) return Temporal.Instant.fromEpochMilliseconds(found.epochMilliseconds);
  throw new Refusal(
    'invalid',
    `The ${what} ${shown(text)} is not a time. Write it like "2027-01-01", "2027-01-01T09:00" or "2027-01-01T09:00:00Z".`,
  );
}

function edgeInstant(text: string, what: 'start' | 'end', zone: string): Temporal.Instant {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    const date = Temporal.PlainDate.from(text);
    if (what === 'start') return date.toZonedDateTime(zone).toInstant();
    return date.add({ days: 1 }).toZonedDateTime(zone).toInstant().subtract({ milliseconds: 1 });
  }
  const hasOffset = /[Tt ]\d.*(?:Z|[+-]\d{2}(?::?\d{2})?)(?:\[|$)/i.test(text);
  if (hasOffset) return Temporal.Instant.from(text);
  return Temporal.PlainDateTime.from(text).toZonedDateTime(zone).toInstant();
}

function runsMaxIn(runsMax: number | undefined): number | undefined {
  if (runsMax === undefined) return undefined;
  if (Number.isInteger(runsMax) && runsMax >= 1 && runsMax <= RUNS_MAX) return runsMax;
  throw new Refusal(
    'invalid',
    `The most runs must be a whole number from 1 to ${RUNS_MAX}, not ${runsMax}.`,
  );
}

function jitterIn(text: string | undefined): number {
  if (text === undefined) return 0;
  const ms = parseDurationMs(text);
  if (ms <= JITTER_MS_MAX) return ms;
  throw new Refusal(
    'invalid',
    `The jitter ${shown(text)} is longer than a day. Write at most "24h".`,
  );
}

/** What Temporal makes of a text, or undefined when it refuses: our own refusals say what to write. */
function existing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
