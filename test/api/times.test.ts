import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { relativeTo, tellTime, timeIn } from '../../src/api/times.ts';

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Africa/Monrovia',
  'Etc/GMT+12',
];

function at(text: string): Temporal.Instant {
  return Temporal.Instant.from(text);
}

describe('a time on the wire', () => {
  it.each([
    ['Europe/Berlin', '2026-11-23T08:00:00.999Z', '2026-11-23T09:00:00+01:00'],
    ['Europe/Berlin', '2026-10-25T01:00:00Z', '2026-10-25T02:00:00+01:00'],
    ['America/New_York', '2026-01-01T00:00:00Z', '2025-12-31T19:00:00-05:00'],
    ['Pacific/Apia', '2011-12-30T10:00:00Z', '2011-12-31T00:00:00+14:00'],
    ['Africa/Monrovia', '1970-06-01T12:00:00Z', '1970-06-01T11:15:30-00:45'],
    ['America/New_York', '1970-01-01T00:00:00Z', '1969-12-31T19:00:00-05:00'],
    ['UTC', '1969-12-31T23:59:59.5Z', '1969-12-31T23:59:59+00:00'],
    ['UTC', '+010000-01-01T00:00:00Z', '+010000-01-01T00:00:00+00:00'],
  ])('in %s at %s is %s', (zone, instant, expected) => {
    expect(timeIn(zone, at(instant))).toBe(expected);
  });

  it('is what Temporal says, in every zone and at every second', () => {
    const second = fc.integer({ min: -4_000_000_000, max: 300_000_000_000 });
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), second, (zone, epochSecond) => {
        const instant = Temporal.Instant.fromEpochMilliseconds(epochSecond * 1_000 + 7);
        const expected = instant
          .toZonedDateTimeISO(zone)
          .toString({ timeZoneName: 'never', smallestUnit: 'second' });
        expect(timeIn(zone, instant)).toBe(expected);
      }),
    );
  });
});

describe('how far away a time is', () => {
  it.each([
    ['2026-11-21T12:00:00.500Z', 'now'],
    ['2026-11-21T14:00:00Z', 'in 2h'],
    ['2026-11-21T11:55:00Z', '5m ago'],
  ])('%s is told as %s', (instant, expected) => {
    expect(relativeTo(at('2026-11-21T12:00:00Z'), at(instant))).toBe(expected);
  });

  it('is the same in a text as between the instants, in every zone', () => {
    const now = at('2026-11-21T12:00:00Z');
    const second = fc.integer({ min: -100_000_000, max: 5_000_000_000 });
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), second, (zone, epochSecond) => {
        const instant = Temporal.Instant.fromEpochMilliseconds(epochSecond * 1_000);
        const time = timeIn(zone, instant);
        // An offset is written to the minute, so what was written is what counts.
        const expected = relativeTo(now, at(time));
        expect(tellTime(time, now)).toBe(`${time} (${expected})`);
      }),
    );
  });
});
