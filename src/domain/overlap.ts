import type { OverlapPolicy } from './policies.ts';

/** What becomes of a new run while others of the same task are unfinished. */
export type OverlapDecision =
  /** It may start as soon as a worker is free. */
  | 'start'
  /** It waits until a run of its task has ended. */
  | 'wait'
  /** There is no run. */
  | 'skip'
  /** The unfinished runs are cancelled, and it waits until they have ended. */
  | 'replace';

/** A task's runs that have not ended. */
export type Unfinished = {
  /** Runs that are in progress or may start at any moment. */
  readonly open: number;
  /** Runs that wait behind those. */
  readonly waiting: number;
};

/**
 * @param concurrency the most runs of the task at once: with `allow`, unlimited unless said.
 */
export function decideOverlap(
  policy: OverlapPolicy,
  unfinished: Unfinished,
  concurrency: number | undefined,
): OverlapDecision {
  const limit = concurrency ?? (policy === 'allow' ? Infinity : 1);
  if (unfinished.open + unfinished.waiting < limit) return 'start';
  switch (policy) {
    case 'allow':
    case 'queue_all':
      return 'wait';
    case 'queue_one':
      return unfinished.waiting === 0 ? 'wait' : 'skip';
    case 'skip':
      return 'skip';
    case 'replace':
      return 'replace';
  }
}
