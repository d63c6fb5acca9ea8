import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextCron, parseCron } from '../../../src/domain/schedule/cron/cron.ts';
import { datesByOracle, type LocalMinute, occurrencesByOracle, wallClock } from './cron-oracle.ts';

// Each is a moment shortly before a change of the clocks, or a zone that has none.
const CHANGES: readonly (readonly [zone: string, around: string])[] = [
  ['UTC', '2027-03-14T00:00:00Z'],
  ['America/New_York', '2027-03-14T07:00:00Z'],
  ['America/New_York', '2027-11-07T06:00:00Z'],
  ['America/St_Johns', '2027-03-14T05:30:00Z'],
  ['America/St_Johns', '2006-10-29T02:31:00Z'],
  ['America/Havana', '2027-03-14T05:00:00Z'],
  ['America/Havana', '2027-11-07T05:00:00Z'],
  ['America/Santiago', '2026-09-06T04:00:00Z'],
  ['America/Santiago', '2027-04-04T03:00:00Z'],
  ['America/Sao_Paulo', '2018-11-04T03:00:00Z'],
  ['America/Sao_Paulo', '2019-02-17T02:00:00Z'],
  ['America/Asuncion', '2024-03-24T03:00:00Z'],
  ['America/Nuuk', '2027-03-28T01:00:00Z'],
  ['America/Nuuk', '2027-10-31T01:00:00Z'],
  ['America/Scoresbysund', '2027-03-28T01:00:00Z'],
  ['America/Caracas', '2016-05-01T07:00:00Z'],
  ['Africa/Cairo', '2027-04-29T22:00:00Z'],
  ['Africa/Cairo', '2027-10-28T21:00:00Z'],
  ['Africa/Casablanca', '2025-02-23T02:00:00Z'],
  ['Africa/Casablanca', '2025-04-06T02:00:00Z'],
  ['Antarctica/Troll', '2027-03-28T01:00:00Z'],
  ['Antarctica/Troll', '2027-10-31T01:00:00Z'],
  ['Asia/Amman', '2022-02-24T22:00:00Z'],
  ['Asia/Beirut', '2027-03-27T22:00:00Z'],
  ['Asia/Beirut', '2027-10-30T21:00:00Z'],
  ['Asia/Gaza', '2025-04-12T00:00:00Z'],
  ['Asia/Pyongyang', '2018-05-04T15:00:00Z'],
  ['Asia/Pyongyang', '2015-08-14T15:00:00Z'],
  ['Asia/Tehran', '2022-03-21T20:30:00Z'],
  ['Asia/Tehran', '2022-09-21T19:30:00Z'],
  ['Atlantic/Azores', '2027-03-28T01:00:00Z'],
  ['Australia/Lord_Howe', '2026-10-03T15:30:00Z'],
  ['Australia/Lord_Howe', '2027-04-03T15:00:00Z'],
  ['Europe/Berlin', '2027-03-28T01:00:00Z'],
  ['Europe/Berlin', '2027-10-31T01:00:00Z'],
  ['Europe/Dublin', '2027-03-28T01:00:00Z'],
  ['Europe/London', '2027-10-31T01:00:00Z'],
  ['Europe/Istanbul', '2016-03-27T01:00:00Z'],
  ['Pacific/Apia', '2011-12-30T10:00:00Z'],
  ['Pacific/Apia', '2021-04-03T14:00:00Z'],
  ['Pacific/Chatham', '2026-09-26T14:00:00Z'],
  ['Pacific/Chatham', '2027-04-03T14:00:00Z'],
  ['Pacific/Kwajalein', '1993-08-21T12:00:00Z'],
];

const DAY_MS = 86_400_000;
const HOURS_BEFORE = 26;
const MINUTES = 50 * 60;

const clocks = new Map<number, readonly LocalMinute[]>();

function clockOf(index: number): readonly LocalMinute[] {
  const [zone = 'UTC', around = ''] = CHANGES[index] ?? [];
  const from = Temporal.Instant.from(around).subtract({ hours: HOURS_BEFORE });
  const clock = clocks.get(index) ?? wallClock(zone, from, MINUTES);
  clocks.set(index, clock);
  return clock;
}

/** Our occurrences in the minutes of a clock, which begins long enough before the change. */
function occurrencesOurs(
  expression: string,
  zone: string,
  clock: readonly LocalMinute[],
): number[] {
  const { rule } = parseCron(expression, 'carillon', zone);
  const found: number[] = [];
  const last = clock.at(-1)?.epochMinute ?? 0;
  let after = Temporal.Instant.fromEpochMilliseconds((clock[0]?.epochMinute ?? 0) * 60_000 - 1);
  for (;;) {
    const at = nextCron(rule, zone, after);
    if (at === undefined || at.epochMilliseconds > last * 60_000) return found;
    found.push(at.epochMilliseconds / 60_000);
    after = at;
  }
}

const number = (min: number, max: number): fc.Arbitrary<string> =>
  fc.integer({ min, max }).map(String);
const range = (min: number, max: number): fc.Arbitrary<string> =>
  fc
    .tuple(fc.integer({ min, max }), fc.integer({ min, max }))
    .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
const list = (item: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => items.join(','));
const stepped = (base: fc.Arbitrary<string>, max: number): fc.Arbitrary<string> =>
  fc.tuple(base, fc.integer({ min: 1, max })).map(([text, step]) => `${text}/${step}`);

const minutes = fc.oneof(
  list(fc.oneof(fc.constantFrom('0', '30', '59', '1', '15', '45'), number(0, 59), range(0, 59))),
  fc.constant('*'),
  stepped(fc.constantFrom('*', '5', '0-30'), 59),
);
const hours = fc.oneof(
  list(fc.oneof(fc.constantFrom('0', '1', '2', '3', '23'), number(0, 23), range(0, 23))),
  fc.constant('*'),
  stepped(fc.constantFrom('*', '0-23', '1'), 12),
);
const days = fc.oneof(
  { weight: 4, arbitrary: fc.constant('*') },
  { weight: 1, arbitrary: list(fc.oneof(number(1, 31), range(1, 31), fc.constant('L'))) },
  {
    weight: 1,
    arbitrary: fc.oneof(
      fc.constant('LW'),
      number(1, 31).map((day) => `${day}W`),
    ),
  },
  { weight: 1, arbitrary: stepped(fc.constant('*'), 31) },
);
const weekdays = fc.oneof(
  { weight: 4, arbitrary: fc.constant('*') },
  { weight: 1, arbitrary: list(fc.oneof(number(0, 7), range(0, 7))) },
  {
    weight: 1,
    arbitrary: fc.tuple(number(0, 7), number(1, 5)).map(([day, nth]) => `${day}#${nth}`),
  },
  { weight: 1, arbitrary: number(0, 7).map((day) => `${day}L`) },
  { weight: 1, arbitrary: range(0, 6).map((days) => `+${days}`) },
);
const months = fc.oneof({ weight: 6, arbitrary: fc.constant('*') }, list(number(1, 12)));
const expressions = fc
  .tuple(minutes, hours, days, months, weekdays)
  .map((fields) => fields.join(' '));

describe('cron beside a minute-by-minute walk through real time', () => {
  it('has the same occurrences around changes of the clocks, whatever the expression', () => {
    fc.assert(
      fc.property(expressions, fc.nat({ max: CHANGES.length - 1 }), (expression, index) => {
        const [zone = 'UTC'] = CHANGES[index] ?? [];
        const clock = clockOf(index);
        expect(occurrencesOurs(expression, zone, clock)).toEqual(
          occurrencesByOracle(expression, clock),
        );
      }),
      { numRuns: 800 },
    );
  });

  it.each(CHANGES.map(([zone, around], index) => ({ zone, around, index })))(
    'agrees on the usual expressions in $zone at $around',
    ({ zone, index }) => {
      const clock = clockOf(index);
      for (const expression of [
        '0 0 * * *',
        '30 0 * * *',
        '30 1 * * *',
        '0 2 * * *',
        '30 2 * * *',
        '0,30 2,3 * * *',
        '30 23 * * *',
        '59 23 * * 6',
        '0 * * * *',
        '*/15 * * * *',
        '30 * * * *',
        '0 */2 * * *',
        '0-59 0-23 * * *',
        '* * * * *',
      ]) {
        expect(occurrencesOurs(expression, zone, clock), expression).toEqual(
          occurrencesByOracle(expression, clock),
        );
      }
    },
  );

  it('has the same dates through a year, whatever the date fields', () => {
    const dates = fc.tuple(days, months, weekdays).map((fields) => `0 0 ${fields.join(' ')}`);
    fc.assert(
      fc.property(dates, fc.integer({ min: 0, max: 40_000 }), (expression, first) => {
        const { rule } = parseCron(expression, 'carillon', 'UTC');
        const expected = datesByOracle(expression, first, 400);
        const found: number[] = [];
        let at = nextCron(rule, 'UTC', Temporal.Instant.fromEpochMilliseconds(first * DAY_MS - 1));
        while (at !== undefined && at.epochMilliseconds < (first + 400) * DAY_MS) {
          found.push(at.epochMilliseconds / DAY_MS);
          at = nextCron(rule, 'UTC', at);
        }
        expect(found).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ['*/7 59,0 1-3 * * *', '2027-03-14T06:00:00Z'],
    ['*/7 59,0 1-3 * * *', '2027-11-07T05:00:00Z'],
    ['15,45 30 1,2 * * *', '2027-03-14T06:00:00Z'],
    ['15,45 30 1,2 * * *', '2027-11-07T05:00:00Z'],
  ])('agrees second by second on %s from %s in New York', (expression, from) => {
    const zone = 'America/New_York';
    const start = Temporal.Instant.from(from);
    const [second = '', minute = '', hour = ''] = expression.split(' ');
    const isFixed = !expression.includes('/');
    const has = (field: string, value: number): boolean =>
      field === '*/7'
        ? value % 7 === 0
        : field === '1-3'
          ? value >= 1 && value <= 3
          : field.split(',').includes(String(value));
    const expected: string[] = [];
    const seen = new Set<string>();
    let isMoved = false;
    for (let index = 1; index <= 9_000; index += 1) {
      const at = start.add({ seconds: index });
      const time = at.toZonedDateTimeISO(zone).toPlainTime();
      const isHit = has(second, time.second) && has(minute, time.minute) && has(hour, time.hour);
      // In March the clocks go from 02:00 to 03:00, where the times of 02:30 are made up for.
      const isAfterGap = isFixed && from.includes('-03-') && time.toString() === '03:00:00';
      if ((isHit && !(isFixed && seen.has(time.toString()))) || (isAfterGap && !isMoved)) {
        expected.push(at.toString());
        isMoved ||= isAfterGap;
      }
      seen.add(time.toString());
    }
    const { rule } = parseCron(expression, 'carillon', zone);
    const found: string[] = [];
    let at = nextCron(rule, zone, start);
    while (at !== undefined && Temporal.Instant.compare(at, start.add({ seconds: 9_000 })) <= 0) {
      found.push(at.toString());
      at = nextCron(rule, zone, at);
    }
    expect(found).toEqual(expected);
    expect(found.length).toBeGreaterThan(0);
  });
});
