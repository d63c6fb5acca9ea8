import { Refusal } from '../../domain/refusal.ts';

const SHOWN_CHARS_MAX = 60;

/**
 * The instant that a time text means: with `Z` or an offset as written, without one as local time in
 * `zone`. Refuses what is not later than now.
 */
export function readTime(text: string, zone: string, now: Temporal.Instant): Temporal.Instant {
  const at = instantOrNothing(text.trim(), zone);
  const shown = JSON.stringify(text.slice(0, SHOWN_CHARS_MAX));
  if (at === undefined) {
    throw new Refusal(
      'invalid',
      `${shown} is not a time in ISO 8601. Write it like "2027-03-14T09:00:00Z".`,
    );
  }
  if (Temporal.Instant.compare(at, now) > 0) return wholeMs(at);
  throw new Refusal(
    'invalid',
    `The scheduled time must be in the future, and ${shown} is not: it means ${at.toString()}.`,
    `A time without "Z" or an offset is local time in ${zone}.`,
  );
}

/** Schedules count milliseconds; rounded up, what is in the future stays there. */
function wholeMs(at: Temporal.Instant): Temporal.Instant {
  return at.round({ smallestUnit: 'millisecond', roundingMode: 'ceil' });
}

function instantOrNothing(text: string, zone: string): Temporal.Instant | undefined {
  try {
    if (/(?:Z|[+-]\d{2}:?\d{2})$/i.test(text) && /[Tt ]\d/.test(text)) {
      return Temporal.Instant.from(text);
    }
    return Temporal.PlainDateTime.from(text).toZonedDateTime(zone).toInstant();
  } catch {
    return undefined;
  }
}
