import { describe, expect, it } from 'vitest';
import { occurrencesOf } from '../../../src/domain/schedule/occurrences.ts';
import {
  parseWhen,
  type WhenInput,
  type WhenOptions,
} from '../../../src/domain/schedule/parse-when.ts';
import type { Schedule } from '../../../src/domain/schedule/schedule.ts';

const NOW = Temporal.Instant.from('2026-11-21T12:00:00Z');
const YEAR_LATER = Temporal.Instant.from('2027-11-21T12:00:00Z');

function schedule(when: WhenInput, options: WhenOptions = {}, zone = 'Europe/Berlin'): Schedule {
  return parseWhen(when, options, { zone, now: NOW, intervalMsMin: 1_000 });
}

function firstLocal(of: Schedule, count: number, from = NOW): string[] {
  const found: string[] = [];
  let at = occurrencesOf(of).next(from);
  while (at !== undefined && found.length < count) {
    found.push(
      at.toZonedDateTimeISO(of.zone).toPlainDateTime().toString({ smallestUnit: 'minute' }),
    );
    at = occurrencesOf(of).next(at);
  }
  return found;
}

describe('the occurrences of a schedule', () => {
  it('are strictly after the instant asked from', () => {
    const once = occurrencesOf(schedule('2026-11-22T09:00'));
    const at = Temporal.Instant.from('2026-11-22T08:00:00Z');
    expect(once.next(NOW)).toEqual(at);
    expect(once.next(at)).toBeUndefined();
    expect(once.next(at.subtract({ nanoseconds: 1 }))).toEqual(at);
  });

  it('of an interval do not drift and begin at its anchor', () => {
    const every = occurrencesOf(schedule({ every: '7h', anchor: '2026-12-01T00:00:00Z' }));
    const anchor = Temporal.Instant.from('2026-12-01T00:00:00Z');
    expect(every.next(NOW)).toEqual(anchor);
    expect(every.next(anchor)).toEqual(anchor.add({ hours: 7 }));
    expect(every.next(anchor.add({ hours: 699, minutes: 59 }))).toEqual(anchor.add({ hours: 700 }));
  });

  it('leave out excluded dates of the zone', () => {
    const daily = schedule('every day at 00:30', { exclude: ['2026-11-23', '2026-11-24'] });
    expect(firstLocal(daily, 2)).toEqual(['2026-11-22T00:30', '2026-11-25T00:30']);
  });

  it('leave out blackouts, also over midnight and by weekday', () => {
    const nightly = schedule('0 */2 * * *', { blackouts: [{ from: '22:00', to: '06:00' }] });
    expect(firstLocal(nightly, 6)).toEqual([
      '2026-11-21T14:00',
      '2026-11-21T16:00',
      '2026-11-21T18:00',
      '2026-11-21T20:00',
      '2026-11-22T06:00',
      '2026-11-22T08:00',
    ]);
    const weekend = schedule('0 */6 * * *', {
      blackouts: [{ from: '00:00', to: '24:00', weekdays: ['sat', 'sun'] }],
    });
    expect(firstLocal(weekend, 1)).toEqual(['2026-11-23T00:00']);
  });

  it('stay between start and end, both included', () => {
    const limited = schedule('every day at 9', {
      start: '2026-12-01T09:00',
      end: '2026-12-03T09:00',
    });
    expect(firstLocal(limited, 9)).toEqual([
      '2026-12-01T09:00',
      '2026-12-02T09:00',
      '2026-12-03T09:00',
    ]);
  });

  it('find the latest without counting a year of seconds', () => {
    const secondly = occurrencesOf(schedule({ cron: '* * * * * *' }));
    const started = performance.now();
    expect(secondly.latest(NOW, YEAR_LATER)).toEqual(YEAR_LATER);
    const quarter = occurrencesOf(schedule({ cron: '* * * 1 * *' }));
    expect(quarter.latest(NOW, YEAR_LATER)?.toString()).toBe('2027-11-01T22:59:59Z');
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it.each<[WhenInput, string | undefined]>([
    ['every day at 9', '2027-11-21T08:00:00Z'],
    ['every 7 hours', '2027-11-21T09:00:00Z'],
    ['@yearly', '2026-12-31T23:00:00Z'],
    ['FREQ=WEEKLY;BYDAY=MO;BYHOUR=9;BYMINUTE=0', '2027-11-15T08:00:00Z'],
    ['2026-11-22T09:00', '2026-11-22T08:00:00Z'],
    ['2028-11-22T09:00', undefined],
  ])('of %j are at the latest at %s in the year ahead', (when, expected) => {
    expect(occurrencesOf(schedule(when)).latest(NOW, YEAR_LATER)?.toString()).toBe(expected);
  });

  it('are counted, by arithmetic where there is nothing to leave out', () => {
    const every = occurrencesOf(schedule('every 1s'.replace('every 1s', 'PT1S')));
    expect(every.count(NOW, YEAR_LATER, 100_000_000)).toEqual({ count: 31_536_000, isExact: true });
    expect(every.count(NOW, YEAR_LATER, 1_000)).toEqual({ count: 1_000, isExact: false });
    const daily = occurrencesOf(schedule('every day at 9'));
    expect(daily.count(NOW, YEAR_LATER, 1_000)).toEqual({ count: 365, isExact: true });
    expect(daily.count(NOW, YEAR_LATER, 365)).toEqual({ count: 365, isExact: true });
    expect(daily.count(NOW, YEAR_LATER, 364)).toEqual({ count: 364, isExact: false });
  });

  it('give up in bounded time when the limits take everything away', () => {
    const blocked: Schedule = {
      ...schedule('every friday at 9'),
      blackouts: [{ from: new Temporal.PlainTime(), to: new Temporal.PlainTime(), weekdays: [5] }],
    };
    const started = performance.now();
    expect(occurrencesOf(blocked).next(NOW)).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
