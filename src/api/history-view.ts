import { z } from 'zod';
import type { RunMark, TaskVersion } from '../ports/history.ts';
import type { BulkResult, TaskStatistics, Timeline, WeekLoad } from '../service/services.ts';
import { summarizeAction, viewAction } from './action-view.ts';
import { viewPolicies } from './policies-view.ts';
import { ACTION_KINDS, queryNumber, taskPath } from './route-inputs.ts';
import { scheduleView, viewSchedule } from './schedule-view.ts';
import { timeIn, timeOrNull } from './times.ts';

const PAGE_ITEMS_MAX = 50;
const VERSION_MAX = 1_000_000;
const TASKS_MAX = 200;
const version = queryNumber(1, VERSION_MAX);

export const versionsQuery = taskPath.extend({
  limit: queryNumber(1, PAGE_ITEMS_MAX).optional(),
  cursor: z.string().optional(),
});
export const versionPath = taskPath.extend({ version });
export const restoreInput = versionPath.extend({ revision: z.int().min(1).optional() });
export const duplicateInput = taskPath.extend({ name: z.string().min(1).max(200).optional() });
export const statisticsQuery = taskPath.extend({ since: z.string().optional() });
export const latestQuery = z.strictObject({ tasks: z.string().min(1) });
export const loadQuery = z.strictObject({ timezone: z.string().optional() });
export const timelineQuery = z.strictObject({
  from: z.string(),
  to: z.string(),
  task: z.string().optional(),
});
export const bulkInput = z.strictObject({
  verb: z.enum(['pause', 'resume', 'delete', 'run']),
  tasks: z.array(z.string().min(1)).min(1).max(TASKS_MAX).optional(),
  filter: z
    .strictObject({
      states: z.array(z.enum(['active', 'paused', 'ended'])).optional(),
      tag: z.string().optional(),
      text: z.string().optional(),
      kind: z.enum(ACTION_KINDS).optional(),
      made_by: z.string().optional(),
    })
    .optional(),
  reason: z.string().max(500).optional(),
});

const versionView = z.object({
  version: z.number(),
  created_at: z.string().nullable(),
  /** Principal, client and run. */
  changed_by: z.string().nullable(),
  name: z.string(),
  description: z.string().nullable(),
  when: z.string().nullable(),
  schedule: scheduleView.nullable(),
  does: z.string(),
  action: z.looseObject({ kind: z.string() }),
  policies: z.looseObject({}),
  tags: z.array(z.string()),
});
export const versionAnswer = versionView;
export const versionPage = z.object({
  versions: z.array(versionView),
  next_cursor: z.string().nullable(),
});

export function viewVersion(
  { version: number, createdAt, changedBy, definition }: TaskVersion,
  zone: string,
): z.output<typeof versionView> {
  const { name, description, schedule, action, policies, tags } = definition;
  return {
    version: number,
    created_at: timeOrNull(schedule?.zone ?? zone, createdAt),
    changed_by: changedBy ?? null,
    name,
    description: description ?? null,
    when: schedule?.source ?? null,
    schedule: schedule === undefined ? null : viewSchedule(schedule),
    does: summarizeAction(action),
    action: viewAction(action) as z.output<typeof versionView>['action'],
    policies: { ...viewPolicies(policies) },
    tags: [...tags],
  };
}

const runMark = z.object({
  id: z.string(),
  task_id: z.string(),
  task: z.string(),
  state: z.string(),
  outcome: z.string().nullable(),
  reason: z.string().nullable(),
  trigger: z.string(),
  scheduled_for: z.string().nullable(),
  created_at: z.string(),
  started_at: z.string().nullable(),
  ended_at: z.string().nullable(),
  duration_ms: z.number().nullable(),
  lateness_ms: z.number().nullable(),
});

export const latestAnswer = z.object({
  timezone: z.string(),
  tasks: z.array(z.object({ task_id: z.string(), task: z.string(), runs: z.array(runMark) })),
});

export const timelineAnswer = z.object({
  from: z.string(),
  to: z.string(),
  now: z.string(),
  timezone: z.string(),
  runs: z.array(runMark),
  upcoming: z.array(z.object({ task_id: z.string(), task: z.string(), at: z.string() })),
  is_cut: z.boolean(),
});

export function viewMark(mark: RunMark, zone: string): z.output<typeof runMark> {
  const { scheduledFor, startedAt, endedAt } = mark;
  return {
    id: mark.id,
    task_id: mark.taskId,
    task: mark.taskName,
    state: mark.state,
    outcome: mark.outcome ?? null,
    reason: mark.reason ?? null,
    trigger: mark.trigger,
    scheduled_for: timeOrNull(zone, scheduledFor),
    created_at: timeIn(zone, mark.createdAt),
    started_at: timeOrNull(zone, startedAt),
    ended_at: timeOrNull(zone, endedAt),
    duration_ms: between(startedAt, endedAt),
    lateness_ms: between(scheduledFor, startedAt),
  };
}

function between(
  start: Temporal.Instant | undefined,
  end: Temporal.Instant | undefined,
): number | null {
  if (start === undefined || end === undefined) return null;
  return end.epochMilliseconds - start.epochMilliseconds;
}

export function viewTimeline(
  { from, to, now, runs, upcoming, isCut }: Timeline,
  zone: string,
): z.output<typeof timelineAnswer> {
  return {
    from: timeIn(zone, from),
    to: timeIn(zone, to),
    now: timeIn(zone, now),
    timezone: zone,
    runs: runs.map((mark) => viewMark(mark, zone)),
    upcoming: upcoming.map(({ taskId, taskName, at }) => ({
      task_id: taskId,
      task: taskName,
      at: timeIn(zone, at),
    })),
    is_cut: isCut,
  };
}

export const loadAnswer = z.object({
  timezone: z.string(),
  from: z.string(),
  to: z.string(),
  counts: z.array(z.array(z.number())),
  is_cut: z.boolean(),
});

export function viewLoad({ zone, from, to, counts, isCut }: WeekLoad): z.output<typeof loadAnswer> {
  return {
    timezone: zone,
    from: timeIn(zone, from),
    to: timeIn(zone, to),
    counts: counts.map((hours) => [...hours]),
    is_cut: isCut,
  };
}

const spread = z.object({ p50: z.number(), p95: z.number(), max: z.number() }).nullable();
const counted = z.array(z.object({ key: z.string(), count: z.number() }));

export const statisticsAnswer = z.object({
  task_id: z.string(),
  task: z.string(),
  since: z.string(),
  runs: z.number(),
  is_cut: z.boolean(),
  states: counted,
  failures: counted,
  duration_ms: spread,
  lateness_ms: spread,
});

export function viewStatistics(
  statistics: TaskStatistics,
  zone: string,
): z.output<typeof statisticsAnswer> {
  const { task, since, runs, isCut, states, failures, durationMs, latenessMs } = statistics;
  return {
    task_id: task.id,
    task: task.definition.name,
    since: timeIn(task.definition.schedule?.zone ?? zone, since),
    runs,
    is_cut: isCut,
    states: [...states],
    failures: [...failures],
    duration_ms: durationMs ?? null,
    lateness_ms: latenessMs ?? null,
  };
}

export const bulkAnswer = z.object({
  results: z.array(
    z.object({
      task: z.string(),
      is_done: z.boolean(),
      code: z.string().nullable(),
      message: z.string().nullable(),
      run: z.string().nullable(),
    }),
  ),
});

export function viewBulk(results: readonly BulkResult[]): z.output<typeof bulkAnswer> {
  return {
    results: results.map(({ task, refusal, run }) => ({
      task,
      is_done: refusal === undefined,
      code: refusal?.code ?? null,
      message: refusal?.message ?? null,
      run: run ?? null,
    })),
  };
}
