import { isBareStar, valuesOf } from './compile.ts';
import { joined, MONTHS_IN_WORDS, ordinal, WEEKDAYS_IN_WORDS } from './english.ts';
import type { CronFields, Item } from './fields.ts';

const POSITIONS = ['first', 'second', 'third', 'fourth', 'fifth'];

/** The dates of a cron rule: "every weekday", "on the 1st of the month or on any Monday". */
export function describeDates(fields: CronFields): string {
  const months = isBareStar(fields.month)
    ? undefined
    : joined(runs(valuesOf('month', fields.month), (month) => MONTHS_IN_WORDS[month - 1] ?? ''));
  const years = fields.years === undefined ? '' : ` in ${joined(fields.years.map(String))}`;
  const hasDay = !isBareStar(fields.day);
  const hasWeekday = !isBareStar(fields.weekday);
  const ofMonth = months === undefined ? 'of the month' : `of ${months}`;
  const inMonth = months === undefined ? '' : ` in ${months}`;
  if (!hasDay && !hasWeekday) return `every day${inMonth}${years}`;
  const day = `on ${daysInWords(fields.day)} ${ofMonth}`;
  if (!hasWeekday) return `${day}${years}`;
  const isPlain = fields.weekday.every((item) => item.kind !== 'nth');
  const weekdays = weekdaysInWords(fields.weekday);
  if (!hasDay) {
    return `${isPlain ? `every ${weekdays}${inMonth}` : `on ${weekdays} ${ofMonth}`}${years}`;
  }
  const weekday = isPlain ? `any ${weekdays}${inMonth}` : `${weekdays} ${ofMonth}`;
  return fields.areDaysJoined
    ? `${day} if that is ${isPlain ? `a ${weekdays}` : weekdays}${years}`
    : `${day} or on ${weekday}${years}`;
}

function daysInWords(items: readonly Item[]): string {
  const plain = valuesOf('day', items);
  const special = items.flatMap((item) => {
    if (item.kind === 'last_day') return ['the last day'];
    if (item.kind === 'last_weekday') return ['the last working day'];
    if (item.kind === 'nearest_weekday')
      return [`the working day nearest the ${ordinal(item.day)}`];
    return [];
  });
  const days = plain.length === 0 ? [] : [`the ${joined(runs(plain, ordinal))}`];
  return joined([...days, ...special]);
}

function weekdaysInWords(items: readonly Item[]): string {
  const plain = valuesOf('weekday', items);
  const isWorkweek = plain.join() === '1,2,3,4,5';
  // Sunday last reads as people write weeks, and lets Saturday and Sunday be one run.
  const ordered =
    plain.includes(0) && plain.length > 1 ? [...plain.filter((day) => day > 0), 7] : plain;
  const names = isWorkweek
    ? ['weekday']
    : runs(ordered, (day) => WEEKDAYS_IN_WORDS[day % 7] ?? '', ' through ');
  const nth = items.flatMap((item) => {
    if (item.kind !== 'nth') return [];
    const position = item.nth === 'last' ? 'last' : (POSITIONS[item.nth - 1] ?? '');
    return [`the ${position} ${WEEKDAYS_IN_WORDS[item.weekday] ?? ''}`];
  });
  const isMixed = names.length > 0 && nth.length > 0;
  return joined([...names.map((name) => (isMixed ? `any ${name}` : name)), ...nth]);
}

/** Names of values, with three or more in a row written as a run. */
function runs(
  values: readonly number[],
  name: (value: number) => string,
  through = ' to ',
): readonly string[] {
  const parts: string[] = [];
  for (let index = 0; index < values.length;) {
    let end = index;
    while ((values[end + 1] ?? Number.NaN) === (values[end] ?? 0) + 1) end += 1;
    const first = values[index] ?? 0;
    const last = values[end] ?? first;
    if (end - index >= 2) parts.push(`${name(first)}${through}${name(last)}`);
    else for (let at = index; at <= end; at += 1) parts.push(name(values[at] ?? 0));
    index = end + 1;
  }
  return parts;
}
