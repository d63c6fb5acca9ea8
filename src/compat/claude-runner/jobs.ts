import { plainAgent, type AgentAction } from '../../domain/action.ts';
import type { JsonObject } from '../../domain/json.ts';
import { Refusal } from '../../domain/refusal.ts';
import type { Run } from '../../domain/run.ts';
import type { Task } from '../../domain/task.ts';
import type { Services, TaskEdit } from '../../service/services.ts';
import { orNothing } from '../mcp-scheduler/find-by-wire-id.ts';
import { allTasks } from '../mcp-scheduler/list-everything.ts';
import { toLiteral } from './prompt-template.ts';
import { ALLOWED_TOOLS } from './settings-json.ts';
import { latestRuns, newWireId } from './wire-ids.ts';
import { wireTime, wireTimeOrNull } from './wire-time.ts';

export type NewJob = {
  readonly name: string;
  readonly cron: string;
  readonly prompt: string;
  readonly command?: string | undefined;
  readonly tools?: string | undefined;
  readonly environment?: string | undefined;
  readonly timeout_minutes?: number | undefined;
};

export type JobEdit = {
  readonly name?: string | undefined;
  readonly cron?: string | undefined;
  readonly prompt?: string | undefined;
  readonly enabled?: boolean | undefined;
  readonly timeout_minutes?: number | undefined;
  readonly tools?: string | undefined;
};

/** What the profile keeps beside a task: the texts as they were written. */
type JobExt = {
  readonly prompt?: string;
  readonly cron?: string;
  readonly command?: string;
  readonly tools?: string;
  readonly environment?: string;
  /** Of a task that a webhook keeps. */
  readonly webhook?: string;
};

export const MANUAL = 'manual';
const MINUTE_MS = 60_000;
const TIMEOUT_MINUTES = 30;

export function extOf(task: Task): JobExt {
  return task.ext;
}

/** The prompt goes to Claude, with the tools that every run of the older system may use. */
export function runnerAction(prompt: string): AgentAction {
  return { ...plainAgent('claude', prompt, undefined), allowedTools: ALLOWED_TOOLS };
}

/** Newest first. */
export async function listJobs(services: Services): Promise<readonly Task[]> {
  const tasks = await allTasks(services);
  return tasks.filter((task) => extOf(task).webhook === undefined).toReversed();
}

/** @param cron `manual` for a job that runs only when asked. */
export async function makeJob(services: Services, job: NewJob): Promise<Task> {
  const { name, cron, prompt, timeout_minutes: minutes = TIMEOUT_MINUTES } = job;
  const ext: JobExt = {
    prompt,
    cron,
    command: job.command ?? 'claude',
    tools: job.tools ?? '[]',
    environment: job.environment ?? '{}',
  };
  const { task } = await services.createTask({
    name,
    ...(cron === MANUAL ? {} : await scheduleOf(services, cron)),
    action: runnerAction(toLiteral(prompt)),
    policies: { timeoutMs: timeoutMs(minutes), catchUp: { mode: 'latest' } },
    isPaused: cron === MANUAL,
    foreignId: newWireId(),
    ext: ext satisfies JsonObject,
  });
  return task;
}

export async function editJob(services: Services, task: Task, edit: JobEdit): Promise<Task> {
  const { name, cron, prompt, enabled, timeout_minutes: minutes, tools } = edit;
  const ext: JobExt = {
    ...extOf(task),
    ...(prompt === undefined ? {} : { prompt }),
    ...(cron === undefined ? {} : { cron }),
    ...(tools === undefined ? {} : { tools }),
  };
  const change: TaskEdit = {
    ...(name === undefined ? {} : { name }),
    ...(cron === undefined ? {} : await scheduleOf(services, cron)),
    ...(prompt === undefined ? {} : { action: runnerAction(toLiteral(prompt)) }),
    ...(minutes === undefined ? {} : { policies: { timeoutMs: timeoutMs(minutes) } }),
    ext: ext satisfies JsonObject,
  };
  const { task: edited } = await services.updateTask(task.id, change);
  if (enabled === undefined || enabled === (edited.state === 'active')) return edited;
  return enabled
    ? (await services.resumeTask(edited.id)).task
    : services.pauseTask(edited.id, 'It was disabled.');
}

/** Whether there was such a job. */
export async function deleteJob(services: Services, task: Task | undefined): Promise<boolean> {
  if (task === undefined) return false;
  return (await orNothing(() => services.deleteTask(task.id))) !== undefined;
}

/** A run now, whatever the schedule says and whether or not another one goes on. */
export function triggerJob(services: Services, task: Task): Promise<Run> {
  return services.runTask({ task: task.id, overlap: 'allow' });
}

export async function wireJob(services: Services, task: Task): Promise<JsonObject> {
  const ext = extOf(task);
  const { action, name, policies } = task.definition;
  let last: Run | undefined;
  for await (const run of latestRuns(services, { task: task.id }, RUNS_LOOKED_AT)) {
    last ??= run.startedAt === undefined ? undefined : run;
  }
  return {
    id: task.foreignId ?? task.id,
    name,
    cron: ext.cron ?? MANUAL,
    prompt: ext.prompt ?? (action.kind === 'agent' ? action.prompt : ''),
    command: ext.command ?? 'claude',
    tools: ext.tools ?? '[]',
    environment: ext.environment ?? '{}',
    timeout_minutes: Math.round(policies.timeoutMs / MINUTE_MS),
    enabled: task.state === 'active' ? 1 : 0,
    created_at: wireTime(task.createdAt),
    updated_at: wireTime(task.updatedAt),
    last_executed_at: wireTimeOrNull(last?.endedAt ?? last?.startedAt),
    last_error: null,
  };
}

const RUNS_LOOKED_AT = 3;

/** croniter's dialect, in UTC. */
async function scheduleOf(services: Services, cron: string) {
  const when = { cron, dialect: 'croniter' } as const;
  await services.previewSchedule({ when, zone: 'UTC', count: 1 });
  return { when, zone: 'UTC' };
}

function timeoutMs(minutes: number): number {
  if (minutes > 0) return minutes * MINUTE_MS;
  throw new Refusal('invalid', 'timeout_minutes must be more than 0.');
}
