/**
 * A slow second opinion on cron: it walks through real time minute by minute with Temporal and keeps
 * nothing in common with the code under test but the rules of design/time.md.
 */
export type LocalMinute = {
  readonly epochMinute: number;
  /** Minutes since 1970-01-01T00:00 on the wall clock. */
  readonly wallMinute: number;
};

const MINUTE_MS = 60_000;
const GAP_MINUTES_MAX = 180;

/** The wall clock of a zone at each minute of a stretch of real time. */
export function wallClock(
  zone: string,
  from: Temporal.Instant,
  minutes: number,
): readonly LocalMinute[] {
  const first = Math.floor(from.epochMilliseconds / MINUTE_MS);
  return Array.from({ length: minutes }, (_, index) => {
    const epochMinute = first + index;
    const local = Temporal.Instant.fromEpochMilliseconds(epochMinute * MINUTE_MS)
      .toZonedDateTimeISO(zone)
      .toPlainDateTime();
    const wall = local.toZonedDateTime('UTC').epochMilliseconds;
    return { epochMinute, wallMinute: Math.floor(wall / MINUTE_MS) };
  });
}

/** The epoch minutes at which a five-field expression in normal form has an occurrence. */
export function occurrencesByOracle(
  expression: string,
  clock: readonly LocalMinute[],
): readonly number[] {
  const [minute = '', hour = ''] = expression.split(' ');
  const isFixed = !/[*/]/.test(`${minute}${hour}`);
  const matches = matcherOf(expression);
  const seen = new Set<number>();
  const found: number[] = [];
  clock.forEach(({ epochMinute, wallMinute }, index) => {
    const before = clock[index - 1]?.wallMinute ?? wallMinute - 1;
    const lost = wallMinute - before - 1;
    let isHit = matches(wallMinute) && !(isFixed && seen.has(wallMinute));
    if (isFixed && lost > 0 && lost <= GAP_MINUTES_MAX) {
      for (let wall = before + 1; wall < wallMinute; wall += 1) {
        if (!seen.has(wall) && matches(wall)) isHit = true;
      }
    }
    seen.add(wallMinute);
    if (isHit) found.push(epochMinute);
  });
  return found;
}

/** The dates, as days since 1970-01-01, that the date fields of an expression match. */
export function datesByOracle(expression: string, from: number, days: number): readonly number[] {
  const [, , day = '', month = '', weekday = ''] = expression.split(' ');
  return Array.from({ length: days }, (_, index) => from + index).filter((dayNumber) =>
    isOnDate(day, month, weekday, dayNumber),
  );
}

function matcherOf(expression: string): (wallMinute: number) => boolean {
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = expression.split(' ');
  const isTime = memo(
    (wall) => inField(minute, wall % 60, 0, 59) && inField(hour, Math.floor(wall / 60), 0, 23),
  );
  const isDate = memo((dayNumber) => isOnDate(day, month, weekday, dayNumber));
  return (wallMinute) => {
    const dayNumber = Math.floor(wallMinute / 1_440);
    return isTime(wallMinute - dayNumber * 1_440) && isDate(dayNumber);
  };
}

function isOnDate(day: string, month: string, weekday: string, dayNumber: number): boolean {
  const date = Temporal.PlainDate.from('1970-01-01').add({ days: dayNumber });
  if (!inField(month, date.month, 1, 12)) return false;
  const isJoined = weekday.startsWith('+');
  const weekdays = isJoined ? weekday.slice(1) : weekday;
  const isDay = day.split(',').some((item) => isDayItem(item, date));
  const isWeekday = weekdays.split(',').some((item) => isWeekdayItem(item, date));
  if (day === '*') return isWeekday;
  if (weekdays === '*') return isDay;
  return isJoined ? isDay && isWeekday : isDay || isWeekday;
}

function isDayItem(item: string, date: Temporal.PlainDate): boolean {
  if (item === 'L') return date.day === date.daysInMonth;
  if (item.endsWith('W')) {
    const wanted = item === 'LW' ? date.daysInMonth : Number(item.slice(0, -1));
    return wanted <= date.daysInMonth && nearestWorkday(date.with({ day: wanted })).equals(date);
  }
  return inItem(item, date.day, 1, 31);
}

function nearestWorkday(date: Temporal.PlainDate): Temporal.PlainDate {
  for (const days of [0, -1, 1, -2, 2]) {
    const near = date.add({ days });
    if (near.month === date.month && near.dayOfWeek <= 5) return near;
  }
  return date;
}

function isWeekdayItem(item: string, date: Temporal.PlainDate): boolean {
  const weekday = date.dayOfWeek % 7;
  if (item.endsWith('L')) {
    return Number(item.slice(0, -1)) % 7 === weekday && date.day + 7 > date.daysInMonth;
  }
  const [wanted = '', nth] = item.split('#');
  if (nth !== undefined) {
    return Number(wanted) % 7 === weekday && Math.ceil(date.day / 7) === Number(nth);
  }
  return inItem(item, weekday, 0, 6) || (weekday === 0 && item !== '*' && inItem(item, 7, 0, 6));
}

function inField(field: string, value: number, min: number, max: number): boolean {
  return field.split(',').some((item) => inItem(item, value, min, max));
}

function inItem(item: string, value: number, min: number, max: number): boolean {
  const [range = '', step = '1'] = item.split('/');
  const [low = '', high] = range === '*' ? [String(min), String(max)] : range.split('-');
  const last = high ?? (item.includes('/') ? String(max) : low);
  return (
    value >= Number(low) && value <= Number(last) && (value - Number(low)) % Number(step) === 0
  );
}

function memo(compute: (key: number) => boolean): (key: number) => boolean {
  const known = new Map<number, boolean>();
  return (key) => {
    const answer = known.get(key) ?? compute(key);
    known.set(key, answer);
    return answer;
  };
}
