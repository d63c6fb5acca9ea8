import { parseArguments } from '../../api/parse-arguments.ts';
import type { RouteAnswer, RouteRequest, SurfaceRoute } from '../../api/surface.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import { Refusal } from '../../domain/refusal.ts';
import type { Services } from '../../service/services.ts';
import { createJobInput, updateJobInput } from './inputs.ts';
import { deleteJob, editJob, listJobs, makeJob, MANUAL, triggerJob, wireJob } from './jobs.ts';
import { ALLOWED_TOOLS, type RunnerSettings } from './settings-json.ts';
import { killRun, NO_JOB, NO_RUN, wireRuns, wireWebhooks } from './tools.ts';
import { baseUrl } from './webhooks.ts';
import { findJob, findRun, latestRuns, wireRunId } from './wire-ids.ts';
import { wireRun } from './wire-run.ts';

const RUNS_LISTED = 50;
/** Runs that the figures are taken from. */
const RUNS_COUNTED_MAX = 1_000;
const DAY_HOURS = 24;

/** The routes of the older dashboard, behind the token of the daemon. */
export function restRoutes(settings: RunnerSettings): readonly SurfaceRoute[] {
  return [
    route('GET', '/api/jobs', async (services) => {
      const jobs = await listJobs(services);
      return ok(await Promise.all(jobs.map((task) => wireJob(services, task))));
    }),
    route('POST', '/api/jobs', async (services, { body }) => {
      const job = await makeJob(services, parseArguments(createJobInput, asTexts(body)));
      return ok({ success: true, job_id: job.foreignId ?? '' });
    }),
    route('GET', '/api/job/:job', async (services, { parameters }) => {
      const task = await findJob(services, parameters['job'] ?? '');
      return task === undefined ? answer(404, NO_JOB) : ok(await wireJob(services, task));
    }),
    route('PUT', '/api/job/:job', async (services, { parameters, body }) => {
      const task = await findJob(services, parameters['job'] ?? '');
      if (task === undefined) return answer(400, NO_JOB);
      const input = parseArguments(updateJobInput, { ...asTexts(body), job_id: '' });
      const { job_id: _id, ...edit } = input;
      await editJob(services, task, edit);
      return ok({ success: true });
    }),
    route('DELETE', '/api/job/:job', async (services, { parameters }) => {
      const isDeleted = await deleteJob(services, await findJob(services, parameters['job'] ?? ''));
      return isDeleted ? ok({ success: true }) : answer(404, NO_JOB);
    }),
    route('POST', '/api/job/:job/trigger', async (services, { parameters }) => {
      const task = await findJob(services, parameters['job'] ?? '');
      if (task === undefined) return answer(404, NO_JOB);
      return ok({ success: true, run_id: wireRunId((await triggerJob(services, task)).id) });
    }),
    route('GET', '/api/runs', async (services) =>
      ok(
        await wireRuns(services, { limit: RUNS_LISTED, job_id: undefined, webhook_id: undefined }),
      ),
    ),
    route('GET', '/api/run/:run', async (services, { parameters }) => {
      const run = await findRun(services, parameters['run'] ?? '');
      return run === undefined ? answer(404, NO_RUN) : ok(await wireRun(services, run));
    }),
    route('POST', '/api/run/:run/kill', async (services, { parameters }) => {
      const id = parameters['run'] ?? '';
      const run = await findRun(services, id);
      if (run === undefined) return answer(404, NO_RUN);
      const killed = await killRun(services, id);
      return answer(killed['success'] === true ? 200 : 400, killed);
    }),
    route('POST', '/api/run-prompt', async (services, { body }) => {
      const { prompt } = asTexts(body);
      if (typeof prompt !== 'string' || prompt.trim() === '') {
        return answer(400, { error: 'Prompt is required' });
      }
      const job = await makeJob(services, { name: 'Quick Run', cron: MANUAL, prompt });
      const run = await triggerJob(services, job);
      return ok({ success: true, run_id: wireRunId(run.id), job_id: job.foreignId ?? '' });
    }),
    route('GET', '/api/stats', async (services) => ok(await statsOf(services))),
    route('GET', '/api/webhooks', async (services) => ok(await wireWebhooks(services, settings))),
    route('GET', '/api/ngrok', async () => ok({ url: null, sse_endpoint: null })),
    route('GET', '/api/settings', async (services) =>
      ok({
        allowed_tools: [...ALLOWED_TOOLS],
        mcp_servers: [],
        mcp_env_vars: {},
        custom_mcp_paths: [],
        webhook_base_url: await baseUrl(services, settings),
        sandbox_mode: false,
      }),
    ),
  ];
}

async function statsOf(services: Services): Promise<JsonObject> {
  const now = (await services.getStatus()).now;
  const midnight = now.toZonedDateTimeISO('UTC').startOfDay().toInstant();
  const week = now.subtract({ hours: 7 * DAY_HOURS });
  const sums = { today: { runs: 0, cost: 0 }, week: { runs: 0, cost: 0 } };
  const all = { runs: 0, cost: 0, input: 0, output: 0 };
  for await (const run of latestRuns(services, {}, RUNS_COUNTED_MAX)) {
    const cost = run.result?.answer?.costUsd ?? 0;
    const usage = run.result?.answer?.usage;
    all.runs += 1;
    all.cost += cost;
    all.input += usage?.inputTokens ?? 0;
    all.output += usage?.outputTokens ?? 0;
    for (const [since, sum] of [[midnight, sums.today] as const, [week, sums.week] as const]) {
      if (Temporal.Instant.compare(run.createdAt, since) < 0) continue;
      sum.runs += 1;
      sum.cost += cost;
    }
  }
  return {
    today_runs: sums.today.runs,
    today_cost: sums.today.cost,
    week_runs: sums.week.runs,
    week_cost: sums.week.cost,
    total_runs: all.runs,
    total_cost: all.cost,
    total_tokens: all.input + all.output,
    total_input_tokens: all.input,
    total_output_tokens: all.output,
  };
}

/** Lists and objects may stand where the older system keeps their text. */
function asTexts(body: Json | undefined): JsonObject {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return {};
  return Object.fromEntries(
    Object.entries(body as JsonObject).map(([name, value]) => [
      name,
      typeof value === 'object' && value !== null ? JSON.stringify(value) : value,
    ]),
  );
}

function route(
  method: SurfaceRoute['method'],
  path: string,
  handle: (services: Services, request: RouteRequest) => Promise<RouteAnswer>,
): SurfaceRoute {
  return {
    method,
    path,
    isPublic: false,
    handle: async (services, request) => {
      try {
        return await handle(services, request);
      } catch (error) {
        if (!(error instanceof Refusal) || error.code === 'internal') throw error;
        const { message, hint, code } = error;
        const status = code === 'forbidden' ? 403 : 400;
        return answer(status, { error: hint === undefined ? message : `${message} ${hint}` });
      }
    },
  };
}

function ok(body: Json): RouteAnswer {
  return { status: 200, body };
}

function answer(status: number, body: Json): RouteAnswer {
  return { status, body };
}
