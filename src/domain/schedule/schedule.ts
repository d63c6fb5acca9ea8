/** The cron alphabets that are understood by name; `carillon` is the default. */
export type CronDialect = 'carillon' | 'croniter' | 'robfig' | 'cronlytic';

/** One rule that yields occurrences. */
export type Rule =
  | { readonly kind: 'once'; readonly at: Temporal.Instant }
  | { readonly kind: 'every'; readonly intervalMs: number; readonly anchor: Temporal.Instant }
  | {
      readonly kind: 'cron';
      /** The author's text, kept as written. */
      readonly source: string;
      readonly dialect: CronDialect;
      /** The normal form that the source was translated to: five or six fields, seconds first. */
      readonly pattern: string;
      /** The only years with occurrences, ascending; absent for every year. Older dialects have them. */
      readonly years?: readonly number[];
    }
  | {
      readonly kind: 'rrule';
      /** The RRULE value without its property name (RFC 5545, 3.3.10). */
      readonly source: string;
      /** Local start of the recurrence in the schedule's zone. */
      readonly start: Temporal.PlainDateTime;
    };

/** A daily or weekly stretch of local time in which the schedule has no occurrences. */
export type Blackout = {
  /** Local time of day at which it begins, inclusive. */
  readonly from: Temporal.PlainTime;
  /** Local time of day at which it ends, exclusive; earlier than `from` means the next day. */
  readonly to: Temporal.PlainTime;
  /** ISO weekdays (1 = Monday … 7 = Sunday) on which it begins; empty means every day. */
  readonly weekdays: readonly number[];
};

/** When a task's occurrences are. It is a rule with its zone, never a list. */
export type Schedule = {
  /** What the author wrote, kept as written. */
  readonly source: string;
  readonly rule: Rule;
  /** IANA time zone name. */
  readonly zone: string;
  /** Local dates without occurrences. */
  readonly exclusions: readonly Temporal.PlainDate[];
  readonly blackouts: readonly Blackout[];
  /** No occurrence before it. */
  readonly startAt: Temporal.Instant | undefined;
  /** No occurrence after it. */
  readonly endAt: Temporal.Instant | undefined;
  /** The most occurrences that may become runs; the task ends afterwards. */
  readonly runsMax: number | undefined;
  /** The longest random delay of an occurrence, in milliseconds; 0 for none. */
  readonly jitterMs: number;
  /** What was assumed when the source was read, for the receipt; absent when nothing was. */
  readonly notes?: readonly string[];
};
