import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../src/domain/refusal.ts';
import {
  parseWhen,
  type WhenInput,
  type WhenOptions,
} from '../../../src/domain/schedule/parse-when.ts';
import { receiptFor } from '../../../src/domain/schedule/receipt.ts';
import type { Schedule } from '../../../src/domain/schedule/schedule.ts';

// A Saturday, 13:37:20 in Berlin.
const NOW = Temporal.Instant.from('2026-11-21T12:37:20Z');

function read(when: WhenInput, options: WhenOptions = {}, zone = 'Europe/Berlin'): Schedule {
  return parseWhen(when, options, { zone, now: NOW, intervalMsMin: 60_000 });
}

/** The canonical form and the first two local times, to the minute. */
function told(when: WhenInput): readonly [string, ...string[]] {
  const { canonical, next } = receiptFor(read(when), NOW, 2);
  return [
    canonical,
    ...next.map(({ local }) => local.toPlainDateTime().toString({ smallestUnit: 'minute' })),
  ];
}

describe('plain words that recur', () => {
  it.each([
    ['every weekday at 9', '0 9 * * 1-5', '2026-11-23T09:00'],
    ['Every Weekday at 9.', '0 9 * * 1-5', '2026-11-23T09:00'],
    ['weekdays at 9', '0 9 * * 1-5', '2026-11-23T09:00'],
    ['at 9 every weekday', '0 9 * * 1-5', '2026-11-23T09:00'],
    ['Monday to Friday at 9', '0 9 * * 1-5', '2026-11-23T09:00'],
    ['mon-fri at 9', '0 9 * * 1-5', '2026-11-23T09:00'],
    ['every weekend at 10', '0 10 * * 0,6', '2026-11-22T10:00'],
    ['every day at 7', '0 7 * * *', '2026-11-22T07:00'],
    ['daily at 7:30', '30 7 * * *', '2026-11-22T07:30'],
    ['every day at noon', '0 12 * * *', '2026-11-22T12:00'],
    ['every day at midnight', '0 0 * * *', '2026-11-22T00:00'],
    ['every day at 9 and 17', '0 9,17 * * *', '2026-11-21T17:00'],
    ['every day at 5:30 pm', '30 17 * * *', '2026-11-21T17:30'],
    ['every day 12am', '0 0 * * *', '2026-11-22T00:00'],
    ['every Monday and Thursday at 10:15', '15 10 * * 1,4', '2026-11-23T10:15'],
    ['every monday, wednesday and friday at 8am', '0 8 * * 1,3,5', '2026-11-23T08:00'],
    ['mondays at 9', '0 9 * * 1', '2026-11-23T09:00'],
    ['every week on monday at 9', '0 9 * * 1', '2026-11-23T09:00'],
    ['weekly on friday at 16:00', '0 16 * * 5', '2026-11-27T16:00'],
    ['every tuesday 10:30', '30 10 * * 2', '2026-11-24T10:30'],
    ['every friday', '0 9 * * 5', '2026-11-27T09:00'],
    ['1st of the month at 08:30', '30 8 1 * *', '2026-12-01T08:30'],
    ['on the 1st and 15th of the month at 9', '0 9 1,15 * *', '2026-12-01T09:00'],
    ['monthly on the 15th at 9', '0 9 15 * *', '2026-12-15T09:00'],
    ['last day of the month at 18:00', '0 18 L * *', '2026-11-30T18:00'],
    ['last weekday of the month at 18:00', '0 18 LW * *', '2026-11-30T18:00'],
    ['first Monday of the month at 9', '0 9 * * 1#1', '2026-12-07T09:00'],
    ['every second friday of the month at 9', '0 9 * * 5#2', '2026-12-11T09:00'],
    ['the last friday of every month at 16:00', '0 16 * * 5L', '2026-11-27T16:00'],
    ['every quarter', '0 9 1 1,4,7,10 *', '2027-01-01T09:00'],
    ['every year on Dec 24 at 18:00', '0 18 24 12 *', '2026-12-24T18:00'],
    ['yearly on 24 december at 18:00', '0 18 24 12 *', '2026-12-24T18:00'],
    ['every 2 hours', 'every 2h from 2026-11-21T12:37:20Z', '2026-11-21T15:37'],
    ['every 2.5 hours', 'every 2h30m from 2026-11-21T12:37:20Z', '2026-11-21T16:07'],
    ['every hour', 'every 1h from 2026-11-21T12:37:20Z', '2026-11-21T14:37'],
    ['hourly', 'every 1h from 2026-11-21T12:37:20Z', '2026-11-21T14:37'],
    ['every half hour', 'every 30m from 2026-11-21T12:37:20Z', '2026-11-21T14:07'],
    ['every other hour', 'every 2h from 2026-11-21T12:37:20Z', '2026-11-21T15:37'],
    ['every 15 minutes', 'every 15m from 2026-11-21T12:37:20Z', '2026-11-21T13:52'],
    ['every 1h30m', 'every 1h30m from 2026-11-21T12:37:20Z', '2026-11-21T15:07'],
    ['30m', 'every 30m from 2026-11-21T12:37:20Z', '2026-11-21T14:07'],
    ['PT30M', 'every 30m from 2026-11-21T12:37:20Z', '2026-11-21T14:07'],
  ])('%s is %s, first at %s', (words, canonical, first) => {
    expect(told(words).slice(0, 2)).toEqual([canonical, first]);
  });

  it.each([
    [
      'every other Friday',
      'FREQ=WEEKLY;INTERVAL=2;BYDAY=FR;BYHOUR=9;BYMINUTE=0;BYSECOND=0',
      '2026-11-27T09:00',
      '2026-12-11T09:00',
    ],
    [
      'every other Friday at 10:15',
      'FREQ=WEEKLY;INTERVAL=2;BYDAY=FR;BYHOUR=10;BYMINUTE=15;BYSECOND=0',
      '2026-11-27T10:15',
      '2026-12-11T10:15',
    ],
    [
      'every 2 weeks on Monday at 9',
      'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;BYHOUR=9;BYMINUTE=0;BYSECOND=0',
      '2026-11-23T09:00',
      '2026-12-07T09:00',
    ],
    [
      'every 3 days at 9',
      'FREQ=DAILY;INTERVAL=3;BYHOUR=9;BYMINUTE=0;BYSECOND=0',
      '2026-11-22T09:00',
      '2026-11-25T09:00',
    ],
    [
      'every 2 months on the 1st at 9',
      'FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=1;BYHOUR=9;BYMINUTE=0;BYSECOND=0',
      '2026-12-01T09:00',
      '2027-02-01T09:00',
    ],
  ])('%s is the rule %s', (words, rule, first, second) => {
    const schedule = read(words);
    expect(schedule.rule).toMatchObject({ kind: 'rrule', source: rule });
    expect(told(words).slice(1)).toEqual([first, second]);
    expect(schedule.notes?.some((note) => note.startsWith('Counted from'))).toBe(true);
  });

  it('says so when it assumed a time of day', () => {
    expect(receiptFor(read('every friday'), NOW, 1).warnings).toContain(
      'No time of day was given, so 09:00 is assumed.',
    );
  });

  it('takes a zone at the end', () => {
    expect(read('every day at 9 in America/New_York').zone).toBe('America/New_York');
    expect(read('every day at 9 UTC').zone).toBe('UTC');
    expect(() => read('every day at 9 in Nowhere/City')).toThrow('time zone');
  });
});

describe('plain words for one occurrence', () => {
  it.each([
    ['tomorrow 17:00', '2026-11-22T17:00'],
    ['tomorrow at 5pm', '2026-11-22T17:00'],
    ['the day after tomorrow at 9:00', '2026-11-23T09:00'],
    ['today at 5pm', '2026-11-21T17:00'],
    ['at 17:00', '2026-11-21T17:00'],
    ['at 9', '2026-11-22T09:00'],
    ['noon', '2026-11-22T12:00'],
    ['next Monday at 9', '2026-11-23T09:00'],
    ['on Monday at 9', '2026-11-23T09:00'],
    ['saturday at 9', '2026-11-28T09:00'],
    ['saturday at 15', '2026-11-21T15:00'],
    ['next saturday at 15', '2026-11-28T15:00'],
    ['on 2026-12-24 at 18:00', '2026-12-24T18:00'],
    ['2026-12-24 18:00', '2026-12-24T18:00'],
    ['Dec 24 at 6pm', '2026-12-24T18:00'],
    ['24th of december at 18:00', '2026-12-24T18:00'],
    ['january 2nd at 9', '2027-01-02T09:00'],
    ['feb 29 at 9', '2028-02-29T09:00'],
    ['november 21 at 9', '2027-11-21T09:00'],
    ['January 2, 2028 at 9', '2028-01-02T09:00'],
    ['in 20 minutes', '2026-11-21T13:57'],
    ['in an hour', '2026-11-21T14:37'],
    ['in half an hour', '2026-11-21T14:07'],
    ['in 1 hour and 30 minutes', '2026-11-21T15:07'],
    ['in 2 days', '2026-11-23T13:37'],
    ['2027-03-14T09:00:00+01:00', '2027-03-14T09:00'],
    ['2027-03-14T09:00', '2027-03-14T09:00'],
    ['2027-03-14T08:00:00Z', '2027-03-14T09:00'],
    ['2027-03-14T09:00[Europe/Berlin]', '2027-03-14T09:00'],
  ])('%s is at %s', (words, local) => {
    expect(read(words).rule.kind).toBe('once');
    expect(told(words).slice(1)).toEqual([local]);
  });

  it('keeps the local time of a delay in days over a change of the clocks', () => {
    const now = Temporal.Instant.from('2027-03-27T12:00:00Z');
    const schedule = parseWhen('in 1 day', {}, { zone: 'Europe/Berlin', now, intervalMsMin: 0 });
    expect(schedule.rule).toMatchObject({ kind: 'once' });
    expect(receiptFor(schedule, now, 1).next[0]?.at.toString()).toBe('2027-03-28T11:00:00Z');
  });

  it('refuses a local time in a gap and names both neighbours', () => {
    expect(() => read('2027-03-28T02:30')).toThrow('Write 2027-03-28T01:30 or 2027-03-28T03:30');
    expect(() => read('on 2027-03-28 at 02:30')).toThrow('does not exist in Europe/Berlin');
  });

  it('takes the first of two and says so', () => {
    const receipt = receiptFor(read('2027-10-31T02:30'), NOW, 1);
    expect(receipt.next[0]?.at.toString()).toBe('2027-10-31T00:30:00Z');
    expect(receipt.warnings[0]).toContain('comes twice in Europe/Berlin');
  });

  it('refuses the past, but runs at once what passed within a minute', () => {
    expect(() => read('2026-11-21T12:36:00Z')).toThrow('is in the past');
    const receipt = receiptFor(read('2026-11-21T12:36:50Z'), NOW, 1);
    expect(receipt.next[0]?.at.toString()).toBe('2026-11-21T12:37:21Z');
    expect(receipt.warnings[0]).toContain('passed 30 seconds ago');
  });
});

describe('what is not understood', () => {
  it.each([
    '',
    ' ',
    'soon',
    'every',
    'every morning',
    'every month',
    'every blue moon at 9',
    'every 5 weekdays at 9',
    'every 2 months',
    'next week',
    'a fortnight from now',
    'demain à 17h',
    'at 9 or 10',
    'at 9ish',
    'tomorrow',
    'tomorrow 17',
    'tomorrow at 9 and 10',
    'today at 9',
    '1/2/2027',
    '1/2/2027 at 9',
    '20 minutes',
    'in 0 minutes',
    'in 3 months',
    'every 0 minutes',
    'every 10 seconds',
    'every second',
    'every day at 25:00',
    'every day at 13pm',
    'every day at 9:60',
    'every day at 9:00 and 17:30',
    'the 32nd of the month at 9',
    'the 1th of the month at 9',
    'feb 30 at 9',
    'hello * * * *',
    '* * * * * *',
    '0 0 30 2 *',
    '2027-02-30T09:00',
    '2026-12-24',
    'remind me tomorrow 17:00',
    'every friday at 9 please',
  ])('%j is refused', (words) => {
    expect(() => read(words)).toThrow(Refusal);
  });

  it('is answered with examples', () => {
    expect(() => read('whenever')).toThrow(
      'Write for example "every weekday at 9", "every 2 hours", "tomorrow 17:00"',
    );
  });
});

describe('schedules given by their kind', () => {
  it.each<[WhenInput, string]>([
    [{ once: '2027-03-14T09:00' }, '2027-03-14T09:00:00+01:00[Europe/Berlin]'],
    [{ once: 'tomorrow 17:00' }, '2026-11-22T17:00:00+01:00[Europe/Berlin]'],
    [{ every: 'PT15M' }, 'every 15m from 2026-11-21T12:37:20Z'],
    [{ every: '15 minutes', anchor: '2026-01-01' }, 'every 15m from 2025-12-31T23:00:00Z'],
    [{ cron: '0 9 * * 1-5' }, '0 9 * * 1-5'],
    [{ cron: '0 9 * * * 30', dialect: 'croniter' }, '30 0 9 * * *'],
    [
      { rrule: 'FREQ=DAILY', dtstart: '2026-12-01T09:00' },
      'DTSTART;TZID=Europe/Berlin:20261201T090000 RRULE:FREQ=DAILY',
    ],
  ])('%j is %s', (when, canonical) => {
    expect(told(when)[0]).toBe(canonical);
  });

  it('takes the zone of a robfig prefix', () => {
    expect(read({ cron: 'CRON_TZ=Asia/Tokyo 0 9 * * *', dialect: 'robfig' }).zone).toBe(
      'Asia/Tokyo',
    );
  });

  it('reads every canonical form back as the same rule', () => {
    for (const when of [
      'every 2 hours',
      'every weekday at 9',
      'every other Friday',
      'tomorrow 17:00',
    ]) {
      const { canonical } = receiptFor(read(when), NOW, 1);
      expect(told(canonical)).toEqual(told(when));
    }
  });

  it.each<[WhenInput, string]>([
    [{ once: 'every day at 9' }, 'not one instant'],
    [{ every: 'soon' }, 'not a length of time'],
    [{ every: '30s' }, 'the least is 1m'],
    [{ every: '1h', anchor: 'noon' }, 'anchor'],
    [{ cron: '*/10 * * * * *' }, 'the least is 1m'],
    [{ cron: '* * * * *' }, ''],
    [{ cron: '0 0 30 2 *', dialect: 'robfig' }, 'never occurs'],
    [{ rrule: 'FREQ=DAILY', dtstart: 'never' }, 'dtstart'],
    [{ rrule: 'FREQ=DAILY;COUNT=1', dtstart: '2020-01-01T09:00' }, 'no occurrence'],
  ])('%j is refused when it cannot be: %s', (when, reason) => {
    if (reason === '') expect(read(when).rule.kind).toBe('cron');
    else expect(() => read(when)).toThrow(reason);
  });
});

describe('the limits beside a rule', () => {
  it('are read in the zone of the schedule', () => {
    const schedule = read('every day at 9', {
      exclude: ['2026-12-25'],
      blackouts: [{ from: '22:00', to: '06:00', weekdays: ['Saturday', 'sun'] }],
      start: '2026-12-01',
      end: '2026-12-31',
      runsMax: 3,
      jitter: '30s',
    });
    expect(schedule.exclusions.map(String)).toEqual(['2026-12-25']);
    expect(schedule.blackouts[0]?.weekdays).toEqual([6, 7]);
    expect(schedule.startAt?.toString()).toBe('2026-11-30T23:00:00Z');
    expect(schedule.endAt?.toString()).toBe('2026-12-31T22:59:59.999Z');
    expect(schedule.runsMax).toBe(3);
    expect(schedule.jitterMs).toBe(30_000);
    expect(receiptFor(schedule, NOW, 10).next).toHaveLength(3);
  });

  it('anchor an interval at the start', () => {
    expect(read('every 6 hours', { start: '2026-12-01T08:00' }).rule).toMatchObject({
      anchor: Temporal.Instant.from('2026-12-01T07:00:00Z'),
    });
  });

  it.each<[WhenOptions, string]>([
    [{ exclude: ['25.12.2026'] }, 'not a date'],
    [{ exclude: ['2026-02-30'] }, 'not a date'],
    [{ blackouts: [{ from: '9', to: '10:00' }] }, 'time of day'],
    [{ blackouts: [{ from: '09:00', to: '09:00' }] }, 'no length'],
    [{ blackouts: [{ from: '09:00', to: '10:00', weekdays: ['someday'] }] }, 'not a weekday'],
    [{ blackouts: [{ from: '00:00', to: '24:00' }] }, 'no occurrence'],
    [{ start: '2027-01-01', end: '2026-12-31' }, 'after the end'],
    [{ start: 'soon' }, 'not a time'],
    [{ end: '2026-11-01' }, 'no occurrence'],
    [{ runsMax: 0 }, 'whole number'],
    [{ runsMax: 1.5 }, 'whole number'],
    [{ jitter: 'a bit' }, 'length of time'],
    [{ jitter: '2d' }, 'longer than a day'],
    [{ exclude: Array.from({ length: 1_001 }, () => '2026-12-25') }, 'most is 1000'],
  ])('%j is refused: %s', (options, reason) => {
    expect(() => read('every day at 9', options)).toThrow(reason);
  });

  it.each(['', 'Nowhere/City', '+02:00', 'Europe/Berlin; DROP'])('refuse the zone %j', (zone) => {
    expect(() => read('every day at 9', {}, zone)).toThrow('time zone');
  });
});
