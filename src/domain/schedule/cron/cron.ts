import { Refusal } from '../../refusal.ts';
import type { CronDialect, Rule } from '../schedule.ts';
import { zoneNamed } from '../zone.ts';
import { dayNumberOf } from './civil.ts';
import { compileCron, type CompiledCron } from './compile.ts';
import { matchingDayFrom } from './days.ts';
import { type CronFields, printFields } from './fields.ts';
import { nextSecond } from './next-second.ts';
import { parseCronFields } from './parse-cron.ts';
import { warningsFor } from './warnings.ts';

export type CronRule = Extract<Rule, { kind: 'cron' }>;

export type CronReading = {
  readonly rule: CronRule;
  /** The zone given, or the one a prefix of the expression names. */
  readonly zone: string;
  readonly warnings: readonly string[];
};

/**
 * Reads a cron expression and translates it to the normal form. Refuses what the dialect does not
 * know; what never occurs is read all the same, because one older system accepts it.
 */
export function parseCron(text: string, dialect: CronDialect, zone: string): CronReading {
  const { fields, zone: zoneOfText } = parseCronFields(text, dialect);
  const rule: CronRule = {
    kind: 'cron',
    source: text,
    dialect,
    pattern: printFields(fields),
    ...(fields.years === undefined ? {} : { years: fields.years }),
  };
  return { rule, zone: zoneOfText ?? zoneNamed(zone), warnings: warningsFor(fields) };
}

/** Refuses a rule whose date never comes, such as 30 February. */
export function requireOccurrence(rule: CronRule): void {
  const cron = prepared(rule).compiled;
  if (matchingDayFrom(cron, dayNumberOf(cron.years?.[0] ?? 2000, 1, 1)) !== undefined) return;
  throw new Refusal(
    'invalid',
    `"${rule.source.trim()}" never occurs: no month in it has such a day. Write a day that exists, "L" for the last day of the month, or other months.`,
  );
}

/** The rule's first occurrence strictly after `after`. */
export function nextCron(
  rule: CronRule,
  zone: string,
  after: Temporal.Instant,
): Temporal.Instant | undefined {
  const second = nextSecond(
    prepared(rule).compiled,
    zone,
    Math.floor(after.epochMilliseconds / 1_000),
  );
  return second === undefined ? undefined : Temporal.Instant.fromEpochMilliseconds(second * 1_000);
}

/** The fields of a rule's normal form, for descriptions and warnings. */
export function fieldsOf(rule: CronRule): CronFields {
  return prepared(rule).fields;
}

export function compiledOf(rule: CronRule): CompiledCron {
  return prepared(rule).compiled;
}

type Prepared = { readonly fields: CronFields; readonly compiled: CompiledCron };

/** About 1 KiB each; a process with more rules than this parses them again, 5 µs each. */
const PREPARED_MAX = 2_000;
const cache = new Map<string, Prepared>();

function prepared(rule: CronRule): Prepared {
  const key = rule.years === undefined ? rule.pattern : `${rule.pattern} ${rule.years.join(',')}`;
  const cached = cache.get(key);
  if (cached !== undefined) return cached;
  const { fields } = parseCronFields(rule.pattern, 'carillon');
  const whole: CronFields = { ...fields, years: rule.years };
  const entry = { fields: whole, compiled: compileCron(whole) };
  const oldest = cache.keys().next().value;
  if (cache.size >= PREPARED_MAX && oldest !== undefined) cache.delete(oldest);
  cache.set(key, entry);
  return entry;
}
