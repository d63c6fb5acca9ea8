import type { FailureKind } from './agent-report.ts';

/** What the words of an engine mean, where it has no code for it. */
export function kindOfText(text: string): FailureKind | undefined {
  if (/usage limit|rate.?limit|quota|too many requests|\b429\b/i.test(text)) return 'usage_limit';
  if (/overloaded|at capacity|\b(?:529|503)\b/i.test(text)) return 'overloaded';
  if (/not logged in|unauthori[sz]ed|invalid api key|\b401\b/i.test(text)) return 'not_logged_in';
  return undefined;
}

/** The longest that a window is believed to stay closed. */
const WAIT_DAYS_MAX = 32;

const SEARCHED_CHARS_MAX = 4_000;

/**
 * When a usage limit ends, from the words of an engine: `resets 8pm (Europe/Berlin)`, `try again at
 * 4:28 PM`, `try again at Nov 27th, 2026 4:28 PM`, `|1795274919`, `retry after 30 seconds`, `in 3 days 2
 * hours`. A time of day is the next one.
 *
 * @param zone in which times are meant that name none.
 */
export function limitEnd(
  text: string,
  now: Temporal.Instant,
  zone: string,
): Temporal.Instant | undefined {
  const searched = text.slice(0, SEARCHED_CHARS_MAX);
  const found = epochIn(searched) ?? waitIn(searched, now) ?? timeIn(searched, now, zone);
  if (found === undefined) return undefined;
  const waitMs = found.epochMilliseconds - now.epochMilliseconds;
  return waitMs > 0 && waitMs <= WAIT_DAYS_MAX * 24 * 60 * 60_000 ? found : undefined;
}

function epochIn(text: string): Temporal.Instant | undefined {
  const digits = /\|\s*(\d{10})\b/.exec(text)?.[1];
  return digits === undefined
    ? undefined
    : Temporal.Instant.fromEpochMilliseconds(Number(digits) * 1000);
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 60 * 60_000,
  d: 24 * 60 * 60_000,
};

/** `retry-after: 120`, `retry after 30 seconds`, `try again in 2 hours 5 minutes`, `resets in 3h`. */
function waitIn(text: string, now: Temporal.Instant): Temporal.Instant | undefined {
  const match =
    /(?:retry[- ]after:?|try again in|resets in|wait)\s+((?:\d{1,9}(?:\.\d{1,3})?\s*(?:milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)?\b[,\s]*(?:and\s+)?){1,5})/i.exec(
      text,
    );
  const spans = match?.[1]?.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]*)/gi) ?? [];
  let waitMs = 0;
  for (const [, amount = '', unit = ''] of spans) {
    if (unit.toLowerCase() === 'and') continue;
    waitMs += Number(amount) * unitMs(unit.toLowerCase());
  }
  return waitMs > 0 && waitMs < 1e11 ? now.add({ milliseconds: Math.round(waitMs) }) : undefined;
}

function unitMs(unit: string): number {
  const short = unit.startsWith('ms') || unit.startsWith('milli') ? 'ms' : unit.slice(0, 1);
  return UNIT_MS[short] ?? 1_000;
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

const TIME =
  /(?:resets?(?: at| on)?|try again (?:at|on)|until|available again at)\s+(?:(?<month>[A-Za-z]{3})[a-z]*\.?\s+(?<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?:(?<year>\d{4}),?\s+)?(?:at\s+)?)?(?<hour>\d{1,2})(?::(?<minute>\d{2}))?\s*(?<half>[ap]\.?m\.?)?(?:\s*\((?<zone>[A-Za-z0-9_+\-/]{1,64})\))?/i;

function timeIn(text: string, now: Temporal.Instant, zone: string): Temporal.Instant | undefined {
  const groups = TIME.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const hour = hourOf(groups['hour'] ?? '', groups['half']);
  // A number alone is not a time of day.
  if (hour === undefined || (groups['half'] === undefined && groups['minute'] === undefined)) {
    return undefined;
  }
  try {
    const here = now.toZonedDateTimeISO(groups['zone'] ?? zone);
    const time = { hour, minute: Number(groups['minute'] ?? 0) };
    return groups['month'] === undefined
      ? nextTime(here, time)
      : onDate(here, time, groups['month'], Number(groups['day']), groups['year']);
  } catch {
    // A zone or a date that there is not.
    return undefined;
  }
}

function hourOf(digits: string, half: string | undefined): number | undefined {
  const hour = Number(digits);
  if (half === undefined) return hour <= 23 ? hour : undefined;
  if (hour < 1 || hour > 12) return undefined;
  return (hour % 12) + (half.toLowerCase().startsWith('p') ? 12 : 0);
}

type TimeOfDay = { readonly hour: number; readonly minute: number };

const JUST_PASSED_MS = 2 * 60_000;

function nextTime(here: Temporal.ZonedDateTime, time: TimeOfDay): Temporal.Instant {
  const today = here.withPlainTime(Temporal.PlainTime.from(time));
  // Engines cut the seconds off: a time that has just passed is the minute that it is now.
  const passedMs = here.epochMilliseconds - today.epochMilliseconds;
  if (passedMs >= 0 && passedMs < JUST_PASSED_MS) return here.toInstant().add({ minutes: 1 });
  const isOver = Temporal.ZonedDateTime.compare(today, here) <= 0;
  const next = isOver ? today.add({ days: 1 }) : today;
  return next.toInstant();
}

function onDate(
  here: Temporal.ZonedDateTime,
  time: TimeOfDay,
  monthName: string,
  day: number,
  year: string | undefined,
): Temporal.Instant | undefined {
  const month = MONTHS.indexOf(monthName.toLowerCase().slice(0, 3)) + 1;
  if (month === 0) return undefined;
  const inYear = (number: number): Temporal.ZonedDateTime =>
    Temporal.PlainDateTime.from(
      { year: number, month, day, ...time },
      { overflow: 'reject' },
    ).toZonedDateTime(here.timeZoneId);
  const date = inYear(year === undefined ? here.year : Number(year));
  const isOver = year === undefined && Temporal.ZonedDateTime.compare(date, here) <= 0;
  return (isOver ? inYear(here.year + 1) : date).toInstant();
}
