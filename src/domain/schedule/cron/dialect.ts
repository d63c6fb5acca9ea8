import type { CronDialect } from '../schedule.ts';
import type { FieldName } from './fields.ts';

/** What one cron alphabet allows. A dialect is such a table and nothing else. */
export type DialectTable = {
  readonly name: CronDialect;
  /** The order of the fields, by how many there are. */
  readonly layouts: ReadonlyMap<number, readonly FieldName[]>;
  /** How a refusal names the layouts. */
  readonly layoutsInWords: string;
  /** What each `@` form stands for, in this dialect's own field order. */
  readonly aliases: ReadonlyMap<string, string>;
  /** Month and weekday names of three letters, in any case. */
  readonly hasNames: boolean;
  /** 7 when Sunday may also be written 7. */
  readonly weekdayMax: 6 | 7;
  readonly questionMark: 'day_fields' | 'any_field' | 'refused';
  /** A range may run backwards, over the end of the field. */
  readonly wraps: 'accepted' | 'refused';
  /** A step above the size of its field matches the first value only. */
  readonly longSteps: 'clamped' | 'refused';
  /** Whether a star with step 1, or among other items, still counts as "every day" beside the other day field. */
  readonly starInDisguise: 'all' | 'restricted';
  readonly hasLastDay: boolean;
  /** `LW` and `15W`. */
  readonly hasNearestWeekday: boolean;
  /** `2#3`, the third Tuesday. */
  readonly hasNth: boolean;
  /** The last Friday: `5L`, `L5`, or not at all. */
  readonly lastOfWeekday: 'suffix' | 'prefix' | 'refused';
  /** `+` before the weekdays makes both day fields necessary. */
  readonly hasJoinedDays: boolean;
  /** `CRON_TZ=Zone ` or `TZ=Zone ` may come before the fields. */
  readonly hasZonePrefix: boolean;
  /** Letters other crons know, and what to write instead of them here. */
  readonly refusedLetters: ReadonlyMap<string, string>;
};
