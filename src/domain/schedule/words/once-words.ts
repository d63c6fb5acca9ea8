import { Refusal } from '../../refusal.ts';
import { parseDurationMs } from '../duration.ts';
import { onceAtLocal } from '../once.ts';
import type { Rule } from '../schedule.ts';
import { dayOrdinal, monthNamed, weekdayNamed } from './names.ts';
import type { Timed } from './time-of-day.ts';

type Context = { readonly zone: string; readonly now: Temporal.Instant };
type Reading = { readonly rule: Rule; readonly notes: readonly string[] };

/** "in 20 minutes", "tomorrow 17:00", "next Monday at 9", "Dec 24 at 6pm", "at 17:00". */
export function onceFromWords(timed: Timed, context: Context): Reading | undefined {
  const delay = /^in (.+)$/.exec(timed.body)?.[1];
  if (delay !== undefined && timed.times.length === 0) return afterDelay(delay, context);
  const today = context.now.toZonedDateTimeISO(context.zone).toPlainDate();
  const dated = dateIn(timed, context, today);
  if (dated === undefined) return undefined;
  if (timed.times.length > 1) {
    throw new Refusal(
      'invalid',
      'A one-off has one time. Write "tomorrow 17:00", and make one task for each time.',
    );
  }
  const [time] = timed.times;
  if (time === undefined) {
    throw new Refusal(
      'invalid',
      `"${timed.body}" has no time of day. Write for example "${timed.body} at 09:00".`,
    );
  }
  const { at, notes } = onceAtLocal(dated.date.toPlainDateTime(time), context.zone, context.now);
  return { rule: { kind: 'once', at }, notes: [...dated.notes, ...notes] };
}

function afterDelay(text: string, { zone, now }: Context): Reading | undefined {
  const counted = text.replace(/^(?:an?|one) /, '1 ').replace(/^half an hour$/, '30 minutes');
  const civil = /^(\d{1,4}) (days?|weeks?)$/.exec(counted);
  if (civil !== null) {
    const days = Number(civil[1]) * (civil[2]?.startsWith('week') === true ? 7 : 1);
    const at = now.toZonedDateTimeISO(zone).add({ days }).toInstant();
    return { rule: { kind: 'once', at: wholeMs(at) }, notes: [] };
  }
  if (!/^\d/.test(counted)) return undefined;
  const at = now.add({ milliseconds: positive(parseDurationMs(counted), text) });
  return { rule: { kind: 'once', at: wholeMs(at) }, notes: [] };
}

function positive(ms: number, text: string): number {
  if (ms > 0) return ms;
  throw new Refusal(
    'invalid',
    `"in ${text}" is no time at all. Write for example "in 20 minutes".`,
  );
}

function wholeMs(at: Temporal.Instant): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(at.epochMilliseconds);
}

type Dated = { readonly date: Temporal.PlainDate; readonly notes: readonly string[] };

function dateIn(timed: Timed, context: Context, today: Temporal.PlainDate): Dated | undefined {
  const { body, times } = timed;
  const plain = (date: Temporal.PlainDate): Dated => ({ date, notes: [] });
  if (body === '' && times.length > 0) return nextTime(timed, context, today);
  if (body === 'today') return plain(today);
  if (body === 'tomorrow') return plain(today.add({ days: 1 }));
  if (/^(?:the )?day after tomorrow$/.test(body)) return plain(today.add({ days: 2 }));
  const iso = /^(?:on )?(\d{4}-\d{2}-\d{2})$/.exec(body)?.[1];
  if (iso !== undefined) return plain(existingDate(iso));
  const named = /^(?:on )?(?:(next|this) )?([a-z]+)$/.exec(body);
  const weekday = named === null ? undefined : weekdayNamed(named[2] ?? '');
  if (weekday !== undefined && named !== null && !/..days$/.test(named[2] ?? '')) {
    return comingWeekday(weekday, named[1] === 'next', timed, context, today);
  }
  return dayAndMonth(body, timed, context, today);
}

/** "at 17:00" alone: today while that is ahead, otherwise tomorrow, and the receipt says which. */
function nextTime(timed: Timed, { zone, now }: Context, today: Temporal.PlainDate): Dated {
  const isAhead = isStillAhead(today, timed, zone, now);
  const date = isAhead ? today : today.add({ days: 1 });
  const which = isAhead ? 'today' : 'tomorrow, because that time has passed today';
  return { date, notes: [`No day was given, so it is ${which}, and once.`] };
}

function comingWeekday(
  weekday: number,
  isNext: boolean,
  timed: Timed,
  { zone, now }: Context,
  today: Temporal.PlainDate,
): Dated {
  const ahead = (weekday - (today.dayOfWeek % 7) + 7) % 7;
  const isToday = ahead === 0 && !isNext && isStillAhead(today, timed, zone, now);
  const date = today.add({ days: ahead === 0 && !isToday ? 7 : ahead });
  const name = date.toLocaleString('en-US', { weekday: 'long' });
  return {
    date,
    notes: [`Read as once, on ${name} ${date.toString()}. For each week, write "every ${name}".`],
  };
}

function isStillAhead(
  date: Temporal.PlainDate,
  { times }: Timed,
  zone: string,
  now: Temporal.Instant,
): boolean {
  const [time] = times;
  if (time === undefined) return true;
  const at = date.toZonedDateTime({ timeZone: zone, plainTime: time }).toInstant();
  return Temporal.Instant.compare(now, at) < 0;
}

/** "dec 24", "24 december 2027", "24th of december", "december 24th, 2027". */
function dayAndMonth(
  body: string,
  timed: Timed,
  context: Context,
  today: Temporal.PlainDate,
): Dated | undefined {
  const match =
    /^(?:on )?(?:the )?(?<day>\d{1,2}(?:st|nd|rd|th)?)(?: of)? (?<month>[a-z]+)(?:,? (?<year>\d{4}))?$/.exec(
      body,
    ) ??
    /^(?:on )?(?<month>[a-z]+) (?:the )?(?<day>\d{1,2}(?:st|nd|rd|th)?)(?:,? (?<year>\d{4}))?$/.exec(
      body,
    );
  const { day: dayText = '', month: monthText = '', year } = match?.groups ?? {};
  const month = monthNamed(monthText);
  const day = /^\d+$/.test(dayText) ? Number(dayText) : dayOrdinal(dayText);
  if (month === undefined || day === undefined) return undefined;
  if (year !== undefined)
    return { date: existingDate(isoDate(Number(year), month, day)), notes: [] };
  return { date: nextOfYear(month, day, timed, context, today), notes: [] };
}

/** The next such date whose time is still ahead; 29 February may be eight years away. */
function nextOfYear(
  month: number,
  day: number,
  timed: Timed,
  { zone, now }: Context,
  today: Temporal.PlainDate,
): Temporal.PlainDate {
  const years = month === 2 && day === 29 ? 8 : 1;
  for (let ahead = 0; ahead <= years; ahead += 1) {
    const first = new Temporal.PlainYearMonth(today.year + ahead, month);
    if (day >= 1 && day <= first.daysInMonth) {
      const date = first.toPlainDate({ day });
      if (isStillAhead(date, timed, zone, now)) return date;
    }
  }
  return existingDate(isoDate(today.year, month, day));
}

function isoDate(year: number, month: number, day: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

function existingDate(iso: string): Temporal.PlainDate {
  try {
    return Temporal.PlainDate.from(iso);
  } catch {
    throw new Refusal(
      'invalid',
      `${iso} is not a date that exists. Write one that does, such as "2027-01-31 at 09:00".`,
    );
  }
}
