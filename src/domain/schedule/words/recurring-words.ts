import { Refusal } from '../../refusal.ts';
import { parseCron } from '../cron/cron.ts';
import { parseDurationMs } from '../duration.ts';
import type { Rule } from '../schedule.ts';
import { dayOrdinal, monthNamed, positionNamed, weekdaysIn } from './names.ts';
import { everySo } from './repeat-words.ts';
import type { Timed } from './time-of-day.ts';

type Context = { readonly zone: string; readonly now: Temporal.Instant };
type Reading = { readonly rule: Rule; readonly notes: readonly string[] };

const NINE = new Temporal.PlainTime(9);

/** "every weekday at 9", "every 2 hours", "every other Friday", "1st of the month at 08:30". */
export function recurringFromWords(
  timed: Timed,
  source: string,
  context: Context,
): Reading | undefined {
  if (timed.times.length === 0) {
    const interval = intervalIn(timed.body, context);
    if (interval !== undefined) return interval;
  }
  const notes = timed.times.length > 0 ? [] : ['No time of day was given, so 09:00 is assumed.'];
  const times = timed.times.length > 0 ? timed.times : [NINE];
  const so = everySo(timed.body, times, context);
  if (so !== undefined) return { rule: so.rule, notes: [...notes, ...so.notes] };
  const dates = datesIn(timed.body);
  if (dates === undefined) return undefined;
  const { rule } = parseCron(`${clockFields(times)} ${dates}`, 'carillon', context.zone);
  return { rule: { ...rule, source }, notes };
}

/** Minutes and hours repeat in real time, from now on; they do not drift and know no clock changes. */
function intervalIn(body: string, { now }: Context): Reading | undefined {
  if (body === 'hourly') return interval(3_600_000, now, []);
  const length = /^(?:every|each) (.+)$/.exec(body)?.[1];
  if (length === undefined) return undefined;
  const counted = length
    .replace(/^(?:half hour|half an hour)$/, '30 minutes')
    .replace(/^(?:other|second) (minute|hour)$/, '2 $1s')
    .replace(/^(?:single )?(second|minute|hour)$/, '1 $1');
  if (!/^\d/.test(counted)) return undefined;
  // "every 2 weeks on Monday" begins the same way and is a calendar rule.
  if (!/^\d[\d.]* ?[a-z]+(?:(?:,? and |, ?| |)\d[\d.]* ?[a-z]+)*$/.test(counted)) return undefined;
  if (
    / (?:months?|years?|quarters?)$/.test(counted) ||
    /s?day$/.test(counted.replace(/ days?$/, ''))
  )
    return undefined;
  const isCivil = /\d ?(?:d|w|days?|weeks?)\b/.test(counted);
  return interval(
    parseDurationMs(counted),
    now,
    isCivil
      ? [
          'Counted in real days of 24 hours. For the same local time, write "every 2 days at 09:00".',
        ]
      : [],
  );
}

function interval(intervalMs: number, now: Temporal.Instant, notes: readonly string[]): Reading {
  const anchor = Temporal.Instant.fromEpochMilliseconds(now.epochMilliseconds);
  return { rule: { kind: 'every', intervalMs, anchor }, notes };
}

/** Minutes and hours for the times of one day; cron can list hours only when the minutes agree. */
function clockFields(times: readonly Temporal.PlainTime[]): string {
  const minutes = new Set(times.map((time) => time.minute));
  if (minutes.size > 1) {
    throw new Refusal(
      'invalid',
      'One schedule can list several hours only when their minutes agree, such as "at 9:30 and 17:30". Make one task for each time.',
    );
  }
  const hours = [...new Set(times.map((time) => time.hour))].sort((a, b) => a - b);
  return `${[...minutes].join(',')} ${hours.join(',')}`;
}

/** The three date fields of cron for a phrase without its time, or undefined when it is not one. */
function datesIn(body: string): string | undefined {
  if (/^(?:every ?day|each day|daily)$/.test(body)) return '* * *';
  if (
    /^(?:(?:every|each) (?:weekday|working day|workday|business day)|(?:on )?weekdays|(?:on )?workdays)$/.test(
      body,
    )
  ) {
    return '* * 1-5';
  }
  if (/^(?:(?:every|each) weekend|(?:on )?weekends)$/.test(body)) return '* * 0,6';
  if (/^(?:every quarter|quarterly)$/.test(body)) return '1 1,4,7,10 *';
  return weeklyIn(body) ?? monthlyIn(body) ?? yearlyIn(body);
}

function weeklyIn(body: string): string | undefined {
  const match =
    /^(?:every|each) (?:week on )?(?<days>.+)$/.exec(body) ??
    /^weekly on (?<days>.+)$/.exec(body) ??
    /^(?:on )?(?<days>[a-z]+days(?:(?:, and |, ?| and )[a-z]+days)*)$/.exec(body) ??
    /^(?:on )?(?<days>[a-z]+ ?(?:to|through|-|–) ?[a-z]+)$/.exec(body);
  const days = match?.groups?.['days'];
  const weekdays = days === undefined ? undefined : weekdaysIn(days);
  return weekdays === undefined ? undefined : `* * ${weekdayField(weekdays)}`;
}

function weekdayField(weekdays: readonly number[]): string {
  const sorted = [...weekdays].sort((a, b) => a - b);
  const first = sorted[0] ?? 0;
  const last = sorted.at(-1) ?? 0;
  const isRun = sorted.length > 2 && last - first === sorted.length - 1;
  if (sorted.length === 7) return '*';
  return isRun ? `${first}-${last}` : sorted.join(',');
}

const OF_MONTH = String.raw`(?: of (?:the|every|each) month| (?:every|each) month|, monthly)`;
const MONTHLY_PREFIX = String.raw`(?:monthly on|every month on|each month on|(?:on|every))`;

function monthlyIn(body: string): string | undefined {
  const match =
    new RegExp(`^(?:${MONTHLY_PREFIX} )?(?:the )?(?<days>.+?)${OF_MONTH}$`).exec(body) ??
    /^(?:monthly|every month|each month) on (?:the )?(?<days>.+)$/.exec(body);
  const days = match?.groups?.['days'];
  if (days === undefined) return undefined;
  if (days === 'last day') return 'L * *';
  if (/^last (?:weekday|working day|workday|business day)$/.test(days)) return 'LW * *';
  if (/^first (?:weekday|working day|workday|business day)$/.test(days)) return '1W * *';
  return nthWeekday(days) ?? monthDays(days);
}

function nthWeekday(days: string): string | undefined {
  const [position = '', name = '', ...rest] = days.split(' ');
  const nth = positionNamed(position);
  const weekday = rest.length === 0 && !/..days$/.test(name) ? weekdaysIn(name)?.[0] : undefined;
  if (nth === undefined || weekday === undefined) return undefined;
  return `* * ${weekday}${nth === 'last' ? 'L' : `#${nth}`}`;
}

function monthDays(days: string): string | undefined {
  const items = days
    .split(/, and |, ?| and /)
    .map((word) => word.replace(/^the /, '').replace(/ day$/, ''));
  const numbers = items.map((word) => (word === 'last' ? 'L' : dayOrdinal(word)));
  return numbers.includes(undefined) ? undefined : `${numbers.join(',')} * *`;
}

/** "every year on dec 24", "yearly on 24 december", "every december 24th". */
function yearlyIn(body: string): string | undefined {
  const date = /^(?:every year on|each year on|yearly on|every|each) (?:the )?(.+)$/.exec(
    body,
  )?.[1];
  const match =
    /^(?<month>[a-z]+) (?:the )?(?<day>\d{1,2}(?:st|nd|rd|th)?)$/.exec(date ?? '') ??
    /^(?<day>\d{1,2}(?:st|nd|rd|th)?)(?: of)? (?<month>[a-z]+)$/.exec(date ?? '');
  const { day: dayText = '', month: monthText = '' } = match?.groups ?? {};
  const month = monthNamed(monthText);
  const day = /^\d+$/.test(dayText) ? Number(dayText) : dayOrdinal(dayText);
  return month === undefined || day === undefined ? undefined : `${day} ${month} *`;
}
