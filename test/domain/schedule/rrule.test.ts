import { describe, expect, it } from 'vitest';
import { nextRrule } from '../../../src/domain/schedule/rrule/rrule.ts';
import { validRrule } from '../../../src/domain/schedule/rrule/validate-rrule.ts';

function occurrences(source: string, start: string, zone: string, count: number): string[] {
  const rule = {
    kind: 'rrule',
    source: validRrule(source),
    start: Temporal.PlainDateTime.from(start),
  } as const;
  const found: string[] = [];
  let at = nextRrule(
    rule,
    zone,
    rule.start.toZonedDateTime(zone).toInstant().subtract({ seconds: 1 }),
  );
  while (at !== undefined && found.length < count) {
    found.push(at.toString());
    at = nextRrule(rule, zone, at);
  }
  return found;
}

describe('recurrence rules', () => {
  it.each([
    [
      'FREQ=WEEKLY;INTERVAL=2;BYDAY=FR',
      '2026-11-27T09:00',
      'Europe/Berlin',
      ['2026-11-27T08:00:00Z', '2026-12-11T08:00:00Z'],
    ],
    [
      'FREQ=MONTHLY;BYDAY=-1FR',
      '2026-11-27T09:00',
      'UTC',
      ['2026-11-27T09:00:00Z', '2026-12-25T09:00:00Z'],
    ],
    [
      'FREQ=MONTHLY;BYMONTHDAY=-4',
      '2026-11-01T09:00',
      'UTC',
      ['2026-11-27T09:00:00Z', '2026-12-28T09:00:00Z'],
    ],
    ['FREQ=DAILY;COUNT=1', '2026-11-27T09:00', 'UTC', ['2026-11-27T09:00:00Z']],
    [
      'FREQ=DAILY;UNTIL=20261128T090000Z',
      '2026-11-27T09:00',
      'UTC',
      ['2026-11-27T09:00:00Z', '2026-11-28T09:00:00Z'],
    ],
    [
      'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29',
      '2028-02-29T00:00',
      'UTC',
      ['2028-02-29T00:00:00Z', '2032-02-29T00:00:00Z'],
    ],
  ])('%s from %s in %s', (source, start, zone, expected) => {
    expect(occurrences(source, start, zone, 2)).toEqual(expected);
  });

  it('leave out a local time that does not exist, as RFC 5545 says', () => {
    expect(occurrences('FREQ=DAILY', '2027-03-13T02:30', 'America/New_York', 2)).toEqual([
      '2027-03-13T07:30:00Z',
      '2027-03-15T06:30:00Z',
    ]);
  });

  it('end in bounded time when they have no occurrence', () => {
    const started = performance.now();
    expect(
      occurrences('FREQ=YEARLY;BYYEARDAY=366;BYMONTH=1', '2027-01-01T00:00', 'UTC', 1),
    ).toEqual([]);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it.each([
    '',
    'FREQ=',
    'FREQ=SECONDLY',
    'FREQ=FORTNIGHTLY',
    'INTERVAL=2',
    'FREQ=DAILY;FREQ=DAILY',
    'FREQ=DAILY;FOO=1',
    'FREQ=DAILY;X-A=1',
    'FREQ=DAILY;BYHOUR=24',
    'FREQ=DAILY;BYHOUR=-1',
    'FREQ=DAILY;BYMINUTE=60',
    'FREQ=DAILY;BYMONTH=13',
    'FREQ=MONTHLY;BYMONTHDAY=0',
    'FREQ=MONTHLY;BYMONTHDAY=32',
    'FREQ=YEARLY;BYYEARDAY=367',
    'FREQ=YEARLY;BYWEEKNO=54',
    'FREQ=MONTHLY;BYWEEKNO=1',
    'FREQ=WEEKLY;BYDAY=1MO',
    'FREQ=WEEKLY;BYDAY=XX',
    'FREQ=WEEKLY;BYMONTHDAY=1',
    'FREQ=MONTHLY;BYDAY=0MO',
    'FREQ=DAILY;INTERVAL=0',
    'FREQ=DAILY;COUNT=0',
    'FREQ=DAILY;COUNT=2;UNTIL=20270101',
    'FREQ=DAILY;UNTIL=20270230',
    'FREQ=DAILY;UNTIL=tomorrow',
    'FREQ=DAILY;BYSETPOS=1',
    'FREQ=DAILY;COUNT=5001',
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=MINUTELY;BYMONTH=2,4;BYMONTHDAY=31,-31',
    'FREQ=DAILY;WKST=XX',
    'RSCALE=HEBREW;FREQ=DAILY',
    'FREQ=DAILY;;',
    'FREQ=DAILY\nEXDATE:20270101',
    'DTSTART:20270101T090000Z\nRRULE:FREQ=DAILY',
    `FREQ=DAILY;BYMINUTE=${'1,'.repeat(600)}1`,
  ])('%j is refused', (source) => {
    expect(() => validRrule(source)).toThrow('The recurrence rule is refused');
  });
});
