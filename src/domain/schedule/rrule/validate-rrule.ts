import { Refusal } from '../../refusal.ts';

const RULE_CHARS_MAX = 1_024;
const LIST_ITEMS_MAX = 100;
/** The library counts from the start each time, so a long count is slow. */
const COUNT_MAX = 5_000;

const FREQUENCIES = ['YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY', 'HOURLY', 'MINUTELY'];
const WEEKDAYS = 'MO|TU|WE|TH|FR|SA|SU';

type Bounds = { readonly low: number; readonly high: number; readonly isSigned: boolean };

const NUMBER_LISTS: ReadonlyMap<string, Bounds> = new Map([
  ['BYSECOND', { low: 0, high: 59, isSigned: false }],
  ['BYMINUTE', { low: 0, high: 59, isSigned: false }],
  ['BYHOUR', { low: 0, high: 23, isSigned: false }],
  ['BYMONTHDAY', { low: 1, high: 31, isSigned: true }],
  ['BYYEARDAY', { low: 1, high: 366, isSigned: true }],
  ['BYWEEKNO', { low: 1, high: 53, isSigned: true }],
  ['BYMONTH', { low: 1, high: 12, isSigned: false }],
  ['BYSETPOS', { low: 1, high: 366, isSigned: true }],
]);

/** The rule without its property name, in upper case; refuses what RFC 5545, 3.3.10 does not allow. */
export function validRrule(text: string): string {
  if (text.length > RULE_CHARS_MAX) {
    throw refused(`it has ${text.length} characters and the most is ${RULE_CHARS_MAX}`);
  }
  const rule = text
    .trim()
    .replace(/^RRULE:/i, '')
    .toUpperCase();
  if (!/^[A-Z0-9=;,+-]+$/.test(rule)) {
    throw refused(
      'it may hold one RRULE value of letters, digits and "=;,+-" only; give DTSTART beside it',
    );
  }
  const parts = new Map<string, string>();
  for (const part of rule.split(';')) {
    const [name = '', value, ...rest] = part.split('=');
    if (value === undefined || value === '' || rest.length > 0) {
      throw refused(`"${shorten(part)}" is not NAME=VALUE`);
    }
    if (parts.has(name)) throw refused(`${shorten(name)} is given twice`);
    checkPart(name, value);
    parts.set(name, value);
  }
  checkTogether(parts);
  return rule;
}

function checkPart(name: string, value: string): void {
  const bounds = NUMBER_LISTS.get(name);
  if (bounds !== undefined) return checkNumbers(name, value, bounds);
  switch (name) {
    case 'FREQ':
      return checkFrequency(value);
    case 'INTERVAL':
    case 'COUNT':
      return checkCount(name, value);
    case 'UNTIL':
      return checkUntil(value);
    case 'BYDAY':
      return checkWeekdays(value);
    case 'WKST':
      if (!new RegExp(`^(?:${WEEKDAYS})$`).test(value))
        throw refused('WKST is a weekday such as MO');
      return undefined;
    default:
      throw refused(`${shorten(name)} is not a part of a rule`);
  }
}

function checkFrequency(value: string): void {
  if (value === 'SECONDLY')
    throw refused('FREQ=SECONDLY is too often; use MINUTELY or an interval');
  if (!FREQUENCIES.includes(value)) {
    throw refused(`FREQ=${shorten(value)} is not one of ${FREQUENCIES.join(', ')}`);
  }
}

function checkCount(name: string, value: string): void {
  const most = name === 'COUNT' ? COUNT_MAX : 9_999;
  if (!/^[1-9]\d{0,3}$/.test(value) || Number(value) > most) {
    throw refused(`${name} is a whole number from 1 to ${most}`);
  }
}

function checkUntil(value: string): void {
  const match = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)Z?)?$/.exec(value);
  if (match === null) throw refused('UNTIL is written 20271231 or 20271231T235959Z');
  const [, year, month, day, hour = '00', minute = '00', second = '00'] = match;
  try {
    Temporal.PlainDateTime.from(`${year}-${month}-${day}T${hour}:${minute}:${second}`);
  } catch {
    throw refused(`UNTIL=${value} is not a date that exists`);
  }
}

function checkWeekdays(value: string): void {
  const items = listOf('BYDAY', value);
  const shape = new RegExp(`^(?:[+-]?([1-9]|[1-4]\\d|5[0-3]))?(?:${WEEKDAYS})$`);
  for (const item of items) {
    if (!shape.test(item)) throw refused(`BYDAY has "${shorten(item)}"; write MO, 2TU or -1FR`);
  }
}

function checkNumbers(name: string, value: string, { low, high, isSigned }: Bounds): void {
  for (const item of listOf(name, value)) {
    const match = /^([+-]?)(\d{1,3})$/.exec(item);
    const number = Number(match?.[2] ?? Number.NaN);
    const isSignFine = match !== null && (match[1] === '' || isSigned);
    if (!isSignFine || number < low || number > high) {
      const negative = isSigned ? `, or -${high} to -${low} from the end` : '';
      throw refused(`${name} has "${shorten(item)}"; it takes ${low} to ${high}${negative}`);
    }
  }
}

function listOf(name: string, value: string): readonly string[] {
  const items = value.split(',');
  if (items.length > LIST_ITEMS_MAX)
    throw refused(`${name} has more than ${LIST_ITEMS_MAX} values`);
  return items;
}

function checkTogether(parts: ReadonlyMap<string, string>): void {
  const frequency = parts.get('FREQ');
  if (frequency === undefined) throw refused('FREQ is missing');
  if (parts.has('COUNT') && parts.has('UNTIL')) throw refused('COUNT and UNTIL exclude each other');
  const hasNumberedDay = /\d/.test(parts.get('BYDAY') ?? '');
  if (hasNumberedDay && frequency !== 'MONTHLY' && frequency !== 'YEARLY') {
    throw refused(`BYDAY with a number needs FREQ=MONTHLY or YEARLY, not ${frequency}`);
  }
  if (hasNumberedDay && parts.has('BYWEEKNO')) {
    throw refused('BYDAY with a number and BYWEEKNO exclude each other');
  }
  if (parts.has('BYWEEKNO') && frequency !== 'YEARLY') throw refused('BYWEEKNO needs FREQ=YEARLY');
  if (parts.has('BYMONTHDAY') && frequency === 'WEEKLY') {
    throw refused('BYMONTHDAY does not go with FREQ=WEEKLY');
  }
  if (parts.has('BYYEARDAY') && ['DAILY', 'WEEKLY', 'MONTHLY'].includes(frequency)) {
    throw refused(`BYYEARDAY does not go with FREQ=${frequency}`);
  }
  if (isNever(parts)) throw refused('none of its months has one of its days');
  const hasOtherBy = [...parts.keys()].some((name) => name.startsWith('BY') && name !== 'BYSETPOS');
  if (parts.has('BYSETPOS') && !hasOtherBy) throw refused('BYSETPOS needs another BY part');
}

/** Whether every month named is too short for every day named, such as 30 February. */
function isNever(parts: ReadonlyMap<string, string>): boolean {
  const months = parts.get('BYMONTH')?.split(',') ?? [];
  const days = parts.get('BYMONTHDAY')?.split(',') ?? [];
  if (months.length === 0 || days.length === 0) return false;
  return months.every((month) => {
    const { daysInMonth } = Temporal.PlainYearMonth.from({ year: 2000, month: Number(month) });
    return days.every((day) => Math.abs(Number(day)) > daysInMonth);
  });
}

function refused(problem: string): Refusal {
  return new Refusal(
    'invalid',
    `The recurrence rule is refused: ${problem}. Write a rule such as "FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=9;BYMINUTE=0".`,
  );
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
