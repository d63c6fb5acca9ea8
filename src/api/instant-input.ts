import { Refusal } from '../domain/refusal.ts';
import { parseDurationMs } from '../domain/schedule/duration.ts';

/**
 * An instant that bounds a query: ISO 8601 with an offset, a local date or time in `zone`, or a
 * length of time before now such as `24h`.
 */
export function parseInstantInput(
  place: string,
  text: string,
  zone: string,
  now: Temporal.Instant,
): Temporal.Instant {
  const trimmed = text.trim();
  const found =
    attempt(() => Temporal.Instant.from(trimmed)) ??
    attempt(() => Temporal.PlainDateTime.from(trimmed).toZonedDateTime(zone).toInstant()) ??
    attempt(() => now.subtract({ milliseconds: parseDurationMs(trimmed.replace(/\s+ago$/i, '')) }));
  if (found !== undefined) return found;
  throw new Refusal(
    'invalid',
    `"${place}": ${JSON.stringify(trimmed.slice(0, 60))} is not a time. Write ISO 8601 such as "2026-11-21T09:00:00+01:00", a local date "2026-11-21", or a length of time before now such as "24h".`,
  );
}

/** A time that is to come: ISO 8601 with an offset, a local date and time in `zone`, or a length of time from now such as `2h`. */
export function parseLaterInput(
  place: string,
  text: string,
  zone: string,
  now: Temporal.Instant,
): Temporal.Instant {
  const trimmed = text.trim();
  const found =
    attempt(() => Temporal.Instant.from(trimmed)) ??
    attempt(() => Temporal.PlainDateTime.from(trimmed).toZonedDateTime(zone).toInstant()) ??
    attempt(() => now.add({ milliseconds: parseDurationMs(trimmed.replace(/^in\s+/i, '')) }));
  if (found !== undefined) return found;
  throw new Refusal(
    'invalid',
    `"${place}": ${JSON.stringify(trimmed.slice(0, 60))} is not a time. Write a length of time from now such as "2h", or ISO 8601 such as "2026-11-21T09:00:00+01:00".`,
  );
}

function attempt<Value>(make: () => Value): Value | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
