import { allowanceUnder, type AskedLimit, type Question } from '../success/question.ts';
import type { Limit } from './budget.ts';
import { sayAmount, sayLimit } from './say-limit.ts';

/** The bounds as they are for a run whose questions a person has answered. */
export function widenedLimits(
  limits: readonly Limit[],
  questions: readonly Question[],
): readonly Limit[] {
  if (questions.length === 0) return limits;
  return limits.map((limit) => ({
    ...limit,
    amount: limit.amount + allowanceUnder(limit, questions),
  }));
}

/** What one more of a bound comes to: what it was before a person allowed more of it. */
export function askedLimit(limit: Limit, questions: readonly Question[]): AskedLimit {
  const { scope, period, measure } = limit;
  return { scope, period, measure, amount: limit.amount - allowanceUnder(limit, questions) };
}

/** In our words: `The budget of the task, $1 a run, is used up. May it use another $1?` */
export function budgetQuestion(limit: Limit, asked: AskedLimit): string {
  const more = sayAmount(asked.measure, asked.amount);
  return `It was stopped: ${sayLimit(limit)} is used up. May this run use another ${more}? Answer yes, no, or an amount.`;
}

const YES = /^(?:y|yes|ok|okay|go on|sure)[.!]?$/i;
const NO = /^(?:n|no|stop|nope)[.!]?$/i;
const AMOUNT = /^\$?\s?(\d{1,12}(?:\.\d{1,6})?)\s?(?:\$|usd|dollars?|tokens?)?$/i;

/** What a person allows: 0 for nothing more, `undefined` for words that say neither. */
export function readAllowance(
  text: string,
  { amount, measure }: Pick<AskedLimit, 'amount' | 'measure'>,
): number | undefined {
  if (YES.test(text)) return amount;
  if (NO.test(text)) return 0;
  const digits = AMOUNT.exec(text)?.[1];
  if (digits === undefined) return undefined;
  const given = Number(digits);
  return measure === 'tokens' && !Number.isInteger(given) ? undefined : given;
}
