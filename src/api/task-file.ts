import type { z } from 'zod';
import type { Json, JsonObject } from '../domain/json.ts';
import { Refusal } from '../domain/refusal.ts';
import { parseWhen } from '../domain/schedule/parse-when.ts';
import { receiptFor } from '../domain/schedule/receipt.ts';
import { encodeSchedule } from '../domain/schedule/schedule-json.ts';
import type { Schedule } from '../domain/schedule/schedule.ts';
import type { Task } from '../domain/task.ts';
import { viewAction } from './action-view.ts';
import { viewPolicies } from './policies-view.ts';
import { viewSchedule } from './schedule-view.ts';
import { createTaskInput } from './task-input.ts';

/** A task in a file: what `create_task` takes. */
export const taskInFile = createTaskInput.omit({ idempotency_key: true });
export type TaskInFile = z.output<typeof taskInFile>;

/**
 * The task as `create_task` takes it, so that reading it makes the same task. Values that look like
 * secrets stay hidden, and are refused when they are read.
 *
 * @param nameOf the name of a task that this one follows.
 */
export function taskForFile(
  { definition, state }: Task,
  nameOf: (id: string) => string | undefined,
  now: Temporal.Instant,
): JsonObject {
  const { name, description, schedule, after, action, policies, tags } = definition;
  const followed = after && nameOf(after.taskId);
  return withoutNothing({
    name,
    description: description ?? null,
    ...(schedule === undefined ? {} : scheduleForFile(schedule, now)),
    after: after && followed ? { task: followed, outcomes: after.outcomes } : null,
    action: withoutNothing(viewAction(action)),
    ...viewPolicies(policies),
    tags: tags.length === 0 ? null : tags,
    paused: state === 'paused' ? true : null,
  });
}

function scheduleForFile(schedule: Schedule, now: Temporal.Instant): JsonObject {
  const { exclude, blackouts, start, end, runs_max, jitter } = viewSchedule(schedule);
  return {
    when: whenForFile(schedule, now),
    timezone: schedule.zone,
    exclude: exclude.length === 0 ? null : exclude,
    blackouts:
      blackouts.length === 0
        ? null
        : blackouts.map(({ from, to, weekdays }) =>
            weekdays.length === 0 ? { from, to } : { from, to, weekdays },
          ),
    start,
    end,
    runs_max,
    jitter: schedule.jitterMs === 0 ? null : jitter,
  };
}

/** The author's words where they mean the same at any time, else the rule's normal form. */
function whenForFile(schedule: Schedule, now: Temporal.Instant): string {
  const ruleOf = (one: Schedule) => JSON.stringify(encodeSchedule(one).rule);
  try {
    const later = now.add({ minutes: 1 });
    const context = { zone: schedule.zone, now: later, intervalMsMin: 1 };
    const again = parseWhen(schedule.source, {}, context);
    if (again.zone === schedule.zone && ruleOf(again) === ruleOf(schedule)) return schedule.source;
  } catch (error) {
    // Words about a time that is past are refused.
    if (!(error instanceof Refusal)) throw error;
  }
  return receiptFor(schedule, now, 1).canonical;
}

function withoutNothing(fields: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      value === null || value === undefined ? [] : [[name, value] as const],
    ),
  );
}

/** Whether everything that a file says holds already. @param defaults what `held` leaves out. */
export function holds(held: JsonObject, said: object, defaults: JsonObject): boolean {
  return Object.entries(said).every(
    ([name, value]) => value === undefined || isEqual(value, held[name] ?? defaults[name]),
  );
}

function isEqual(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) {
    return one === other;
  }
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => isEqual((one as JsonObject)[key], (other as JsonObject)[key]))
  );
}
