import { describe, expect, it } from 'vitest';
import { answerCron, answerCronLine } from '../../../src/cli/cron.ts';
import { parseCron } from '../../../src/domain/schedule/cron/cron.ts';

const NOW = Temporal.Instant.from('2026-11-21T12:00:00Z');

type Answer = { readonly next?: readonly string[]; readonly error?: string };

function ask(expr: string, tz = 'UTC', from = '2026-11-21T12:00:00Z', count = 3): Answer {
  return JSON.parse(answerCronLine(JSON.stringify({ expr, tz, from, count }), NOW)) as Answer;
}

describe('the fields of the default dialect', () => {
  it.each([
    ['0 9 * * *', '2026-11-22T09:00:00Z', '2026-11-23T09:00:00Z'],
    ['  0\t9  * * *  ', '2026-11-22T09:00:00Z', '2026-11-23T09:00:00Z'],
    ['30 0 9 * * *', '2026-11-22T09:00:30Z', '2026-11-23T09:00:30Z'],
    ['*/20 * * * * *', '2026-11-21T12:00:20Z', '2026-11-21T12:00:40Z'],
    ['5/15 * * * *', '2026-11-21T12:05:00Z', '2026-11-21T12:20:00Z'],
    ['0 0 1 JAN/6 *', '2027-01-01T00:00:00Z', '2027-07-01T00:00:00Z'],
    ['0 0 * * FRI-SUN', '2026-11-22T00:00:00Z', '2026-11-27T00:00:00Z'],
    ['0 0 * * 5-0', '2026-11-22T00:00:00Z', '2026-11-27T00:00:00Z'],
    ['0 0 * * 7', '2026-11-22T00:00:00Z', '2026-11-29T00:00:00Z'],
    ['0 0 * * 0', '2026-11-22T00:00:00Z', '2026-11-29T00:00:00Z'],
    ['0 0 * * sun', '2026-11-22T00:00:00Z', '2026-11-29T00:00:00Z'],
    ['0 0 ? * MON', '2026-11-23T00:00:00Z', '2026-11-30T00:00:00Z'],
    ['0 0 1 * ?', '2026-12-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    ['0 0 L * *', '2026-11-30T00:00:00Z', '2026-12-31T00:00:00Z'],
    ['0 0 LW * *', '2026-11-30T00:00:00Z', '2026-12-31T00:00:00Z'],
    ['0 0 LW 1 *', '2027-01-29T00:00:00Z', '2028-01-31T00:00:00Z'],
    ['0 0 15W * *', '2026-12-15T00:00:00Z', '2027-01-15T00:00:00Z'],
    ['0 0 1W 5 *', '2027-05-03T00:00:00Z', '2028-05-01T00:00:00Z'],
    ['0 0 31W * *', '2026-12-31T00:00:00Z', '2027-01-29T00:00:00Z'],
    ['0 0 L,15 * *', '2026-11-30T00:00:00Z', '2026-12-15T00:00:00Z'],
    ['0 0 * * 5L', '2026-11-27T00:00:00Z', '2026-12-25T00:00:00Z'],
    ['0 0 * * FRI#L', '2026-11-27T00:00:00Z', '2026-12-25T00:00:00Z'],
    ['0 0 * * FRIL', '2026-11-27T00:00:00Z', '2026-12-25T00:00:00Z'],
    ['0 0 * * 2#3', '2026-12-15T00:00:00Z', '2027-01-19T00:00:00Z'],
    ['0 0 * * 1#1,5#3', '2026-12-07T00:00:00Z', '2026-12-18T00:00:00Z'],
    ['0 0 * * 1#5', '2026-11-30T00:00:00Z', '2027-03-29T00:00:00Z'],
    ['0 0 13 * 5', '2026-11-27T00:00:00Z', '2026-12-04T00:00:00Z'],
    ['0 0 13 * +5', '2027-08-13T00:00:00Z', '2028-10-13T00:00:00Z'],
    ['0 0 */2 * 1', '2026-11-23T00:00:00Z', '2026-11-25T00:00:00Z'],
    ['0 0 29 2 *', '2028-02-29T00:00:00Z', '2032-02-29T00:00:00Z'],
    ['0 0 29 2 +1', '2044-02-29T00:00:00Z', '2072-02-29T00:00:00Z'],
    ['@Hourly', '2026-11-21T13:00:00Z', '2026-11-21T14:00:00Z'],
    ['@daily ', '2026-11-22T00:00:00Z', '2026-11-23T00:00:00Z'],
    ['@midnight', '2026-11-22T00:00:00Z', '2026-11-23T00:00:00Z'],
    ['@weekly', '2026-11-22T00:00:00Z', '2026-11-29T00:00:00Z'],
    ['@monthly', '2026-12-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    ['@yearly', '2027-01-01T00:00:00Z', '2028-01-01T00:00:00Z'],
    ['@annually', '2027-01-01T00:00:00Z', '2028-01-01T00:00:00Z'],
  ])('%s comes at %s and %s', (expression, first, second) => {
    expect(ask(expression).next?.slice(0, 2)).toEqual([first, second]);
  });

  it('finds 29 February across the century without a leap day', () => {
    expect(ask('0 0 29 2 *', 'UTC', '2096-03-01T00:00:00Z', 1).next).toEqual([
      '2104-02-29T00:00:00Z',
    ]);
  });

  it('answers strictly after the instant asked from', () => {
    expect(ask('0 9 * * *', 'UTC', '2026-11-21T09:00:00Z', 1).next).toEqual([
      '2026-11-22T09:00:00Z',
    ]);
    expect(ask('0 9 * * *', 'UTC', '2026-11-21T08:59:59.999Z', 1).next).toEqual([
      '2026-11-21T09:00:00Z',
    ]);
  });

  it.each([
    ['5/15 * * * *', '5-59/15 * * * *'],
    ['MON/2 * * * *', undefined],
    ['0 0 * JAN-MAR MON-FRI', '0 0 * 1-3 1-5'],
    ['0 0 * * FRI-SUN', '0 0 * * 5-7'],
    ['0 0 ? * 7', '0 0 * * 0'],
    ['0 0 * * +MON', '0 0 * * +1'],
    ['0 0 * * FRI#L', '0 0 * * 5L'],
    ['@hourly', '0 * * * *'],
    ['0 0 9 * * *', '0 0 9 * * *'],
  ])('%s has the normal form %s', (expression, pattern) => {
    if (pattern === undefined) expect(() => parseCron(expression, 'carillon', 'UTC')).toThrow();
    else expect(parseCron(expression, 'carillon', 'UTC').rule.pattern).toBe(pattern);
  });
});

describe('what is refused', () => {
  it.each([
    ['', '0 fields'],
    ['* * * *', '4 fields'],
    ['0 0 0 1 1 * 2027', 'year is not supported'],
    ['0 0 1 1 * 2027', 'year is not supported'],
    ['0 22-2 * * *', '"0 22-23,0-2 * * *"'],
    ['0 22-4/3 * * *', '"0 22-23/3,1-4/3 * * *"'],
    ['0 0 * * 6-1', '"0 0 * * 6,0-1"'],
    ['0 0 * NOV-FEB *', '"0 0 * 11-12,1-2 *"'],
    ['0 0 L-3 * *', 'BYMONTHDAY=-4'],
    ['0 0 1W,15 * *', '"W" must not stand in a list'],
    ['0 0 LW,15 * *', '"W" must not stand in a list'],
    ['0 0 1-5W * *', 'day of month'],
    ['0 0 * * 1-5#2', '"0 0 * * 1#2,2#2,3#2,4#2,5#2"'],
    ['0 0 * * MON-FRI#L', '1#L'],
    ['0 0 * * 1#6', 'first to a fifth'],
    ['0 0 * * 1#0', 'first to a fifth'],
    ['0 0 * * L', '"L" needs its weekday'],
    ['? * * * *', 'day fields only'],
    ['0 0 ?,1 * *', 'day fields only'],
    ['*/0 * * * *', 'at least 1'],
    ['*/61 * * * *', 'every 61 minutes'],
    ['0 */25 * * *', 'every 25 hours'],
    ['/5 * * * *', '"*/5 * * * *"'],
    ['60 * * * *', 'outside 0 to 59'],
    ['0 24 * * *', '"0 0 * * *"'],
    ['0 0 0 * *', 'outside 1 to 31'],
    ['0 0 32 * *', 'outside 1 to 31'],
    ['0 0 * 13 *', 'outside 1 to 12'],
    ['0 0 * * 8', 'outside 0 to 7'],
    ['0-99999999999 * * * *', 'outside 0 to 59'],
    ['1e1 * * * *', 'minutes field'],
    ['0x10 * * * *', 'minutes field'],
    ['-12 * * * *', 'negative'],
    ['1.5 * * * *', 'minutes field'],
    ['1,,2 * * * *', 'empty'],
    ['*5 * * * *', '"*" stands alone'],
    ['** * * * *', '"*" stands alone'],
    ['0 0 * * MONDAY', '"0 0 * * MON"'],
    ['0 0 * JANUARY *', '"0 0 * JAN *"'],
    ['H * * * *', 'Jenkins'],
    ['@reboot', '@daily'],
    ['@every 5m', '@daily'],
    ['CRON_TZ=UTC 0 0 * * *', '"0 0 * * *"'],
    ['2027-01-01T00:00:00Z', '1 field'],
    ['0 0 30 2 *', 'never occurs'],
    ['0 0 31 4,6,9,11 *', 'never occurs'],
    ['0 0 15W * +SAT', 'never occurs'],
    ['\u0660 * * * *', 'U+0660'],
    ['0\u00a09 * * *', 'U+00A0'],
    ['0 9 * * *\u2003', 'U+2003'],
    ['0 9 * * *\n', 'U+000A'],
    ['*'.repeat(600), '600 characters'],
  ])('%j is refused with a reason: %s', (expression, reason) => {
    expect(ask(expression).error).toContain(reason);
  });

  it.each(['', 'Nowhere/City', '+02:00', 'UTC+25', 'Europe/Berlin ', '../etc', '1'])(
    'refuses the time zone %j',
    (zone) => {
      expect(ask('0 9 * * *', zone).error).toContain('time zone');
    },
  );
});

describe('changes of the clocks', () => {
  const newYork = 'America/New_York';
  it.each([
    [
      'a fixed time in the gap runs right after it',
      '30 2 * * *',
      newYork,
      '2027-03-13T12:00:00Z',
      ['2027-03-14T07:00:00Z', '2027-03-15T06:30:00Z'],
    ],
    [
      'two fixed times in the gap run once',
      '0,30 2 * * *',
      newYork,
      '2027-03-13T12:00:00Z',
      ['2027-03-14T07:00:00Z', '2027-03-15T06:00:00Z'],
    ],
    [
      'one that meets its successor runs once',
      '0 2,3 * * *',
      newYork,
      '2027-03-13T12:00:00Z',
      ['2027-03-14T07:00:00Z', '2027-03-15T06:00:00Z'],
    ],
    [
      'a fixed time in the fold runs at the first pass',
      '30 1 * * *',
      newYork,
      '2027-11-06T12:00:00Z',
      ['2027-11-07T05:30:00Z', '2027-11-08T06:30:00Z'],
    ],
    [
      'and not again from inside the second pass',
      '30 1 * * *',
      newYork,
      '2027-11-07T06:10:00Z',
      ['2027-11-08T06:30:00Z', '2027-11-09T06:30:00Z'],
    ],
    [
      'an hourly rule skips the lost hour',
      '30 * * * *',
      newYork,
      '2027-03-14T06:00:00Z',
      ['2027-03-14T06:30:00Z', '2027-03-14T07:30:00Z'],
    ],
    [
      'and runs in both passes of a fold',
      '30 * * * *',
      newYork,
      '2027-11-07T05:00:00Z',
      ['2027-11-07T05:30:00Z', '2027-11-07T06:30:00Z'],
    ],
    [
      'a step among the hours follows real time too',
      '30 0-23/1 * * *',
      newYork,
      '2027-11-07T05:00:00Z',
      ['2027-11-07T05:30:00Z', '2027-11-07T06:30:00Z'],
    ],
    [
      'a list of hours is fixed',
      '30 1,2,3 * * *',
      newYork,
      '2027-11-07T05:00:00Z',
      ['2027-11-07T05:30:00Z', '2027-11-07T07:30:00Z'],
    ],
    [
      'a gap of half an hour',
      '15 2 * * *',
      'Australia/Lord_Howe',
      '2026-10-03T00:00:00Z',
      ['2026-10-03T15:30:00Z', '2026-10-04T15:15:00Z'],
    ],
    [
      'a gap at midnight',
      '0 0 * * *',
      'Asia/Beirut',
      '2027-03-27T00:00:00Z',
      ['2027-03-27T22:00:00Z', '2027-03-28T21:00:00Z'],
    ],
    [
      'a gap that ends at midnight keeps the time before it',
      '30 23 * * *',
      'America/Nuuk',
      '2027-03-27T12:00:00Z',
      ['2027-03-28T01:00:00Z', '2027-03-29T00:30:00Z'],
    ],
    [
      'the same in Pyongyang',
      '45 23 * * *',
      'Asia/Pyongyang',
      '2018-05-04T00:00:00Z',
      ['2018-05-04T15:00:00Z', '2018-05-05T14:45:00Z'],
    ],
    [
      'a skipped day is not made up for',
      '0 12 30 12 *',
      'Pacific/Apia',
      '2011-06-01T00:00:00Z',
      ['2012-12-29T22:00:00Z', '2013-12-29T22:00:00Z'],
    ],
    [
      'a fold over midnight comes in real order',
      '59 23 * * *',
      'America/St_Johns',
      '2006-10-28T12:00:00Z',
      ['2006-10-29T02:29:00Z', '2006-10-30T03:29:00Z'],
    ],
    [
      'a gap of two hours',
      '30 1 * * *',
      'Antarctica/Troll',
      '2027-03-27T12:00:00Z',
      ['2027-03-28T01:00:00Z', '2027-03-28T23:30:00Z'],
    ],
  ])('%s: %s in %s', (_, expression, zone, from, expected) => {
    expect(ask(expression, zone, from, 2).next).toEqual(expected);
  });

  it('has every second of a fold and none of a gap', () => {
    const fold = ask('59 59 * * * *', newYork, '2027-11-07T05:00:00Z', 3).next;
    expect(fold).toEqual(['2027-11-07T05:59:59Z', '2027-11-07T06:59:59Z', '2027-11-07T07:59:59Z']);
    const gap = ask('59 59 * * * *', newYork, '2027-03-14T06:00:00Z', 3).next;
    expect(gap).toEqual(['2027-03-14T06:59:59Z', '2027-03-14T07:59:59Z', '2027-03-14T08:59:59Z']);
  });
});

describe('carillon cron', () => {
  it('prints the occurrences with their local time, and the warnings', () => {
    const { exitCode, stdout, stderr } = answerCron(
      '0 9 13 * 5',
      { tz: 'Europe/Berlin', count: 1 },
      NOW,
    );
    expect(exitCode).toBe(0);
    expect(stdout.split('\n')[0]).toBe(
      '2026-11-27T08:00:00Z  Fri 2026-11-27 09:00:00 +01:00 Europe/Berlin',
    );
    expect(stdout).toContain('warning: Day of month and day of week are both set');
    expect(stderr).toBe('');
  });

  it('answers in JSON with the normal form', () => {
    const { stdout } = answerCron('@daily', { json: true, count: '1' }, NOW);
    expect(JSON.parse(stdout)).toEqual({
      expr: '@daily',
      pattern: '0 0 * * *',
      tz: 'UTC',
      next: ['2026-11-22T00:00:00Z'],
      warnings: [],
    });
  });

  it('exits with 2 and the reason when it refuses', () => {
    const { exitCode, stdout, stderr } = answerCron('0 22-2 * * *', {}, NOW);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('Write "0 22-23,0-2 * * *" instead.');
  });

  it('takes UTC, now and five as defaults', () => {
    expect(JSON.parse(answerCronLine('{"expr":"@daily"}', NOW))).toEqual({
      next: [22, 23, 24, 25, 26].map((day) => `2026-11-${day}T00:00:00Z`),
    });
  });

  it.each([
    ['not json', 'JSON object'],
    ['[]', 'JSON object'],
    ['null', 'JSON object'],
    ['{}', 'must be a text'],
    ['{"expr":5}', 'must be a text'],
    ['{"expr":"@daily","tz":5}', 'time zone'],
    ['{"expr":"@daily","from":"yesterday"}', 'not an instant'],
    ['{"expr":"@daily","from":"2026-11-21"}', 'not an instant'],
    ['{"expr":"@daily","count":0}', 'count'],
    ['{"expr":"@daily","count":1001}', 'count'],
    ['{"expr":"@daily","count":1.5}', 'count'],
  ])('answers %s with an error', (line, reason) => {
    expect((JSON.parse(answerCronLine(line, NOW)) as Answer).error).toContain(reason);
  });
});
