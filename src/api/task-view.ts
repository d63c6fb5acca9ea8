import { z } from 'zod';
import type { After } from '../domain/chain.ts';
import type { Lineage } from '../domain/delegation.ts';
import { sayOrigin } from '../domain/principal.ts';
import type { Task } from '../domain/task.ts';
import { summarizeAction, viewAction } from './action-view.ts';
import { viewPolicies } from './policies-view.ts';
import { type ScheduleView, scheduleView, viewSchedule } from './schedule-view.ts';
import { tellTime, timeIn, timeOrNull } from './times.ts';

const taskState = z.enum(['active', 'paused', 'ended']);

/** What tells tasks apart in a list. */
export const taskBriefView = z.object({
  id: z.string(),
  name: z.string(),
  state: taskState,
  when: z.string().nullable(),
  timezone: z.string(),
  next_at: z.string().nullable(),
  does: z.string(),
  tags: z.array(z.string()),
});
export type TaskBriefView = z.output<typeof taskBriefView>;

export const taskView = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  state: taskState,
  state_reason: z.string().nullable(),
  schedule: scheduleView.nullable(),
  after: z.object({ task_id: z.string(), outcomes: z.array(z.string()) }).nullable(),
  timezone: z.string(),
  next_at: z.string().nullable(),
  action: z.looseObject({ kind: z.string() }),
  policies: z.looseObject({}),
  tags: z.array(z.string()),
  version: z.number(),
  revision: z.number(),
  created_at: z.string(),
  updated_at: z.string(),
  created_by: z.string(),
  origin: z.object({
    principal: z.string(),
    client: z.string().nullable(),
    parent_run: z.string().nullable(),
  }),
  lineage: z.object({ parent_task: z.string(), depth: z.number(), ends_at: z.string() }).nullable(),
});
export type TaskView = z.output<typeof taskView>;

/** @param zone of times that no schedule gives a zone to. */
export function viewTaskBriefly(task: Task, zone: string): TaskBriefView {
  const { schedule } = task.definition;
  const timezone = schedule?.zone ?? zone;
  return {
    id: task.id,
    name: task.definition.name,
    state: task.state,
    when: schedule?.source ?? sayAfter(task.definition.after),
    timezone,
    next_at: timeOrNull(timezone, task.next?.dueAt),
    does: summarizeAction(task.definition.action),
    tags: [...task.definition.tags],
  };
}

export function viewTask(task: Task, zone: string): TaskView {
  const { definition, origin, lineage } = task;
  const timezone = definition.schedule?.zone ?? zone;
  return {
    id: task.id,
    name: definition.name,
    description: definition.description ?? null,
    state: task.state,
    state_reason: task.stateReason ?? null,
    schedule: definition.schedule === undefined ? null : viewSchedule(definition.schedule),
    after: viewAfter(definition.after),
    timezone,
    next_at: timeOrNull(timezone, task.next?.dueAt),
    action: viewAction(definition.action) as TaskView['action'],
    policies: { ...viewPolicies(definition.policies) },
    tags: [...definition.tags],
    version: task.version,
    revision: task.revision,
    created_at: timeIn(timezone, task.createdAt),
    updated_at: timeIn(timezone, task.updatedAt),
    created_by: sayOrigin(origin),
    origin: {
      principal: origin.principal,
      client: origin.client ?? null,
      parent_run: origin.parentRunId ?? null,
    },
    lineage: lineage === undefined ? null : viewLineage(lineage, timezone),
  };
}

function viewAfter(after: After | undefined): TaskView['after'] {
  return after === undefined ? null : { task_id: after.taskId, outcomes: [...after.outcomes] };
}

function sayAfter(after: After | undefined): string | null {
  return after === undefined ? null : `after ${after.taskId}`;
}

function viewLineage({ parentTaskId, depth, endsAt }: Lineage, zone: string) {
  return { parent_task: parentTaskId, depth, ends_at: timeIn(zone, endsAt) };
}

/** One line of a list. */
export function tellTaskBriefly(task: TaskBriefView, now: Temporal.Instant): string {
  const when = task.when === null ? 'only when asked' : `${task.when} (${task.timezone})`;
  const next = task.next_at === null ? '' : `, next ${tellTime(task.next_at, now)}`;
  return `${task.name} [${task.id}] ${task.state}: ${when}${next}. Does: ${task.does}`;
}

/** The whole task in words. */
export function tellTask(task: TaskView, now: Temporal.Instant): string {
  return [
    `Task "${task.name}" [${task.id}] is ${task.state}${reason(task.state_reason)}.`,
    ...(task.description === null ? [] : [`Description: ${task.description}`]),
    task.schedule === null
      ? `Schedule: none, it runs ${task.after === null ? 'only when asked' : `after ${task.after.task_id}`}.`
      : `Schedule: ${tellSchedule(task.schedule)}`,
    ...(task.next_at === null ? [] : [`Next: ${tellTime(task.next_at, now)}`]),
    `Action: ${JSON.stringify(task.action)}`,
    `Policies: ${JSON.stringify(task.policies)}`,
    ...(task.tags.length === 0 ? [] : [`Tags: ${task.tags.join(', ')}`]),
    `Version ${task.version}, revision ${task.revision}; created ${task.created_at} by ${task.created_by}, changed ${task.updated_at}.`,
    ...(task.lineage === null ? [] : [tellLineage(task.lineage, now)]),
  ].join('\n');
}

function tellLineage(lineage: NonNullable<TaskView['lineage']>, now: Temporal.Instant): string {
  return `Made by a run of the task ${lineage.parent_task}, at depth ${lineage.depth}; it ends ${tellTime(lineage.ends_at, now)} at the latest.`;
}

function reason(text: string | null): string {
  return text === null ? '' : ` (${text})`;
}

function tellSchedule(schedule: ScheduleView): string {
  const extras = [
    schedule.start === null ? '' : `from ${schedule.start}`,
    schedule.end === null ? '' : `until ${schedule.end}`,
    schedule.runs_max === null ? '' : `at most ${schedule.runs_max} runs`,
    schedule.jitter === '0s' ? '' : `jitter up to ${schedule.jitter}`,
    schedule.exclude.length === 0 ? '' : `not on ${schedule.exclude.join(', ')}`,
    schedule.blackouts.length === 0
      ? ''
      : `not during ${schedule.blackouts.map(tellBlackout).join('; ')}`,
  ].filter((extra) => extra !== '');
  return [`${schedule.when} (${schedule.kind}, zone ${schedule.timezone})`, ...extras].join(', ');
}

function tellBlackout({ from, to, weekdays }: ScheduleView['blackouts'][number]): string {
  return [`${from}-${to}`, ...weekdays].join(' ');
}
