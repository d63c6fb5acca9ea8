import type { DialectTable } from '../dialect.ts';

/** Go's robfig/cron v3 with its five-field parser, as clicrontab uses it. */
export const ROBFIG: DialectTable = {
  name: 'robfig',
  layouts: new Map([[5, ['minute', 'hour', 'day', 'month', 'weekday']]]),
  layoutsInWords: 'exactly five fields (minute, hour, day of month, month, day of week)',
  aliases: new Map(),
  hasNames: true,
  weekdayMax: 6,
  questionMark: 'any_field',
  wraps: 'refused',
  longSteps: 'clamped',
  starInDisguise: 'all',
  hasLastDay: false,
  hasNearestWeekday: false,
  hasNth: false,
  lastOfWeekday: 'refused',
  hasJoinedDays: false,
  hasZonePrefix: true,
  refusedLetters: new Map(),
};
