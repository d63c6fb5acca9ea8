import type { LedgerEntry } from '../domain/ledger.ts';
import { MISFIRE_AFTER_MS } from '../domain/plan-due.ts';
import type { Task } from '../domain/task.ts';
import { sayDuration, sayInstant, sayLocal } from './say-time.ts';

type Gap = Exclude<LedgerEntry, { readonly kind: 'run' }>;

/** Why the occurrences of a gap did not run, in one sentence. */
export function sayGap(entry: Gap, task: Task, zone: string): string {
  return `${sayStretch(entry, zone)} ${sayReason(entry, task, zone)}`;
}

function sayStretch(entry: Gap, zone: string): string {
  if (entry.count === 1) return `The occurrence of ${sayInstant(entry.from, zone)}`;
  const count = entry.isCountExact ? `${entry.count}` : `More than ${entry.count}`;
  return `${count} occurrences from ${sayLocal(entry.from, zone)} to ${sayInstant(entry.to, zone)}`;
}

function sayReason(entry: Gap, task: Task, zone: string): string {
  const were = entry.count === 1 ? 'was' : 'were';
  switch (entry.reason) {
    case 'overlap':
      return `${were} skipped: a run of the task was unfinished and its overlap policy is "${task.definition.policies.overlap}".`;
    case 'paused':
      return `${were} skipped: the task was paused until ${sayLocal(entry.recordedAt, zone)}.`;
    case 'deleted':
      return `${were} skipped: the task was deleted until ${sayLocal(entry.recordedAt, zone)}.`;
    case 'catch_up_none':
      return `${were} missed: noticed only at ${sayLocal(entry.recordedAt, zone)}, more than ${sayDuration(MISFIRE_AFTER_MS)} late, and the task's catch-up is "none".`;
    case 'superseded':
      return `${were} missed: the daemon was not running or the machine slept until ${sayLocal(entry.recordedAt, zone)}, and catch-up "latest" runs only the latest of them.`;
    case 'window_passed':
      return `${were} missed: the daemon was not running or the machine slept until ${sayLocal(entry.recordedAt, zone)}, longer than the catch-up window (now ${sayDuration(task.definition.policies.catchUp.windowMs)}).`;
    case 'too_many':
      return `${were} missed: more had come due by ${sayLocal(entry.recordedAt, zone)} than are caught up at once.`;
  }
}
