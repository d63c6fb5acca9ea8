import { Refusal } from '../../refusal.ts';
import type { Rule } from '../schedule.ts';
import { dayOrdinal, weekdaysIn } from './names.ts';

type Context = { readonly zone: string; readonly now: Temporal.Instant };
type Reading = { readonly rule: Rule; readonly notes: readonly string[] };

const CODES = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
const INTERVAL_MAX = 366;

/** "every other Friday", "every 3 days", "every 2 weeks on Monday", "every 2 months on the 1st". */
export function everySo(
  body: string,
  times: readonly Temporal.PlainTime[],
  context: Context,
): Reading | undefined {
  const match = /^(?:every|each) (other|second|\d{1,3}) (.+)$/.exec(body);
  if (match === null) return undefined;
  const interval = /^\d/.test(match[1] ?? '') ? Number(match[1]) : 2;
  const pace = paceIn(match[2] ?? '');
  if (pace === undefined || interval < 1 || interval > INTERVAL_MAX) return undefined;
  const [time] = times;
  if (time === undefined || times.length > 1) {
    throw new Refusal('invalid', `"${body}" takes one time of day. Make one task for each time.`);
  }
  const start = firstStart(pace, time, context);
  const clock = `BYHOUR=${time.hour};BYMINUTE=${time.minute};BYSECOND=0`;
  const source = `FREQ=${pace.frequency};INTERVAL=${interval}${pace.by};${clock}`;
  const name = start.toLocaleString('en-US', { weekday: 'long' });
  return {
    rule: { kind: 'rrule', source, start },
    notes: [`Counted from ${name} ${start.toPlainDate().toString()}.`],
  };
}

type Pace = {
  readonly frequency: 'DAILY' | 'WEEKLY' | 'MONTHLY';
  readonly by: string;
  readonly isStart: (date: Temporal.PlainDate) => boolean;
};

function paceIn(text: string): Pace | undefined {
  if (/^days?$/.test(text)) return { frequency: 'DAILY', by: '', isStart: () => true };
  const monthDay = /^months? on (?:the )?(\S+)$/.exec(text)?.[1];
  const day = monthDay === undefined ? undefined : dayOrdinal(monthDay);
  if (day !== undefined) {
    return { frequency: 'MONTHLY', by: `;BYMONTHDAY=${day}`, isStart: (date) => date.day === day };
  }
  const weekdays = weekdaysIn(/^weeks? on (.+)$/.exec(text)?.[1] ?? text);
  if (weekdays === undefined) return undefined;
  const codes = weekdays.map((weekday) => CODES[weekday] ?? '').join(',');
  const isStart = (date: Temporal.PlainDate): boolean => weekdays.includes(date.dayOfWeek % 7);
  return { frequency: 'WEEKLY', by: `;BYDAY=${codes}`, isStart };
}

/** The first matching date whose time is still ahead. */
function firstStart(
  pace: Pace,
  time: Temporal.PlainTime,
  { zone, now }: Context,
): Temporal.PlainDateTime {
  const local = now.toZonedDateTimeISO(zone).toPlainDateTime();
  let date = local.toPlainDate();
  if (Temporal.PlainTime.compare(local.toPlainTime(), time) >= 0) date = date.add({ days: 1 });
  // The 31st is at most 62 days away.
  for (let days = 0; days < 62 && !pace.isStart(date); days += 1) date = date.add({ days: 1 });
  return date.toPlainDateTime(time);
}
