import type { Transition } from '../attempt.ts';
import type { Limit } from './budget.ts';
import { nextPeriod } from './period.ts';
import { sayLimit } from './say-limit.ts';

/**
 * Where a run goes that came to this bound of a budget: it ends, or it is held until the day or the
 * month is over, if it may still start then.
 *
 * @param hasBegun whether the attempt used anything; one that did not is not counted.
 */
export function afterLimit(
  limit: Limit,
  hasBegun: boolean,
  now: Temporal.Instant,
  deadlineAt: Temporal.Instant | undefined,
): Transition {
  if (limit.period === 'run' || limit.onLimit === 'skip') return { to: 'failed' };
  const until = nextPeriod(limit.period, now, limit.zone);
  if (deadlineAt !== undefined && Temporal.Instant.compare(until, deadlineAt) >= 0) {
    return { to: 'failed' };
  }
  const reason = `${sayLimit(limit)} is used up`;
  return { to: 'held', until, reason, counts: hasBegun };
}
