import type { Spent } from '../domain/budget/budget.ts';

/** Something that a task remembers from one run to the next. */
export type TaskNote = { readonly key: string; readonly value: string };

/** What an attempt leaves behind beside its result. */
export type Kept = {
  /** Kept only when the run has succeeded, so that a run that failed is done over. */
  readonly notes: readonly TaskNote[];
  /** What was not used, because the run had nothing to do. */
  readonly saved: Spent | undefined;
};
