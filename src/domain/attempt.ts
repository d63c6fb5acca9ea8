import { usageHeldUntil } from './budget/usage-hold.ts';
import type { Outcome } from './outcome.ts';
import type { RetryPolicy } from './policies.ts';
import type { Question } from './success/question.ts';

/** Where a run goes when an attempt has ended. */
export type Transition =
  | { readonly to: 'succeeded' }
  | { readonly to: 'cancelled' }
  | { readonly to: 'failed' }
  | { readonly to: 'retrying'; readonly readyAt: Temporal.Instant }
  /** It waits until then for something that is not its fault, and is granted another attempt. */
  | {
      readonly to: 'held';
      readonly until: Temporal.Instant;
      readonly reason: string;
      /** Whether the attempt counts as one; an attempt that began nothing leaves no trace. */
      readonly counts: boolean;
      /** The pool that is held as well, with every other run that draws on it. */
      readonly pool?: string;
    }
  /** It waits for a person, and is granted another attempt. */
  | {
      readonly to: 'waiting';
      readonly question: Question;
      /** As with `held`. */
      readonly counts: boolean;
    };

/**
 * Where a run goes after its attempt number `attempt` (1-based) ended with `outcome`.
 *
 * @param random a number in [0, 1) that spreads the retries of runs that failed together.
 * @param deadlineAt no attempt begins at or after it.
 */
export function afterAttempt(
  outcome: Outcome,
  attempt: number,
  retry: RetryPolicy,
  now: Temporal.Instant,
  random: number,
  deadlineAt: Temporal.Instant | undefined,
): Transition {
  switch (outcome.kind) {
    case 'succeeded':
      return { to: 'succeeded' };
    case 'cancelled':
      return { to: 'cancelled' };
    case 'failed':
      if (outcome.reason === 'usage_limit') {
        return holdOrFail(outcome.retryAt, attempt, now, deadlineAt);
      }
      return outcome.retryable
        ? retryOrFail(attempt, retry, now, random, deadlineAt)
        : { to: 'failed' };
    case 'timed_out':
      return retryOrFail(attempt, retry, now, random, deadlineAt);
    case 'lost':
      return retry.retriesLost
        ? retryLost(attempt, retry, now, random, deadlineAt)
        : { to: 'failed' };
  }
}

/** A closed usage window opens again by itself, so waiting for it does not use up the retries. */
function holdOrFail(
  retryAt: Temporal.Instant | undefined,
  attempt: number,
  now: Temporal.Instant,
  deadlineAt: Temporal.Instant | undefined,
): Transition {
  const until = usageHeldUntil(retryAt, attempt, now);
  const isTooLate =
    until === undefined ||
    (deadlineAt !== undefined && Temporal.Instant.compare(until, deadlineAt) >= 0);
  return isTooLate
    ? { to: 'failed' }
    : { to: 'held', until, reason: 'the usage limit was reached', counts: true };
}

/** A lost attempt says nothing about the work, so one more is always granted when it may be repeated. */
function retryLost(
  attempt: number,
  retry: RetryPolicy,
  now: Temporal.Instant,
  random: number,
  deadlineAt: Temporal.Instant | undefined,
): Transition {
  const attemptsMax = Math.max(retry.attemptsMax, LOST_ATTEMPTS_MAX);
  return retryOrFail(attempt, { ...retry, attemptsMax, backoffMs: 0 }, now, random, deadlineAt);
}

/** Attempts granted to a run whose daemon keeps dying under it. */
const LOST_ATTEMPTS_MAX = 5;

function retryOrFail(
  attempt: number,
  retry: RetryPolicy,
  now: Temporal.Instant,
  random: number,
  deadlineAt: Temporal.Instant | undefined,
): Transition {
  if (attempt >= retry.attemptsMax) return { to: 'failed' };
  const readyAt = now.add({ milliseconds: backoffMsAfter(attempt, retry, random) });
  if (deadlineAt !== undefined && Temporal.Instant.compare(readyAt, deadlineAt) >= 0) {
    return { to: 'failed' };
  }
  return { to: 'retrying', readyAt };
}

/** The wait after attempt number `attempt`: exponential, bounded, and partly drawn at random. */
export function backoffMsAfter(attempt: number, retry: RetryPolicy, random: number): number {
  const full = Math.min(retry.backoffMs * retry.backoffFactor ** (attempt - 1), retry.backoffMsMax);
  return Math.round(full * (1 - retry.jitterRatio * random));
}
