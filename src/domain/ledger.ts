import type { RunId, TaskId } from './id.ts';

/**
 * What became of due occurrences. Every due occurrence of a task is covered by exactly one entry,
 * and entries of a task never overlap.
 */
export type LedgerEntry = {
  readonly taskId: TaskId;
  /** The occurrence; the first one of a stretch. */
  readonly from: Temporal.Instant;
  /** The last occurrence of the stretch; equal to `from` for a single one. */
  readonly to: Temporal.Instant;
  /** Occurrences covered. */
  readonly count: number;
  /** Whether `count` is exact; a very long stretch is counted up to a bound. */
  readonly isCountExact: boolean;
  readonly recordedAt: Temporal.Instant;
} & LedgerOutcome;

export type LedgerOutcome =
  | { readonly kind: 'run'; readonly runId: RunId }
  | { readonly kind: 'skipped'; readonly reason: 'overlap' | 'paused' | 'deleted' }
  | {
      readonly kind: 'missed';
      readonly reason: 'catch_up_none' | 'superseded' | 'window_passed' | 'too_many';
    };
