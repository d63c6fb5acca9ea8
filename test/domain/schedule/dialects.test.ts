import { describe, expect, it } from 'vitest';
import { nextCron, parseCron, requireOccurrence } from '../../../src/domain/schedule/cron/cron.ts';
import { Refusal } from '../../../src/domain/refusal.ts';
import type { CronDialect } from '../../../src/domain/schedule/schedule.ts';

function pattern(text: string, dialect: CronDialect): string {
  return parseCron(text, dialect, 'UTC').rule.pattern;
}

describe('the croniter dialect', () => {
  it.each([
    ['0 9 * * 1-5', '0 9 * * 1-5'],
    ['* * * * * */15', '*/15 * * * * *'],
    ['0 9 * * * 30', '30 0 9 * * *'],
    ['0 22-2 * * *', '0 22-23,0-2 * * *'],
    ['0 22-4/3 * * *', '0 22-23/3,1-4/3 * * *'],
    ['0 0 * * FRI-MON', '0 0 * * 5-6,0-1'],
    ['0 0 * NOV-FEB *', '0 0 * 11-12,1-2 *'],
    ['0 0 28-3 * *', '0 0 28-31,1-3 * *'],
    ['0 0 L * *', '0 0 L * *'],
    ['0 0 * * L5', '0 0 * * 5L'],
    ['0 0 * * sat#2', '0 0 * * 6#2'],
    ['0 0 * * 7', '0 0 * * 0'],
    ['*/90 * * * *', '*/60 * * * *'],
    ['5/20 * * * *', '5-59/20 * * * *'],
    ['0 0 ? * 1', '0 0 * * 1'],
    ['@weekly', '0 0 * * 0'],
  ])('reads %s as %s', (text, expected) => {
    expect(pattern(text, 'croniter')).toBe(expected);
  });

  it('keeps the year of seven fields as a list of years', () => {
    const { rule } = parseCron('0 0 1 1 * 0 2027-2031/2', 'croniter', 'UTC');
    expect(rule.pattern).toBe('0 0 0 1 1 *');
    expect(rule.years).toEqual([2027, 2029, 2031]);
    const found = nextCron(rule, 'UTC', Temporal.Instant.from('2027-06-01T00:00:00Z'));
    expect(found?.toString()).toBe('2029-01-01T00:00:00Z');
    expect(nextCron(rule, 'UTC', Temporal.Instant.from('2031-06-01T00:00:00Z'))).toBeUndefined();
  });

  it.each([
    ['R R * * *', '"R"'],
    ['H * * * *', '"H"'],
    ['0 0 15W * *', '"W"'],
    ['0 0 1 1 * 0 1969', 'outside 1970 to 2099'],
    ['0 0 * * +1', 'day of week'],
    ['@reboot', '@daily'],
  ])('refuses %s and says why: %s', (text, reason) => {
    expect(() => pattern(text, 'croniter')).toThrow(reason);
  });

  it('matches either day field, and counts a step of one as restricted', () => {
    const { rule } = parseCron('0 0 */1 * 1', 'croniter', 'UTC');
    const found = nextCron(rule, 'UTC', Temporal.Instant.from('2026-11-24T00:00:00Z'));
    expect(found?.toString()).toBe('2026-11-25T00:00:00Z');
  });
});

describe('the robfig dialect', () => {
  it.each([
    ['0 9 * * MON-FRI', '0 9 * * 1-5'],
    ['? ? ? ? ?', '* * * * *'],
    ['5/15 * * * *', '5-59/15 * * * *'],
    ['0 0 */1 * 1', '0 0 * * 1'],
    ['0 0 */2 * 1', '0 0 */2 * 1'],
    ['0 0 1,* * 1', '0 0 * * 1'],
    ['*/100 * * * *', '*/60 * * * *'],
    ['0 0 30 2 *', '0 0 30 2 *'],
  ])('reads %s as %s', (text, expected) => {
    expect(pattern(text, 'robfig')).toBe(expected);
  });

  it.each(['CRON_TZ=Asia/Tokyo 0 9 * * *', 'TZ=Asia/Tokyo  0 9 * * *'])(
    'takes the zone of %s',
    (text) => {
      const { rule, zone } = parseCron(text, 'robfig', 'UTC');
      expect(zone).toBe('Asia/Tokyo');
      expect(rule.pattern).toBe('0 9 * * *');
    },
  );

  it.each([
    ['0 0 * * 7', '"0 0 * * 0"'],
    ['0 22-2 * * *', 'backwards'],
    ['0 0 * * FRI-SUN', 'backwards'],
    ['@daily', 'no @ forms'],
    ['0 0 L * *', 'day of month'],
    ['0 0 15W * *', 'day of month'],
    ['0 0 * * 2#3', 'day of week'],
    ['0 0 0 * * *', '6 fields'],
    ['CRON_TZ=Nowhere 0 0 * * *', 'time zone'],
  ])('refuses %s: %s', (text, reason) => {
    expect(() => pattern(text, 'robfig')).toThrow(reason);
  });

  it('reads a date that never comes, and leaves the refusal to the caller', () => {
    const { rule } = parseCron('0 0 30 2 *', 'robfig', 'UTC');
    expect(nextCron(rule, 'UTC', Temporal.Instant.from('2026-01-01T00:00:00Z'))).toBeUndefined();
    expect(() => {
      requireOccurrence(rule);
    }).toThrow(Refusal);
  });
});

describe('the cronlytic dialect', () => {
  it.each([
    ['*/5 * * * *', '*/5 * * * *'],
    ['0 9,17 * * 1-5', '0 9,17 * * 1-5'],
    ['0 0 * * 7', '0 0 * * 0'],
  ])('reads %s as %s', (text, expected) => {
    expect(pattern(text, 'cronlytic')).toBe(expected);
  });

  it.each([
    '0 9 * * MON',
    '0 9 ? * 1',
    '0 0 L * *',
    '0 0 * * 1#2',
    '@daily',
    '0 0 0 * * *',
    'R * * * *',
  ])('refuses %s', (text) => {
    expect(() => pattern(text, 'cronlytic')).toThrow(Refusal);
  });
});
