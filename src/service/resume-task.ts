import { requireScope, type Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Task } from '../domain/task.ts';
import { answerTask } from './answer-task.ts';
import { changeTask, revisionCheck, type TaskChange } from './change-task.ts';
import { pauseEntries } from './pause-entries.ts';
import type { ServicePorts, TaskRef, TaskWithReceipt } from './services.ts';
import { nextAfter, resumesAfter } from './task-schedule.ts';

/**
 * Lets a paused task go on from now. What fell into the pause is skipped and stays so; a task that
 * has nothing left after it ends. An active task stays as it is.
 */
export async function resumeTask(
  ports: ServicePorts,
  principal: Principal,
  ref: TaskRef,
  revision?: number,
): Promise<TaskWithReceipt> {
  requireScope(principal, 'tasks:write');
  const checkRevision = revisionCheck(revision);
  const { task, isChanged } = await changeTask(ports, principal, ref, (current, now) => {
    checkRevision(current);
    switch (current.state) {
      case 'active':
        return undefined;
      case 'paused':
        return resume(current, now);
      case 'ended':
        return revive(current, now);
    }
  });
  return answerTask(ports, task, !isChanged);
}

function resume(task: Task, now: Temporal.Instant): TaskChange {
  const entries = pauseEntries(task, now);
  const from = resumesAfter(task, now);
  const next = nextAfter(task, from);
  const moved = { ...task, next, coveredUntil: from, stateAt: now };
  if (task.definition.schedule !== undefined && next === undefined) {
    const stateReason = 'Its last occurrence fell into a pause.';
    return { task: { ...moved, state: 'ended', stateReason }, change: 'task.ended', entries };
  }
  return {
    task: { ...moved, state: 'active', stateReason: undefined },
    change: 'task.resumed',
    entries,
  };
}

/** A task may have been ended by something other than its schedule; then it can go on. */
function revive(task: Task, now: Temporal.Instant): TaskChange {
  const from = resumesAfter(task, now);
  const next = nextAfter(task, from);
  if (next === undefined) {
    throw new Refusal(
      'conflict',
      `The task ${JSON.stringify(task.definition.name)} has ended: its schedule has no occurrence left. Give it a new schedule with update_task, or run it once with run_task.`,
    );
  }
  return {
    task: {
      ...task,
      state: 'active',
      stateReason: undefined,
      stateAt: now,
      next,
      coveredUntil: from,
    },
    change: 'task.resumed',
    entries: [],
  };
}
