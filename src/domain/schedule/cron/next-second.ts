import type { CompiledCron } from './compile.ts';
import { matchingDayFrom } from './days.ts';
import { offsetAt, stretchesBetween, type Stretch } from '../zone-offsets.ts';

const DAY = 86_400;
/** A fixed time lost in a gap up to this long runs right after it; a longer one skips a date. */
const GAP_SECONDS_MAX = 3 * 3_600;
/** How far around a date its local times may lie: every offset, and a date that is repeated. */
const MARGIN = 2 * DAY;

/**
 * The first epoch second strictly after `after` at which the rule has an occurrence (cron(8) rules):
 * a fixed time lost in a gap runs right after it and a repeated one once, while a rule with a star or
 * a step in its time of day has every real instant whose local time matches.
 */
export function nextSecond(cron: CompiledCron, zone: string, after: number): number | undefined {
  const today = Math.floor((after + 1 + offsetAt(zone, after + 1)) / DAY);
  const isSteady = stretchesAround(zone, today).length === 1;
  let best: number | undefined;
  let bestDay = Number.POSITIVE_INFINITY;
  // In a fold over midnight a later date can come before the repeat of an earlier one, so the
  // neighbours of a date are looked at as well until the offset is steady around it.
  let day = matchingDayFrom(cron, isSteady ? today : today - 1);
  while (day !== undefined && day <= bestDay + 2) {
    const stretches = stretchesAround(zone, day);
    const found = firstOfDay(cron, day, stretches, after);
    if (found !== undefined && (best === undefined || found < best)) {
      best = found;
      bestDay = Math.min(day, bestDay);
    }
    if (best !== undefined && stretches.length === 1) return best;
    day = matchingDayFrom(cron, day + 1);
  }
  return best;
}

/** The rule's first local second from `from` up to `until`, exclusive, as if every local time existed. */
export function firstLocalBetween(
  cron: CompiledCron,
  from: number,
  until: number,
): number | undefined {
  let day = matchingDayFrom(cron, Math.floor(from / DAY));
  while (day !== undefined && day * DAY < until) {
    const found = firstTimeIn(cron, day, from, until);
    if (found !== undefined) return found;
    day = matchingDayFrom(cron, day + 1);
  }
  return undefined;
}

function stretchesAround(zone: string, day: number): readonly Stretch[] {
  return stretchesBetween(zone, day * DAY - MARGIN, (day + 1) * DAY + MARGIN);
}

function firstOfDay(
  cron: CompiledCron,
  day: number,
  stretches: readonly Stretch[],
  after: number,
): number | undefined {
  // The local time up to which everything has been seen; a fold starts below it, a gap above.
  let seen = Number.NEGATIVE_INFINITY;
  for (const stretch of stretches) {
    const start = stretch.start + stretch.offset;
    const end = stretch.end + stretch.offset;
    if (
      cron.isFixedTime &&
      start > seen &&
      start - seen <= GAP_SECONDS_MAX &&
      stretch.start > after
    ) {
      if (firstTimeIn(cron, day, seen, start) !== undefined) return stretch.start;
    }
    const from = cron.isFixedTime ? Math.max(start, seen) : start;
    const local = firstTimeIn(cron, day, Math.max(from, after + 1 + stretch.offset), end);
    if (local !== undefined) return local - stretch.offset;
    seen = Math.max(seen, end);
  }
  return undefined;
}

/** The rule's first local time on `day` from `from` up to `until`, exclusive, in seconds. */
function firstTimeIn(
  cron: CompiledCron,
  day: number,
  from: number,
  until: number,
): number | undefined {
  const low = Math.max(0, from - day * DAY);
  const high = Math.min(DAY, until - day * DAY);
  if (low >= high) return undefined;
  const time = firstTimeOfDay(cron, low);
  return time === -1 || time >= high ? undefined : day * DAY + time;
}

/** The rule's first time of day at or after `from` seconds past midnight, or -1. */
function firstTimeOfDay(cron: CompiledCron, from: number): number {
  const hour = Math.floor(from / 3_600);
  const minute = Math.floor((from % 3_600) / 60);
  const second = from % 60;
  if (cron.hours[hour] === hour) {
    if (cron.minutes[minute] === minute && cron.seconds[second] !== -1) {
      return hour * 3_600 + minute * 60 + (cron.seconds[second] ?? 0);
    }
    const laterMinute = cron.minutes[minute + 1] ?? -1;
    if (laterMinute !== -1) return hour * 3_600 + laterMinute * 60 + (cron.seconds[0] ?? 0);
  }
  const laterHour = cron.hours[hour + 1] ?? -1;
  if (laterHour === -1) return -1;
  return laterHour * 3_600 + (cron.minutes[0] ?? 0) * 60 + (cron.seconds[0] ?? 0);
}
