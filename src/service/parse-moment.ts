import { Refusal } from '../domain/refusal.ts';

const CHARS_MAX = 60;
const TIME_OF_DAY = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/;

/**
 * The moment that someone means who asks about the past: an instant, a local date and time, or a
 * time of day, which is the latest one that is not in the future.
 */
export function parseMoment(given: string, zone: string, now: Temporal.Instant): Temporal.Instant {
  const text = given.trim().slice(0, CHARS_MAX);
  const moment = timeOfDay(text, zone, now) ?? instant(text) ?? localTime(text, zone);
  if (moment !== undefined) return moment;
  throw new Refusal(
    'invalid',
    `${JSON.stringify(text)} is not a moment. Write a time of day such as "07:00", a local time such as "2026-12-24T07:00", or an instant such as "2026-12-24T07:00:00Z".`,
  );
}

function timeOfDay(
  text: string,
  zone: string,
  now: Temporal.Instant,
): Temporal.Instant | undefined {
  const [, hour, minute, second = '0'] = TIME_OF_DAY.exec(text) ?? [];
  const time = attempt(() =>
    hour === undefined
      ? undefined
      : Temporal.PlainTime.from(
          { hour: Number(hour), minute: Number(minute), second: Number(second) },
          { overflow: 'reject' },
        ),
  );
  if (time === undefined) return undefined;
  const today = now.toZonedDateTimeISO(zone).toPlainDate();
  const moment = today.toZonedDateTime({ timeZone: zone, plainTime: time }).toInstant();
  if (Temporal.Instant.compare(moment, now) <= 0) return moment;
  return today
    .subtract({ days: 1 })
    .toZonedDateTime({ timeZone: zone, plainTime: time })
    .toInstant();
}

function instant(text: string): Temporal.Instant | undefined {
  return attempt(() => Temporal.Instant.from(text));
}

function localTime(text: string, zone: string): Temporal.Instant | undefined {
  // A date alone names no moment, though Temporal would read it as midnight.
  if (!/\d[T ]\d/i.test(text) || /[[\]]/.test(text)) return undefined;
  return attempt(() => Temporal.PlainDateTime.from(text).toZonedDateTime(zone).toInstant());
}

function attempt<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
