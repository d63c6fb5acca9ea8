import { z } from 'zod';
import type { HttpAction } from '../../domain/action.ts';
import type { JsonObject } from '../../domain/json.ts';
import { isFinal, type Run } from '../../domain/run.ts';
import type { Task } from '../../domain/task.ts';
import type { Services, TaskDraft } from '../../service/services.ts';
import { orNothing } from '../mcp-scheduler/find-by-wire-id.ts';
import { allTasks } from '../mcp-scheduler/list-everything.ts';

export const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'] as const;
const CRON = /^[0-9*,/-]+( [0-9*,/-]+){4}$/;
const NAME = /^[a-zA-Z0-9_-]+$/;
const NAME_CHARS_MAX = 50;
const JOB_ID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** What a job is made of; an edit replaces all of it. */
export const jobShape = {
  name: z.string().min(1).max(NAME_CHARS_MAX).regex(NAME),
  url: z.string(),
  method: z
    .string()
    .transform((text) => text.toUpperCase())
    .pipe(z.enum(METHODS))
    .default('GET'),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().default(''),
  cron_expression: z.string().regex(CRON, 'must be five fields of digits, *, comma, - and /'),
};
export const jobInput = z.object(jobShape);
export type JobInput = z.output<typeof jobInput>;

export type WireStatus = 'pending' | 'paused' | 'success' | 'failed';

export const LOGS_MAX = 50;

export async function makeJob(services: Services, input: JobInput): Promise<Task> {
  const { task } = await services.createTask({
    ...definitionOf(input),
    foreignId: crypto.randomUUID(),
  });
  return task;
}

export async function replaceJob(services: Services, task: Task, input: JobInput): Promise<Task> {
  return (await services.updateTask(task.id, definitionOf(input))).task;
}

/** Oldest first. */
export function allJobs(services: Services): Promise<readonly Task[]> {
  return allTasks(services);
}

export async function findJob(services: Services, id: string): Promise<Task | undefined> {
  if (!JOB_ID.test(id)) return undefined;
  const detail = await orNothing(() => services.getTask(id));
  return detail?.task.foreignId === id ? detail.task : undefined;
}

export async function setPaused(services: Services, task: Task, isPaused: boolean): Promise<Task> {
  if (isPaused === (task.state === 'paused')) return task;
  return isPaused
    ? services.pauseTask(task.id, 'It was paused.')
    : (await services.resumeTask(task.id)).task;
}

/** The latest runs that have ended, newest first. */
export async function endedRuns(
  services: Services,
  task: Task,
  limit: number,
): Promise<readonly Run[]> {
  const page = await services.listRuns({ task: task.id, limit: LOGS_MAX });
  return page.items.filter(({ state }) => isFinal(state)).slice(0, limit);
}

export async function wireJob(services: Services, task: Task) {
  const [last] = await endedRuns(services, task, 1);
  const { action, name, schedule } = task.definition;
  const http = action.kind === 'http' ? action : undefined;
  return {
    job_id: task.foreignId ?? task.id,
    user_id: NO_USER,
    name,
    url: http?.url ?? '',
    method: http?.method ?? 'GET',
    headers: Object.fromEntries(
      Object.entries(http?.headers ?? {}).map(([header, value]) => [
        header,
        value.kind === 'text' ? value.text : '***',
      ]),
    ),
    body: http?.body ?? '',
    cron_expression: schedule?.source ?? '',
    status: statusOf(task, last),
    last_run_at: wireTime(last?.startedAt),
    next_run_at: wireTime(task.state === 'active' ? task.next?.scheduledFor : undefined),
  };
}
export type WireJob = Awaited<ReturnType<typeof wireJob>>;

export function wireLog(run: Run) {
  const isSuccess = run.state === 'succeeded';
  return {
    timestamp: wireTime(run.startedAt ?? run.createdAt) ?? '',
    status: isSuccess ? 'success' : 'failed',
    response_code: run.result?.httpStatus ?? 0,
    response_time: (run.result?.durationMs ?? 0) / 1_000,
    error_message: isSuccess ? '' : (run.message ?? run.stateReason ?? ''),
  } satisfies JsonObject;
}

/** There is one person here. */
const NO_USER = '00000000-0000-0000-0000-000000000000';

function statusOf(task: Task, last: Run | undefined): WireStatus {
  if (task.state !== 'active') return 'paused';
  if (last === undefined) return 'pending';
  return last.state === 'succeeded' ? 'success' : 'failed';
}

function definitionOf(input: JobInput): TaskDraft {
  const { name, url, method, headers, body, cron_expression: cron } = input;
  const action: HttpAction = {
    kind: 'http',
    method,
    url,
    headers: Object.fromEntries(
      Object.entries(headers).map(([header, text]) => [
        header.trim(),
        { kind: 'text', text: text.trim() },
      ]),
    ),
    body: body === '' ? undefined : body,
    expectedStatus: [[200, 299]],
  };
  return { name, when: { cron, dialect: 'cronlytic' }, zone: 'UTC', action };
}

export function wireTime(instant: Temporal.Instant | undefined): string | null {
  return instant === undefined ? null : instant.toString({ smallestUnit: 'second' });
}
