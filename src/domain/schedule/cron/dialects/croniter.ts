import { CARILLON } from './carillon.ts';
import type { DialectTable } from '../dialect.ts';

/** Python's croniter, as MCP Scheduler and claude-runner use it: seconds are the last field. */
export const CRONITER: DialectTable = {
  name: 'croniter',
  layouts: new Map([
    [5, ['minute', 'hour', 'day', 'month', 'weekday']],
    [6, ['minute', 'hour', 'day', 'month', 'weekday', 'second']],
    [7, ['minute', 'hour', 'day', 'month', 'weekday', 'second', 'year']],
  ]),
  layoutsInWords: 'five fields, six with seconds last, or seven with seconds and then the year',
  aliases: CARILLON.aliases,
  hasNames: true,
  weekdayMax: 7,
  questionMark: 'day_fields',
  wraps: 'accepted',
  longSteps: 'clamped',
  starInDisguise: 'restricted',
  hasLastDay: true,
  hasNearestWeekday: false,
  hasNth: true,
  lastOfWeekday: 'prefix',
  hasJoinedDays: false,
  hasZonePrefix: false,
  refusedLetters: new Map([
    ['H', '"H" (a hashed value) is refused here; write a number'],
    ['R', '"R" (a random value) gives another time at each look; write a number and use jitter'],
    ['W', '"W" (nearest weekday) is not part of croniter; use the "carillon" dialect for it'],
  ]),
};
