import type { DialectTable } from '../dialect.ts';

/** Cronlytic's local check: five fields of digits, `*`, `,`, `-` and `/`, read as croniter does. */
export const CRONLYTIC: DialectTable = {
  name: 'cronlytic',
  layouts: new Map([[5, ['minute', 'hour', 'day', 'month', 'weekday']]]),
  layoutsInWords: 'exactly five fields (minute, hour, day of month, month, day of week)',
  aliases: new Map(),
  hasNames: false,
  weekdayMax: 7,
  questionMark: 'refused',
  wraps: 'accepted',
  longSteps: 'clamped',
  starInDisguise: 'restricted',
  hasLastDay: false,
  hasNearestWeekday: false,
  hasNth: false,
  lastOfWeekday: 'refused',
  hasJoinedDays: false,
  hasZonePrefix: false,
  refusedLetters: new Map(),
};
