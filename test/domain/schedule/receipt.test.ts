import { describe, expect, it } from 'vitest';
import { whyNoOccurrence } from '../../../src/domain/schedule/explain-instant.ts';
import { jitterMsFor } from '../../../src/domain/schedule/jitter.ts';
import { occurrencesOf } from '../../../src/domain/schedule/occurrences.ts';
import {
  parseWhen,
  type WhenInput,
  type WhenOptions,
} from '../../../src/domain/schedule/parse-when.ts';
import { receiptFor } from '../../../src/domain/schedule/receipt.ts';
import type { Schedule } from '../../../src/domain/schedule/schedule.ts';
import { decodeSchedule, encodeSchedule } from '../../../src/domain/schedule/schedule-json.ts';

const NOW = Temporal.Instant.from('2027-03-10T12:00:00Z');

function schedule(when: WhenInput, options: WhenOptions = {}, zone = 'America/New_York'): Schedule {
  return parseWhen(when, options, { zone, now: NOW, intervalMsMin: 1_000 });
}

describe('the receipt of a schedule', () => {
  it.each([
    ['0 9 * * 1-5', 'Every weekday at 09:00'],
    ['0 9 * * *', 'Every day at 09:00'],
    ['0 9,17 * * *', 'Every day at 09:00 and 17:00'],
    ['30 0 9 * * *', 'Every day at 09:00:30'],
    ['15 10 * * 1,4', 'Every Monday and Thursday at 10:15'],
    ['0 9 * * 5-7', 'Every Friday through Sunday at 09:00'],
    ['0 9 * 3 *', 'Every day in March at 09:00'],
    ['0 9 1 * *', 'On the 1st of the month at 09:00'],
    ['0 9 1-7,15 1,7 *', 'On the 1st to 7th and 15th of January and July at 09:00'],
    ['0 9 L * *', 'On the last day of the month at 09:00'],
    ['0 9 LW * *', 'On the last working day of the month at 09:00'],
    ['0 9 15W * *', 'On the working day nearest the 15th of the month at 09:00'],
    ['0 9 * * 2#3', 'On the third Tuesday of the month at 09:00'],
    ['0 9 * * 5L', 'On the last Friday of the month at 09:00'],
    ['0 9 13 * 5', 'On the 13th of the month or on any Friday at 09:00'],
    ['0 9 13 * +5', 'On the 13th of the month if that is a Friday at 09:00'],
    ['* * * * *', 'Every minute'],
    ['* * * * * *', 'Every second'],
    ['*/10 * * * * *', 'Every 10 seconds'],
    ['*/15 * * * *', 'Every 15 minutes'],
    ['*/35 * * * *', 'At minutes 0 and 35 of every hour'],
    ['0 * * * *', 'Every hour, on the hour'],
    ['5 * * * *', 'At minute 5 of every hour'],
    ['0 */2 * * *', 'Every 2 hours, on the hour'],
    ['30 */2 * * *', 'At minute 30 of every 2nd hour from 00'],
    ['*/15 9-17 * * 1-5', 'Every 15 minutes from 09:00 to 17:59, every weekday'],
    ['0 */1 * * *', 'Every hour, on the hour'],
    ['*/1 0-23 * * *', 'Every minute'],
    ['*/5 * 1 * *', 'Every 5 minutes, on the 1st of the month'],
  ])('says %s as "%s"', (expression, words) => {
    expect(receiptFor(schedule(expression), NOW, 1).words).toBe(words);
  });

  it.each<[WhenInput, string]>([
    ['2027-12-24T18:00', 'Once, on Friday 2027-12-24 at 18:00'],
    [{ every: '2h', anchor: '2027-01-01' }, 'Every 2 hours, counted from 2027-01-01 00:00'],
    ['every other Friday at 10', 'Every other week on Friday at 10:00'],
    ['FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=16;BYMINUTE=0', 'Every month on the last Friday at 16:00'],
    [
      'FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24;BYHOUR=18;BYMINUTE=0;COUNT=3',
      'Every year on the 24th in December at 18:00 3 times in all',
    ],
  ])('says %j as "%s"', (when, words) => {
    expect(receiptFor(schedule(when), NOW, 1).words).toBe(words);
  });

  it('notes an occurrence whose local time does not exist', () => {
    const { next, warnings } = receiptFor(schedule('30 2 * * *'), NOW, 5);
    expect(next.map(({ local, note }) => [local.toPlainTime().toString(), note])[3]).toEqual([
      '03:00:00',
      '02:30 does not exist on 2027-03-14 in America/New_York; runs at 03:00',
    ]);
    expect(next.filter(({ note }) => note !== undefined)).toHaveLength(1);
    expect(warnings).toEqual([
      '02:30 does not exist on 2027-03-14 in America/New_York; runs at 03:00.',
    ]);
  });

  it('notes an occurrence whose local time comes twice', () => {
    const november = Temporal.Instant.from('2027-11-06T12:00:00Z');
    const { next, warnings } = receiptFor(schedule('30 1 * * *'), november, 2);
    expect(next[0]?.note).toBe(
      '01:30 comes twice on 2027-11-07 in America/New_York; runs at the first, -04:00',
    );
    expect(next[1]?.note).toBeUndefined();
    expect(warnings[0]).toBe(
      '01:30 comes twice on 2027-11-07 in America/New_York; runs once, at the first.',
    );
  });

  it('says when the gap moves an occurrence to the next date', () => {
    const { next } = receiptFor(
      schedule('30 23 * * *', {}, 'America/Nuuk'),
      Temporal.Instant.from('2027-03-27T12:00:00Z'),
      1,
    );
    expect(next[0]?.note).toBe(
      '23:30 does not exist on 2027-03-27 in America/Nuuk; runs at 00:00 on 2027-03-28',
    );
  });

  it('leaves interval-like rules without notes, for they follow real time', () => {
    expect(receiptFor(schedule('30 * * * *'), NOW, 1).warnings).toEqual([]);
  });

  it.each([
    ['0 9 13 * 5', 'either matches'],
    ['0 9 13 * +5', 'both must match'],
    ['*/35 * * * *', 'The step 35 does not divide the minutes field: it matches 0, 35'],
    ['0 */7 * * *', 'The step 7 does not divide the hours field: it matches 0, 7, 14, 21'],
    ['0 9 31 * *', 'the shorter months are skipped'],
    ['0 9 29 2 *', 'Day 29'],
    ['* * * * *', 'runs in the next 24 hours'],
  ])('warns of %s: %s', (expression, warning) => {
    expect(receiptFor(schedule(expression), NOW, 1).warnings.join(' ')).toContain(warning);
  });

  it.each([
    '0 9 * * *',
    '*/15 * * * *',
    '0 */6 * * *',
    '0 9 L * *',
    '0 9 28 * *',
    '0 9 31 1,3 *',
    '0 9 31,L * *',
  ])('does not warn of %s', (expression) => {
    expect(receiptFor(schedule(expression), NOW, 1).warnings).toEqual([]);
  });
});

describe('why there is no occurrence', () => {
  const day = (date: string): [Temporal.Instant, Temporal.Instant] => [
    Temporal.Instant.from(`${date}T04:00:00Z`),
    Temporal.Instant.from(`${date}T22:00:00Z`),
  ];

  it('names the exclusion, the blackout, the start and the end', () => {
    const options: WhenOptions = {
      exclude: ['2027-04-02'],
      blackouts: [{ from: '08:00', to: '10:00', weekdays: ['mon'] }],
      start: '2027-04-01',
      end: '2027-04-30',
    };
    const daily = schedule('every day at 9', options);
    expect(whyNoOccurrence(daily, ...day('2027-04-02'))).toContain(
      '2027-04-02 is an exclusion date',
    );
    expect(whyNoOccurrence(daily, ...day('2027-04-05'))).toContain('blackout from 08:00 to 10:00');
    expect(whyNoOccurrence(daily, ...day('2027-03-20'))).toContain('starts at 2027-04-01 00:00');
    expect(whyNoOccurrence(daily, ...day('2027-05-20'))).toContain('ended at 2027-04-30 23:59:59');
  });

  it('otherwise names the nearest occurrences', () => {
    expect(whyNoOccurrence(schedule('every monday at 9'), ...day('2027-04-07'))).toBe(
      'The schedule has no occurrence between 2027-04-07 00:00 -04:00 America/New_York and 2027-04-07 18:00 -04:00 America/New_York; the nearest are 2027-04-05 09:00 -04:00 America/New_York and 2027-04-12 09:00 -04:00 America/New_York.',
    );
    expect(whyNoOccurrence(schedule('2027-06-01T09:00'), ...day('2027-04-07'))).toContain(
      'the nearest is 2027-06-01 09:00',
    );
  });
});

describe('jitter', () => {
  it('is the same for a task and an occurrence, and spreads tasks', () => {
    const daily = schedule('every day at 9', { jitter: '10m' });
    const at = occurrencesOf(daily).next(NOW) ?? NOW;
    const delays = Array.from({ length: 500 }, (_, index) =>
      jitterMsFor(`task_${index}`, at, daily),
    );
    expect(delays).toEqual(delays.map((_, index) => jitterMsFor(`task_${index}`, at, daily)));
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...delays)).toBeLessThanOrEqual(600_000);
    expect(new Set(delays).size).toBeGreaterThan(450);
    expect(Math.abs(delays.reduce((sum, delay) => sum + delay, 0) / 500 - 300_000)).toBeLessThan(
      40_000,
    );
  });

  it('stays before the next occurrence', () => {
    const minutely = schedule('* * * * *', { jitter: '10m' });
    const at = occurrencesOf(minutely).next(NOW) ?? NOW;
    for (let index = 0; index < 500; index += 1) {
      expect(jitterMsFor(`task_${index}`, at, minutely)).toBeLessThan(60_000);
    }
  });

  it('is nothing without a jitter', () => {
    expect(jitterMsFor('task_1', NOW, schedule('every day at 9'))).toBe(0);
  });
});

describe('a schedule as JSON', () => {
  it.each<[WhenInput, WhenOptions]>([
    ['tomorrow 17:00', {}],
    ['every 2 hours', { start: '2027-04-01', end: '2027-05-01', runsMax: 7 }],
    ['0 9 * * 1-5', { exclude: ['2027-04-02'], jitter: '30s' }],
    [{ cron: '0 0 1 1 * 0 2028,2030', dialect: 'croniter' }, {}],
    ['every other Friday', { blackouts: [{ from: '22:00', to: '06:00', weekdays: ['mon'] }] }],
  ])('%j comes back as it was', (when, options) => {
    const before = schedule(when, options);
    const json = encodeSchedule(before);
    const after = decodeSchedule(JSON.parse(JSON.stringify(json)) as typeof json);
    expect(encodeSchedule(after)).toEqual(json);
    expect(occurrencesOf(after).next(NOW)?.toString()).toBe(
      occurrencesOf(before).next(NOW)?.toString(),
    );
    expect(Object.keys(after)).toEqual(Object.keys(before));
  });
});
