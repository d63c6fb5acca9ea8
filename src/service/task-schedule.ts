import type { TaskId } from '../domain/id.ts';
import { firstOccurrence } from '../domain/plan-due.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Schedule } from '../domain/schedule/schedule.ts';
import type { NextOccurrence, Task } from '../domain/task.ts';
import { sayInstant } from './say-time.ts';

/** What moving a task on to a new schedule sets: everything before now is behind it. */
export type Restart = Pick<Task, 'next' | 'coveredUntil' | 'runsPlanned'>;

/** The plan of a task whose schedule is set now. Refuses a schedule that has nothing left. */
export function restart(
  id: TaskId,
  schedule: Schedule | undefined,
  now: Temporal.Instant,
): Restart {
  if (schedule === undefined) return { next: undefined, coveredUntil: now, runsPlanned: 0 };
  const next = firstOccurrence(id, schedule, now);
  if (next === undefined) {
    throw new Refusal(
      'invalid',
      `Nothing would ever run: ${JSON.stringify(schedule.source.slice(0, 200))} has no occurrence after ${sayInstant(now, schedule.zone)}. Choose a later time, or leave out the end, the exclusions or the blackouts that remove the rest.`,
    );
  }
  return { next, coveredUntil: now, runsPlanned: 0 };
}

/** The first occurrence after `now` of a task that goes on; `undefined` when it has none left. */
export function nextAfter(task: Task, now: Temporal.Instant): NextOccurrence | undefined {
  const { schedule } = task.definition;
  if (schedule === undefined) return undefined;
  if (schedule.runsMax !== undefined && task.runsPlanned >= schedule.runsMax) return undefined;
  return firstOccurrence(task.id, schedule, now);
}

/**
 * From where a task goes on that is changed now. The clock may have been set back behind what is
 * covered already, and nothing is to be covered twice.
 */
export function resumesAfter(task: Task, now: Temporal.Instant): Temporal.Instant {
  return Temporal.Instant.compare(now, task.coveredUntil) < 0 ? task.coveredUntil : now;
}

export function isDue(task: Task, now: Temporal.Instant): boolean {
  return (
    task.state === 'active' &&
    task.next !== undefined &&
    Temporal.Instant.compare(task.next.dueAt, now) <= 0
  );
}
