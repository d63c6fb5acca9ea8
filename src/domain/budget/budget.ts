/** The most that one attempt may use; absent is unbounded. */
export type Caps = {
  readonly usd: number | undefined;
  readonly tokens: number | undefined;
};

/**
 * What becomes of a run for which no budget is left: it ends as failed, it waits for a person, or it
 * is held until the next day or month begins.
 */
export type OnLimit = 'skip' | 'ask' | 'wait';

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
