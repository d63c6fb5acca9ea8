import { z } from 'zod';
import { parseArguments } from '../../api/parse-arguments.ts';
import type { RouteAnswer, RouteRequest, SurfaceRoute } from '../../api/surface.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import { Refusal } from '../../domain/refusal.ts';
import type { Run } from '../../domain/run.ts';
import type { Task } from '../../domain/task.ts';
import type { Services } from '../../service/services.ts';
import { orNothing } from '../mcp-scheduler/find-by-wire-id.ts';
import { allTasks } from '../mcp-scheduler/list-everything.ts';
import {
  CronRefusal,
  makeTask,
  nameOf,
  readCron,
  setPaused,
  timeoutOf,
  timeoutPolicy,
  wireName,
} from './make-task.ts';
import { commandTextOf, cwdOf, inFolder, shellAction, type TaskExt } from './prompt-action.ts';
import { followLog, readLog } from './run-log.ts';
import { errorOf, exitCodeOf, lastRunAt, listRuns, RUNS_USUAL, statusOf } from './runs.ts';
import { UTC_HEADER } from './utc-header.ts';
import { findTask, hexRunId, runIdOf } from './wire-ids.ts';
import { wireId, wireState } from './words.ts';

const PREVIEW_USUAL = 5;
const PREVIEW_MAX = 10;

// What is `null` counts as absent, as in Go.
const maybeText = z.string().nullish();
const maybeSeconds = z.int().min(0).nullish();
const createBody = z.object({
  name: maybeText,
  command: z.string().min(1),
  cron: z.string().min(1),
  timeout_s: maybeSeconds,
  working_dir: maybeText,
  paused: z.boolean().nullish(),
});
const editBody = z.object({
  name: maybeText,
  command: z.string().min(1).nullish(),
  cron: maybeText,
  timeout_s: maybeSeconds,
  working_dir: maybeText,
  paused: z.boolean().nullish(),
});
const previewBody = z.object({
  expr: z.string().default(''),
  // Whatever cannot be read is left aside, as there.
  now: z.unknown().optional(),
  count: z.unknown().optional(),
});

/** The REST interface of the older system. */
export const REST_ROUTES: readonly SurfaceRoute[] = [
  route('GET', '/v1/tasks', async (services, { query }) => {
    const { status } = query;
    if (status !== undefined && status !== '' && status !== 'active' && status !== 'paused') {
      throw new Refusal('invalid', 'status must be active or paused.');
    }
    const tasks = [...(await allTasks(services))]
      .reverse()
      .filter((task) => !status || wireState(task) === status);
    const wired: JsonObject[] = [];
    for (const task of tasks) wired.push(await wireTask(services, task));
    return { status: 200, body: wired };
  }),
  route('POST', '/v1/tasks', async (services, request) => {
    const body = parseArguments(createBody, objectIn(request));
    const task = await makeTask(services, zoneOf(request), {
      name: body.name ?? undefined,
      cron: body.cron,
      action: shellAction(body.command, body.working_dir || undefined),
      ext: {},
      timeoutS: body.timeout_s || undefined,
      isPaused: body.paused === true,
    });
    return { status: 201, body: await wireTask(services, task) };
  }),
  route('GET', '/v1/tasks/:task', async (services, { parameters }) => {
    const task = await taskNamed(services, parameters['task']);
    return { status: 200, body: await wireTask(services, task) };
  }),
  route('PATCH', '/v1/tasks/:task', async (services, request) => {
    const task = await taskNamed(services, request.parameters['task']);
    const edited = await editTask(services, task, request);
    return { status: 200, body: await wireTask(services, edited) };
  }),
  route('DELETE', '/v1/tasks/:task', async (services, { parameters }) => {
    const task = await taskNamed(services, parameters['task']);
    await services.deleteTask(task.id);
    return { status: 204, body: undefined };
  }),
  route('POST', '/v1/tasks/:task/run', async (services, { parameters }) => {
    const task = await taskNamed(services, parameters['task']);
    const run = await services.runTask({ task: task.id });
    return { status: 202, body: { run_id: hexRunId(run.id) } };
  }),
  route('GET', '/v1/tasks/:task/runs', async (services, { parameters, query }) => {
    const task = await taskNamed(services, parameters['task']);
    const limit = countIn(query['limit']) ?? RUNS_USUAL;
    const runs = await listRuns(services, task, limit, countIn(query['offset']));
    return { status: 200, body: runs.map((run) => wireRun(run, wireId(task))) };
  }),
  route('GET', '/v1/runs/:run', async (services, { parameters }) => {
    const run = await runNamed(services, parameters['run']);
    // A run outlives its task, whose older id is then gone with it.
    const detail = await orNothing(() => services.getTask(run.taskId));
    return {
      status: 200,
      body: wireRun(run, detail === undefined ? run.taskId : wireId(detail.task)),
    };
  }),
  route('GET', '/v1/runs/:run/log', async (services, { parameters, query, signal }) => {
    const run = await runNamed(services, parameters['run']);
    const tail = countIn(query['tail']) ?? 0;
    const isFollowed = query['follow'] === '1' || query['follow'] === 'true';
    return isFollowed
      ? { status: 200, body: undefined, stream: followLog(services, run, tail, signal) }
      : { status: 200, body: undefined, text: (await readLog(services, run, tail)).text };
  }),
  route('POST', '/v1/cron/preview', async (services, request) => {
    const { expr, count, now } = parseArguments(previewBody, objectIn(request));
    if (expr === '') return invalidPreview(400, 'expr is required');
    const isCount = Number.isInteger(count) && Number(count) >= 1 && Number(count) <= PREVIEW_MAX;
    try {
      const wanted = isCount ? Number(count) : PREVIEW_USUAL;
      const { receipt } = await readCron(services, zoneOf(request), expr, wanted, instantIn(now));
      return {
        status: 200,
        body: { valid: true, next_times: receipt.next.map(({ at }) => wireTime(at)) },
      };
    } catch (error) {
      if (error instanceof CronRefusal) return invalidPreview(200, error.message);
      throw error;
    }
  }),
];

function route(
  method: SurfaceRoute['method'],
  path: string,
  answer: SurfaceRoute['handle'],
): SurfaceRoute {
  return {
    method,
    path,
    isPublic: false,
    handle: async (services, request) => {
      try {
        return await answer(services, request);
      } catch (error) {
        if (error instanceof Refusal) return wireRefusal(error);
        throw error;
      }
    },
  };
}

function wireRefusal(refusal: Refusal): RouteAnswer {
  const { message, hint } = refusal;
  const [status, code] =
    refusal instanceof CronRefusal ? ([400, 'invalid_cron'] as const) : CODES[refusal.code];
  const text = hint === undefined ? message : `${message} ${hint}`;
  return { status, body: { error: { code, message: text } } };
}

const CODES: Readonly<Record<Refusal['code'], readonly [status: number, code: string]>> = {
  invalid: [400, 'invalid_input'],
  not_found: [404, 'not_found'],
  conflict: [409, 'conflict'],
  forbidden: [403, 'unsupported'],
  unavailable: [503, 'internal_error'],
  internal: [500, 'internal_error'],
};

function invalidPreview(status: number, message: string): RouteAnswer {
  return { status, body: { valid: false, message } };
}

/** An empty text clears, `null` and absence leave as it is; a new command replaces a prompt. */
async function editTask(services: Services, task: Task, request: RouteRequest): Promise<Task> {
  const body = parseArguments(editBody, objectIn(request));
  const { action } = task.definition;
  const cwd = typeof body.working_dir === 'string' ? body.working_dir || undefined : cwdOf(action);
  const zone = zoneOf(request);
  const kept: TaskExt = task.ext;
  const named = nameOf(
    typeof body.name === 'string' ? body.name : wireName(task),
    wireId(task),
    typeof body.command === 'string' ? {} : kept,
  );
  const { task: edited } = await services.updateTask(task.id, {
    ...named,
    ...(body.cron
      ? {
          when: (await readCron(services, zone, body.cron, 1)).when,
          ...(zone === undefined ? {} : { zone }),
        }
      : {}),
    action:
      typeof body.command === 'string' ? shellAction(body.command, cwd) : inFolder(action, cwd),
    ...(typeof body.timeout_s === 'number'
      ? { policies: timeoutPolicy(body.timeout_s || undefined) }
      : {}),
  });
  return setPaused(services, edited, body.paused ?? task.state !== 'active');
}

async function wireTask(services: Services, task: Task): Promise<JsonObject> {
  const { action, schedule } = task.definition;
  const lastRun = await lastRunAt(services, task);
  return definedOnly({
    id: wireId(task),
    name: wireName(task),
    command: commandTextOf(action),
    cron: schedule?.source ?? '',
    timeout_s: timeoutOf(task),
    working_dir: cwdOf(action),
    status: wireState(task),
    last_run_at: lastRun && wireTime(lastRun),
    next_run_at: task.next && wireTime(task.next.dueAt),
    created_at: wireTime(task.createdAt),
    updated_at: wireTime(task.updatedAt),
  });
}

function wireRun(run: Run, taskId: string): JsonObject {
  return definedOnly({
    id: hexRunId(run.id),
    task_id: taskId,
    status: statusOf(run),
    scheduled_at: wireTime(run.scheduledFor ?? run.createdAt),
    started_at: run.startedAt && wireTime(run.startedAt),
    ended_at: run.endedAt && wireTime(run.endedAt),
    exit_code: exitCodeOf(run),
    error: errorOf(run),
    created_at: wireTime(run.createdAt),
  });
}

/** UTC in whole seconds. */
function wireTime(instant: Temporal.Instant): string {
  return instant.toString({ smallestUnit: 'second' });
}

function definedOnly(given: Readonly<Record<string, Json | undefined>>): JsonObject {
  const defined: Record<string, Json> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined) defined[name] = value;
  }
  return defined;
}

async function taskNamed(services: Services, id: string | undefined): Promise<Task> {
  const task = await findTask(services, id ?? '');
  if (task === undefined) throw new Refusal('not_found', 'task not found');
  return task;
}

async function runNamed(services: Services, hex: string | undefined): Promise<Run> {
  const id = runIdOf(hex ?? '');
  const detail = id === undefined ? undefined : await orNothing(() => services.getRun(id));
  if (detail === undefined) throw new Refusal('not_found', 'run not found');
  return detail.run;
}

function zoneOf({ headers }: RouteRequest): string | undefined {
  return headers[UTC_HEADER] === 'true' ? 'UTC' : undefined;
}

function objectIn({ body }: RouteRequest): JsonObject {
  return typeof body === 'object' && body !== null && !Array.isArray(body)
    ? (body as JsonObject)
    : {};
}

function countIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function instantIn(text: unknown): Temporal.Instant | undefined {
  try {
    return typeof text === 'string' ? Temporal.Instant.from(text) : undefined;
  } catch {
    return undefined;
  }
}
