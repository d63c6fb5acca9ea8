import type { LedgerOutcome } from './ledger.ts';
import type { NextOccurrence, Task } from './task.ts';

/** An occurrence that is to become a run. */
export type PlannedRun = {
  readonly scheduledFor: Temporal.Instant;
  readonly readyAt: Temporal.Instant;
  readonly coversSince: Temporal.Instant;
  readonly missedCount: number;
  /** Caught-up runs of `all` wait for one another whatever the overlap policy says. */
  readonly isCatchUp: boolean;
};

/** A stretch of occurrences that is given up. */
export type MissedStretch = {
  readonly from: Temporal.Instant;
  readonly to: Temporal.Instant;
  readonly count: number;
  readonly isCountExact: boolean;
  readonly reason: Extract<LedgerOutcome, { kind: 'missed' }>['reason'];
};

/** What becomes of a due task: decided here and nowhere else. */
export type Plan = {
  readonly runs: readonly PlannedRun[];
  readonly missed: readonly MissedStretch[];
  /** Absent when the schedule has run out: the task ends. */
  readonly next: NextOccurrence | undefined;
  /** Everything up to here is covered once the plan is applied. */
  readonly coveredUntil: Temporal.Instant;
};

/** The next occurrence once `runsMade` runs of the plan have been made: none after the task's last run. */
export function nextAfterRuns(
  task: Task,
  plan: Plan,
  runsMade: number,
): NextOccurrence | undefined {
  const runsMax = task.definition.schedule?.runsMax;
  const isSpent = runsMax !== undefined && task.runsPlanned + runsMade >= runsMax;
  return isSpent ? undefined : plan.next;
}
