import { formatDurationMs } from '../domain/schedule/duration.ts';

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** A moment as people of the zone write it, with the zone: `Mon 2026-11-02 07:00 (Europe/Berlin)`. */
export function sayInstant(instant: Temporal.Instant, zone: string): string {
  return `${sayLocal(instant, zone)} (${zone})`;
}

/** The same without the zone, for a second time in one sentence. */
export function sayLocal(instant: Temporal.Instant, zone: string): string {
  const local = instant.toZonedDateTimeISO(zone);
  const weekday = WEEKDAYS[local.dayOfWeek - 1] ?? '';
  const smallestUnit = local.second === 0 && local.millisecond === 0 ? 'minute' : 'second';
  const time = local.toPlainTime().toString({ smallestUnit });
  return `${weekday} ${local.toPlainDate().toString()} ${time}`;
}

/** A length of time as exact as a reader wants it: `45s`, `3m20s`, `2h5m`, `3d4h`. */
export function sayDuration(ms: number): string {
  return formatDurationMs(Math.round(ms / unitFor(ms)) * unitFor(ms));
}

export function sayBetween(from: Temporal.Instant, to: Temporal.Instant): string {
  return sayDuration(to.epochMilliseconds - from.epochMilliseconds);
}

function unitFor(ms: number): number {
  const size = Math.abs(ms);
  if (size < 10 * SECOND_MS) return size < SECOND_MS ? 1 : 100;
  if (size < 60 * MINUTE_MS) return SECOND_MS;
  return size < 2 * DAY_MS ? MINUTE_MS : 60 * MINUTE_MS;
}
