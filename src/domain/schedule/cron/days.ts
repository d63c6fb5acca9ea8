import { civilDateOf, dayNumberOf, daysInMonth, weekdayOf } from './civil.ts';
import type { CompiledCron, DayOfMonthSet, WeekdaySet } from './compile.ts';

// The Gregorian calendar repeats after 400 years, so a date that has not come by then never comes.
const MONTHS_MAX = 400 * 12 + 1;
/** RFC 3339 writes years with four digits. */
const YEAR_MAX = 9_999;

/** The first date at or after `dayNumber` that the rule's date fields match. */
export function matchingDayFrom(cron: CompiledCron, dayNumber: number): number | undefined {
  let { year, month, day } = civilDateOf(dayNumber);
  for (let months = 0; months < MONTHS_MAX && year <= YEAR_MAX; months += 1) {
    const isYear = cron.years === undefined || cron.years.includes(year);
    if (isYear && (cron.months & (1 << month)) !== 0) {
      const rest = daysOfMonth(cron, year, month) & (-1 << day);
      if (rest !== 0) return dayNumberOf(year, month, lowestBit(rest));
    }
    day = 1;
    month += 1;
    if (month > 12) {
      month = 1;
      year += 1;
    }
  }
  return undefined;
}

/** The matching days of one month, as bits 1 to 31. */
function daysOfMonth(cron: CompiledCron, year: number, month: number): number {
  const length = daysInMonth(year, month);
  const every = bitsTo(length);
  const { days, weekdays } = cron;
  if (days.isEvery && weekdays.isEvery) return every;
  const first = weekdayOf(dayNumberOf(year, month, 1));
  const byDay = days.isEvery ? every : byDayOfMonth(days, length, first);
  if (weekdays.isEvery) return byDay;
  const byWeekday = byDayOfWeek(weekdays, length, first);
  if (cron.areDaysJoined) return byDay & byWeekday;
  return days.isEvery ? byWeekday : byDay | byWeekday;
}

function byDayOfMonth(days: DayOfMonthSet, length: number, first: number): number {
  let bits = days.mask & bitsTo(length);
  if (days.hasLastDay) bits |= 1 << length;
  if (days.hasLastWeekday) bits |= 1 << nearestWeekday(length, length, first);
  for (const day of days.nearestWeekdayTo) {
    if (day <= length) bits |= 1 << nearestWeekday(day, length, first);
  }
  return bits;
}

/** The working day nearest to `day` without leaving the month. */
function nearestWeekday(day: number, length: number, first: number): number {
  const weekday = (first + day - 1) % 7;
  if (weekday === 6) return day === 1 ? 3 : day - 1;
  if (weekday === 0) return day === length ? day - 2 : day + 1;
  return day;
}

function byDayOfWeek(weekdays: WeekdaySet, length: number, first: number): number {
  let bits = 0;
  for (let day = 1; weekdays.mask !== 0 && day <= length; day += 1) {
    if ((weekdays.mask & (1 << ((first + day - 1) % 7))) !== 0) bits |= 1 << day;
  }
  for (const { weekday, nth } of weekdays.nth) {
    const one = 1 + ((weekday - first + 7) % 7);
    const day = nth === 'last' ? one + 7 * Math.floor((length - one) / 7) : one + 7 * (nth - 1);
    if (day <= length) bits |= 1 << day;
  }
  return bits;
}

function bitsTo(length: number): number {
  return length === 31 ? -2 : (1 << (length + 1)) - 2;
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}
