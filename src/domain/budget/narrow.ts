import { limitsOf, NO_BUDGET, type Budget } from './budget.ts';

/** Whether a budget lets more be used than the one before it. */
export function isWider(before: Budget | undefined, after: Budget | undefined): boolean {
  if (before === undefined) return false;
  const bounds = limitsOf({ kind: 'task' }, after ?? NO_BUDGET, 'UTC');
  return limitsOf({ kind: 'task' }, before, 'UTC').some(
    (old) =>
      !bounds.some(
        (bound) =>
          bound.period === old.period &&
          bound.measure === old.measure &&
          bound.amount <= old.amount,
      ),
  );
}

/** The tighter of two budgets, bound by bound: what a task may have that is made under another. */
export function narrowed(outer: Budget | undefined, own: Budget | undefined): Budget | undefined {
  if (outer === undefined || own === undefined) return own ?? outer;
  return {
    usdPerRun: least(outer.usdPerRun, own.usdPerRun),
    tokensPerRun: least(outer.tokensPerRun, own.tokensPerRun),
    usdPerDay: least(outer.usdPerDay, own.usdPerDay),
    usdPerMonth: least(outer.usdPerMonth, own.usdPerMonth),
    tokensPerDay: least(outer.tokensPerDay, own.tokensPerDay),
    tokensPerMonth: least(outer.tokensPerMonth, own.tokensPerMonth),
    onLimit: own.onLimit,
  };
}

function least(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.min(one, other);
}
