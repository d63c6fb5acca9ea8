import type { LedgerEntry } from '../domain/ledger.ts';
import { occurrencesOf } from '../domain/schedule/occurrences.ts';
import type { Task } from '../domain/task.ts';

/** Occurrences of a long pause are counted up to this many. */
const SKIPPED_COUNT_MAX = 10_000;

/** The entry that covers the occurrences that fell into a task's pause, or deletion; none when none did. */
export function pauseEntries(
  task: Task,
  now: Temporal.Instant,
  reason: 'paused' | 'deleted' = 'paused',
): readonly LedgerEntry[] {
  const { schedule } = task.definition;
  if (schedule === undefined || hasRunOut(task)) return [];
  const occurrences = occurrencesOf(schedule);
  const from = occurrences.next(task.coveredUntil);
  if (from === undefined || Temporal.Instant.compare(from, now) > 0) return [];
  const to = occurrences.latest(task.coveredUntil, now) ?? from;
  const { count, isExact } = occurrences.count(task.coveredUntil, now, SKIPPED_COUNT_MAX);
  return [
    {
      taskId: task.id,
      from,
      to,
      count,
      isCountExact: isExact,
      recordedAt: now,
      kind: 'skipped',
      reason,
    },
  ];
}

function hasRunOut(task: Task): boolean {
  const runsMax = task.definition.schedule?.runsMax;
  return runsMax !== undefined && task.runsPlanned >= runsMax;
}
