import type { DialectTable } from '../dialect.ts';

/** The default: five fields or six with seconds first, as OCPS 1.3 with `LW` (design/time.md, 1 and 3). */
export const CARILLON: DialectTable = {
  name: 'carillon',
  layouts: new Map([
    [5, ['minute', 'hour', 'day', 'month', 'weekday']],
    [6, ['second', 'minute', 'hour', 'day', 'month', 'weekday']],
  ]),
  layoutsInWords:
    'five fields (minute, hour, day of month, month, day of week), or six with seconds first',
  aliases: new Map([
    ['@yearly', '0 0 1 1 *'],
    ['@annually', '0 0 1 1 *'],
    ['@monthly', '0 0 1 * *'],
    ['@weekly', '0 0 * * 0'],
    ['@daily', '0 0 * * *'],
    ['@midnight', '0 0 * * *'],
    ['@hourly', '0 * * * *'],
  ]),
  hasNames: true,
  weekdayMax: 7,
  questionMark: 'day_fields',
  wraps: 'refused',
  longSteps: 'refused',
  starInDisguise: 'restricted',
  hasLastDay: true,
  hasNearestWeekday: true,
  hasNth: true,
  lastOfWeekday: 'suffix',
  hasJoinedDays: true,
  hasZonePrefix: false,
  refusedLetters: new Map([
    ['H', '"H" (a hashed value) is Jenkins\' own; write a number and use jitter to spread runs'],
    ['R', '"R" (a random value) is not repeatable; write a number and use jitter to spread runs'],
  ]),
};
