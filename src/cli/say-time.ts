import { relativeTo } from '../api/times.ts';

/** A time with its zone's clock and a countdown: `Mon 2026-11-23 09:00 (in 1d14h)`; `–` for none. */
export function sayTime(time: string | null, zone: string, now: Temporal.Instant): string {
  if (time === null) return '–';
  const instant = Temporal.Instant.from(time);
  return `${sayClock(instant, zone)} (${relativeTo(now, instant)})`;
}

/** `in 2h`, `5m ago`; `–` for none. */
export function sayCountdown(time: string | null, now: Temporal.Instant): string {
  return time === null ? '–' : relativeTo(now, Temporal.Instant.from(time));
}

function sayClock(instant: Temporal.Instant, zone: string): string {
  const local = instant.toZonedDateTimeISO(zone);
  const day = WEEKDAYS[local.dayOfWeek - 1] ?? '';
  const time = local
    .toPlainTime()
    .toString({ smallestUnit: local.second === 0 ? 'minute' : 'second' });
  return `${day} ${local.toPlainDate().toString()} ${time}`;
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** `1m 4s`, `0.3 s`: how long something took. */
export function sayDuration(ms: number): string {
  if (ms < 1_000) return `${String(Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor((seconds % 3_600) / 60);
  return hours > 0
    ? `${String(hours)} h ${String(minutes)} min`
    : `${String(minutes)} min ${String(seconds % 60)} s`;
}
