import { joined, MONTHS_IN_WORDS, ordinal, WEEKDAYS_IN_WORDS } from '../cron/english.ts';
import type { RruleRule } from './rrule.ts';

const CODES = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
const UNITS: Readonly<Record<string, string>> = {
  YEARLY: 'year',
  MONTHLY: 'month',
  WEEKLY: 'week',
  DAILY: 'day',
  HOURLY: 'hour',
  MINUTELY: 'minute',
};
const SAID = new Set([
  'FREQ',
  'INTERVAL',
  'BYDAY',
  'BYHOUR',
  'BYMINUTE',
  'BYSECOND',
  'COUNT',
  'UNTIL',
]);

/** A recurrence rule in a sentence; parts it has no words for are shown as they are. */
export function describeRrule({ source, start }: RruleRule): string {
  const parts = new Map(
    source.split(';').map((part): [string, string] => {
      const [name = '', value = ''] = part.split('=');
      return [name, value];
    }),
  );
  const unit = UNITS[parts.get('FREQ') ?? ''] ?? 'period';
  const interval = Number(parts.get('INTERVAL') ?? '1');
  const pace =
    interval === 1
      ? `Every ${unit}`
      : interval === 2
        ? `Every other ${unit}`
        : `Every ${interval} ${unit}s`;
  const count = parts.get('COUNT');
  const until = parts.get('UNTIL');
  const rest = [...parts].filter(
    ([name]) => !SAID.has(name) && name !== 'BYMONTHDAY' && name !== 'BYMONTH',
  );
  return [
    pace,
    daysOf(parts.get('BYDAY')),
    monthDaysOf(parts.get('BYMONTHDAY')),
    monthsOf(parts.get('BYMONTH')),
    timeOf(parts, start),
    ...(count === undefined ? [] : [`${count} times in all`]),
    ...(until === undefined ? [] : [`until ${until}`]),
    ...(rest.length === 0
      ? []
      : [`with ${rest.map(([name, value]) => `${name}=${value}`).join(', ')}`]),
  ]
    .filter((text) => text !== '')
    .join(' ');
}

function daysOf(byDay: string | undefined): string {
  if (byDay === undefined) return '';
  const days = byDay.split(',').map((item) => {
    const match = /^([+-]?\d+)?([A-Z]{2})$/.exec(item);
    const name = WEEKDAYS_IN_WORDS[CODES.indexOf(match?.[2] ?? '')] ?? item;
    return match?.[1] === undefined ? name : `the ${position(Number(match[1]))} ${name}`;
  });
  return `on ${joined(days)}`;
}

function monthDaysOf(byMonthDay: string | undefined): string {
  if (byMonthDay === undefined) return '';
  return `on the ${joined(byMonthDay.split(',').map((day) => `${position(Number(day))}${Number(day) < 0 ? ' day' : ''}`))}`;
}

function monthsOf(byMonth: string | undefined): string {
  if (byMonth === undefined) return '';
  return `in ${joined(byMonth.split(',').map((month) => MONTHS_IN_WORDS[Number(month) - 1] ?? month))}`;
}

function position(value: number): string {
  if (value >= 0) return ordinal(value);
  return value === -1 ? 'last' : `${ordinal(-value)} to last`;
}

/** The time of day; hours and minutes the rule does not name are those of its start. */
function timeOf(parts: ReadonlyMap<string, string>, start: Temporal.PlainDateTime): string {
  const frequency = parts.get('FREQ');
  const isWithinDay = frequency === 'HOURLY' || frequency === 'MINUTELY';
  if (isWithinDay && !parts.has('BYHOUR')) return '';
  const hours = (parts.get('BYHOUR') ?? String(start.hour)).split(',');
  const minutes = (parts.get('BYMINUTE') ?? String(start.minute)).split(',');
  if (frequency === 'MINUTELY' || hours.length * minutes.length > 8)
    return `in the hours ${joined(hours)}`;
  const times = hours.flatMap((hour) =>
    minutes.map((minute) => `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`),
  );
  return `at ${joined(times)}`;
}
