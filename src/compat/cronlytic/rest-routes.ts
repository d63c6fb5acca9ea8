import { parseArguments } from '../../api/parse-arguments.ts';
import type { RouteAnswer, RouteRequest, SurfaceRoute } from '../../api/surface.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import { Refusal } from '../../domain/refusal.ts';
import type { Task } from '../../domain/task.ts';
import type { Services } from '../../service/services.ts';
import {
  allJobs,
  endedRuns,
  findJob,
  jobInput,
  LOGS_MAX,
  makeJob,
  replaceJob,
  setPaused,
  wireJob,
  wireLog,
} from './jobs.ts';

/** The REST contract of the older service; `X-API-Key` is a token of the daemon. */
export const REST_ROUTES: readonly SurfaceRoute[] = [
  {
    method: 'GET',
    path: '/prog/ping',
    isPublic: true,
    handle: async () => ({ status: 200, body: { message: 'pong' } }),
  },
  route('GET', '/prog/jobs', async (services) => {
    const jobs = await allJobs(services);
    return Promise.all(jobs.map((task) => wireJob(services, task)));
  }),
  route('POST', '/prog/jobs', async (services, { body }) =>
    wireJob(services, await makeJob(services, parseArguments(jobInput, objectIn(body)))),
  ),
  named('GET', '/prog/jobs/:job', (services, task) => wireJob(services, task)),
  named('PUT', '/prog/jobs/:job', async (services, task, { body }) =>
    wireJob(services, await replaceJob(services, task, parseArguments(jobInput, objectIn(body)))),
  ),
  named('DELETE', '/prog/jobs/:job', async (services, task) => {
    await services.deleteTask(task.id);
    return { deleted: true };
  }),
  named('POST', '/prog/jobs/:job/pause', async (services, task) =>
    wireJob(services, await setPaused(services, task, true)),
  ),
  named('POST', '/prog/jobs/:job/resume', async (services, task) =>
    wireJob(services, await setPaused(services, task, false)),
  ),
  named('GET', '/prog/jobs/:job/logs', async (services, task) => ({
    job_id: task.foreignId ?? '',
    logs: (await endedRuns(services, task, LOGS_MAX)).map(wireLog),
  })),
];

function named(
  method: SurfaceRoute['method'],
  path: string,
  handle: (services: Services, task: Task, request: RouteRequest) => Promise<Json>,
): SurfaceRoute {
  return route(method, path, async (services, request) => {
    const task = await findJob(services, request.parameters['job'] ?? '');
    if (task === undefined) throw new Refusal('not_found', 'Job not found');
    return handle(services, task, request);
  });
}

/** Only 200 counts as success there. */
function route(
  method: SurfaceRoute['method'],
  path: string,
  handle: (services: Services, request: RouteRequest) => Promise<Json>,
): SurfaceRoute {
  return {
    method,
    path,
    isPublic: false,
    handle: async (services, request): Promise<RouteAnswer> => {
      try {
        return { status: 200, body: await handle(services, request) };
      } catch (error) {
        if (!(error instanceof Refusal) || error.code === 'internal') throw error;
        return refused(error, request.body);
      }
    },
  };
}

function refused({ code, message, hint }: Refusal, input: Json | undefined): RouteAnswer {
  const told = hint === undefined ? message : `${message} ${hint}`;
  if (code === 'not_found') return { status: 404, body: { detail: told } };
  if (code === 'forbidden') return { status: 403, body: { detail: told } };
  const detail = [{ type: 'value_error', loc: ['body'], msg: told, input: input ?? null }];
  return { status: 422, body: { detail } };
}

function objectIn(body: Json | undefined): JsonObject {
  return typeof body === 'object' && body !== null && !Array.isArray(body)
    ? (body as JsonObject)
    : {};
}
