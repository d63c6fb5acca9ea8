import { describe, expect, it } from 'vitest';
import { formatDurationMs, parseDurationMs } from '../../../src/domain/schedule/duration.ts';
import { Refusal } from '../../../src/domain/refusal.ts';

describe('lengths of time', () => {
  it.each([
    ['90s', 90_000],
    ['15m', 900_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['1w', 604_800_000],
    ['500ms', 500],
    ['1h30m', 5_400_000],
    ['PT15M', 900_000],
    ['pt1h30m', 5_400_000],
    ['P1D', 86_400_000],
    ['P1DT12H', 129_600_000],
    ['P2W', 1_209_600_000],
    ['PT0.5S', 500],
    ['20 minutes', 1_200_000],
    ['1 hour and 30 minutes', 5_400_000],
    ['2 hours, 5 minutes', 7_500_000],
    ['1.5h', 5_400_000],
    ['0s', 0],
  ])('%s is %i ms', (text, ms) => {
    expect(parseDurationMs(text)).toBe(ms);
  });

  it.each([
    '',
    '5',
    'm',
    '5x',
    '-5m',
    '5m5m',
    'P',
    'PT',
    'P1M',
    'P1Y',
    '1h and',
    '1e3s',
    '999999999999w',
    '٥m',
    '5 fortnights',
    'a'.repeat(10_000),
  ])('refuses %j', (text) => {
    expect(() => parseDurationMs(text)).toThrow(Refusal);
  });

  it.each([
    [0, '0s'],
    [500, '500ms'],
    [90_000, '1m30s'],
    [5_400_000, '1h30m'],
    [86_400_000, '1d'],
    [604_800_000, '1w'],
    [691_200_000, '8d'],
  ])('%i ms is written %s and reads back', (ms, text) => {
    expect(formatDurationMs(ms)).toBe(text);
    expect(parseDurationMs(text)).toBe(ms);
  });
});
