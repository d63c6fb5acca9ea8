import { civilDateOf, dayNumberOf } from '../domain/schedule/cron/civil.ts';
import { formatDurationMs } from '../domain/schedule/duration.ts';
import { offsetAt } from '../domain/schedule/zone-offsets.ts';

/** An instant on the wire: RFC 3339, to the second, with the offset that the zone has then. */
export function timeIn(zone: string, instant: Temporal.Instant): string {
  const second = Math.floor(instant.epochMilliseconds / 1_000);
  return second >= 0 && second < YEAR_10000
    ? plainTimeIn(zone, second)
    : instant.toZonedDateTimeISO(zone).toString({ timeZoneName: 'never', smallestUnit: 'second' });
}

/** From then on a year has six digits and a sign in some zone. */
const YEAR_10000 = 253_402_214_400;

/** The same without the Temporal polyfill, which takes ten times as long; an answer says many times. */
function plainTimeIn(zone: string, second: number): string {
  const offset = offsetAt(zone, second);
  const local = second + offset;
  const { year, month, day } = civilDateOf(Math.floor(local / DAY_SECONDS));
  const ofDay = ((local % DAY_SECONDS) + DAY_SECONDS) % DAY_SECONDS;
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}T${clock(ofDay)}${offsetText(offset)}`;
}

const DAY_SECONDS = 86_400;

/** An offset to the minute, as ISO 8601 writes it; Liberia had one of 44.5 minutes until 1972. */
function offsetText(offset: number): string {
  const minutes = Math.round(Math.abs(offset) / 60);
  return `${offset < 0 ? '-' : '+'}${digits(Math.floor(minutes / 60), 2)}:${digits(minutes % 60, 2)}`;
}

function clock(ofDay: number): string {
  const minute = Math.floor(ofDay / 60);
  return `${digits(Math.floor(minute / 60), 2)}:${digits(minute % 60, 2)}:${digits(ofDay % 60, 2)}`;
}

function digits(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

export function timeOrNull(zone: string, instant: Temporal.Instant | undefined): string | null {
  return instant === undefined ? null : timeIn(zone, instant);
}

/** `in 2h` or `5m ago`, to one or two units. */
export function relativeTo(now: Temporal.Instant, instant: Temporal.Instant): string {
  return inWords(instant.epochMilliseconds - now.epochMilliseconds);
}

function inWords(ms: number): string {
  const size = Math.abs(ms);
  if (size < 1_000) return 'now';
  const unit =
    size < 60_000 ? 1_000 : size < DAY_MS ? 60_000 : size < 7 * DAY_MS ? HOUR_MS : DAY_MS;
  const rounded = formatDurationMs(Math.max(1, Math.round(size / unit)) * unit);
  return ms > 0 ? `in ${rounded}` : `${rounded} ago`;
}

/** The text that people and models read: `2026-11-21T09:00:00+01:00 (in 2h)`. */
export function tellTime(time: string | null, now: Temporal.Instant): string {
  return time === null ? '–' : `${time} (${inWords(epochMsOf(time) - now.epochMilliseconds)})`;
}

/** What `timeIn` wrote, read back: by hand where that is possible, for the same reason. */
function epochMsOf(time: string): number {
  const parts = WIRE_TIME.exec(time);
  if (parts === null) return Temporal.Instant.from(time).epochMilliseconds;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1, 7)
    .map(Number);
  const offset = (Number(parts[8]) * 60 + Number(parts[9])) * 60;
  const local = dayNumberOf(year, month, day) * DAY_SECONDS + (hour * 60 + minute) * 60 + second;
  return (local - (parts[7] === '-' ? -offset : offset)) * 1_000;
}

const WIRE_TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)([+-])(\d\d):(\d\d)$/;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
