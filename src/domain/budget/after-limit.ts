import type { Transition } from '../attempt.ts';
import type { Run } from '../run.ts';
import { newQuestion, QUESTIONS_MAX } from '../success/question.ts';
import type { AskPolicy } from '../success/success-policy.ts';
import { askedLimit, budgetQuestion } from './allowance.ts';
import type { Limit } from './budget.ts';
import { nextPeriod } from './period.ts';
import { sayLimit } from './say-limit.ts';

/**
 * Where a run goes that came to this bound of a budget: it ends, a person is asked, or it is held until
 * the day or the month is over, if it may still start then.
 *
 * @param hasBegun whether the attempt used anything; one that did not is not counted.
 */
export function afterLimit(
  limit: Limit,
  hasBegun: boolean,
  run: Pick<Run, 'attempt' | 'deadlineAt' | 'questions'>,
  ask: AskPolicy,
  now: Temporal.Instant,
): Transition {
  const isPast = (at: Temporal.Instant): boolean =>
    run.deadlineAt !== undefined && Temporal.Instant.compare(at, run.deadlineAt) >= 0;
  if (limit.onLimit === 'ask') {
    if (isPast(now) || run.questions.length >= QUESTIONS_MAX) return { to: 'failed' };
    const asked = askedLimit(limit, run.questions);
    const text = budgetQuestion(limit, asked);
    const question = newQuestion({ kind: 'budget', limit: asked }, text, run.attempt, ask, now);
    return { to: 'waiting', question, counts: hasBegun };
  }
  if (limit.period === 'run' || limit.onLimit === 'skip') return { to: 'failed' };
  const until = nextPeriod(limit.period, now, limit.zone);
  if (isPast(until)) return { to: 'failed' };
  const reason = `${sayLimit(limit)} is used up`;
  return { to: 'held', until, reason, counts: hasBegun };
}
