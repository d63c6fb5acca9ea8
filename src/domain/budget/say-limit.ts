import type { Limit } from './budget.ts';

/** `the budget of the task, $5 a day`. A tag is the task's own text and stands in quotes. */
export function sayLimit({ scope, period, measure, amount }: Limit): string {
  const whose = scope.kind === 'tag' ? `the tag ${JSON.stringify(scope.tag)}` : `the ${scope.kind}`;
  return `${BUDGET_OF}${whose}, ${sayAmount(measure, amount)} a ${period}`;
}

const BUDGET_OF = 'the budget of ';

/** Whether a run is held for a budget, by the reason that it is held for. */
export function isBudgetReason(reason: string): boolean {
  return reason.startsWith(BUDGET_OF);
}

/** Whether that budget is the one of its task. */
export function isTaskBudget(reason: string): boolean {
  return reason.startsWith(`${BUDGET_OF}the task,`);
}

export function sayAmount(measure: Limit['measure'], amount: number): string {
  return measure === 'usd' ? `$${String(amount)}` : `${String(amount)} tokens`;
}

/** Why a run was not begun under this bound. */
export function sayRefused(limit: Limit, why: 'spent' | 'too_little_left'): string {
  return why === 'spent'
    ? `It did not start: ${sayLimit(limit)} is used up.`
    : `It did not start: what is left of ${sayLimit(limit)} is less than its runs usually take.`;
}
