import { RRuleTemporal } from 'rrule-temporal';
import type { Rule } from '../schedule.ts';

export type RruleRule = Extract<Rule, { kind: 'rrule' }>;

const PARSED_MAX = 64;
/** A rule that has no match in so many of its periods is taken to have none at all. */
const PERIODS_MAX = 10_000;

const cache = new Map<string, RRuleTemporal>();

/**
 * The rule's first occurrence strictly after `after`. Local times that do not exist are left out, as
 * RFC 5545 says; this is the only file that knows the library.
 */
export function nextRrule(
  rule: RruleRule,
  zone: string,
  after: Temporal.Instant,
): Temporal.Instant | undefined {
  try {
    const found = parsed(rule, zone).next(after.toZonedDateTimeISO(zone));
    return found === null
      ? undefined
      : Temporal.Instant.fromEpochMilliseconds(found.epochMilliseconds);
  } catch (error) {
    // The library has no other sign for "gave up searching".
    if (error instanceof Error && error.message.startsWith('Maximum ')) return undefined;
    throw error;
  }
}

function parsed(rule: RruleRule, zone: string): RRuleTemporal {
  const key = `${zone} ${rule.start.toString()} ${rule.source}`;
  const cached = cache.get(key);
  if (cached !== undefined) return cached;
  const entry = new RRuleTemporal({
    rruleString: `RRULE:${rule.source}`,
    dtstart: rule.start.toZonedDateTime(zone),
    tzid: zone,
    maxIterations: PERIODS_MAX,
    cache: false,
  });
  const oldest = cache.keys().next().value;
  if (cache.size >= PARSED_MAX && oldest !== undefined) cache.delete(oldest);
  cache.set(key, entry);
  return entry;
}
