/** The most that one attempt may use; absent is unbounded. */
export type Caps = {
  readonly usd: number | undefined;
  readonly tokens: number | undefined;
};

/** What was used: US dollars, and tokens in and out together. */
export type Spent = { readonly usd: number; readonly tokens: number };
export type Measure = keyof Spent;

export const NOTHING_SPENT: Spent = { usd: 0, tokens: 0 };

export const ON_LIMIT = ['skip', 'wait', 'ask'] as const;

/**
 * What becomes of a run for which no budget is left: it ends as failed, is held until the next period,
 * or waits until a person has said whether it may use more.
 */
export type OnLimit = (typeof ON_LIMIT)[number];

/** The most that runs may use: one of them, and all of a day or a month of the zone they count in. */
export type Budget = {
  readonly usdPerRun: number | undefined;
  readonly tokensPerRun: number | undefined;
  readonly usdPerDay: number | undefined;
  readonly usdPerMonth: number | undefined;
  readonly tokensPerDay: number | undefined;
  readonly tokensPerMonth: number | undefined;
  readonly onLimit: OnLimit;
};

export const NO_BUDGET: Budget = {
  usdPerRun: undefined,
  tokensPerRun: undefined,
  usdPerDay: undefined,
  usdPerMonth: undefined,
  tokensPerDay: undefined,
  tokensPerMonth: undefined,
  onLimit: 'skip',
};

/** Whose budget it is. */
export type BudgetScope =
  | { readonly kind: 'task' }
  | { readonly kind: 'tag'; readonly tag: string }
  | { readonly kind: 'daemon' };

export type BudgetPeriod = 'run' | 'day' | 'month';

/** One bound of a budget. */
export type Limit = {
  readonly scope: BudgetScope;
  readonly period: BudgetPeriod;
  readonly measure: Measure;
  readonly amount: number;
  readonly onLimit: OnLimit;
  /** IANA zone in which its days and months begin. */
  readonly zone: string;
};

/** The bounds that a budget sets, the narrowest period first. */
export function limitsOf(scope: BudgetScope, budget: Budget, zone: string): readonly Limit[] {
  const limit = (period: BudgetPeriod, measure: Measure, amount: number | undefined) =>
    amount === undefined ? [] : [{ scope, period, measure, amount, onLimit: budget.onLimit, zone }];
  return [
    ...limit('run', 'usd', budget.usdPerRun),
    ...limit('run', 'tokens', budget.tokensPerRun),
    ...limit('day', 'usd', budget.usdPerDay),
    ...limit('day', 'tokens', budget.tokensPerDay),
    ...limit('month', 'usd', budget.usdPerMonth),
    ...limit('month', 'tokens', budget.tokensPerMonth),
  ];
}
