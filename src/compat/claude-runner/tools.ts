import type { z } from 'zod';
import { inputSchemaOf } from '../../api/json-schema.ts';
import { defineTool, type Tool, type ToolHints } from '../../api/tool.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import { isFinal } from '../../domain/run.ts';
import type { Services } from '../../service/services.ts';
import {
  createJobInput,
  createWebhookInput,
  jobId,
  listRunsInput,
  nothing,
  runId,
  UNSERVED_INPUTS,
  updateJobInput,
  updateWebhookInput,
  webhookId,
} from './inputs.ts';
import { deleteJob, editJob, listJobs, makeJob, triggerJob, wireJob } from './jobs.ts';
import type { RunnerSettings } from './settings-json.ts';
import { allWebhooks, changeWebhook, makeWebhook, webhookUrl, wireWebhook } from './webhooks.ts';
import { findJob, findRun, findWebhook, latestRuns, wireRunId } from './wire-ids.ts';
import { type Owners, wireRun, wireState } from './wire-run.ts';

const READS: ToolHints = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};
const STARTS: ToolHints = {
  readOnlyHint: false,
  destructiveHint: false,
  idempotentHint: false,
  openWorldHint: true,
};
const CHANGES: ToolHints = { ...STARTS, destructiveHint: true };

const RUNS_MAX = 200;

export const NO_JOB: JsonObject = { error: 'Job not found' };
export const NO_RUN: JsonObject = { error: 'Run not found' };
const NO_WEBHOOK: JsonObject = { error: 'Webhook not found' };
const DONE: JsonObject = { success: true };

/** Tools about servers that come and go, which run no code here. */
const UNSERVED: JsonObject = {
  error:
    'Tool servers are not served by this profile. Configure MCP servers of agents with "mcp_servers" of a task (carillon tasks add --mcp-config), and secrets with: carillon secrets set NAME',
};

/** In the order in which the older system documents them. */
export function claudeRunnerTools(settings: RunnerSettings): readonly Tool[] {
  return [
    ...jobTools(),
    ...runTools(),
    ...webhookTools(settings),
    unserved('set_server_credential', 'Store a credential of a tool server.'),
    unserved('get_server_credentials', 'Credentials of a tool server.'),
    unserved('list_required_credentials', 'Credentials that a tool server needs.'),
    reading('get_unconfigured_servers', 'Servers that lack credentials.', nothing, async () => ({
      unconfigured_servers: [],
      count: 0,
      message: 'All servers are configured.',
    })),
    unserved('delete_server_credential', 'Remove a credential of a tool server.'),
    reading('list_fixed_mcp_servers', 'Built-in tool servers.', nothing, async () => NO_SERVERS),
    unserved('enable_fixed_server', 'Enable a built-in tool server.'),
    unserved('disable_fixed_server', 'Disable a built-in tool server.'),
    unserved('create_mcp_server', 'Create a tool server from code.'),
    unserved('update_mcp_server', 'Replace the code of a tool server.'),
    unserved('delete_mcp_server', 'Delete a tool server.'),
    reading('list_dynamic_mcp_servers', 'Tool servers made here.', nothing, async () => NO_SERVERS),
    unserved('get_dynamic_mcp_server', 'A tool server with its code.'),
    unserved('enable_mcp_server', 'Enable a tool server.'),
    unserved('disable_mcp_server', 'Disable a tool server.'),
    unserved('invoke_internal_mcp_tool', 'Call a tool of a tool server directly.'),
  ];
}

const NO_SERVERS: JsonObject = { servers: [], count: 0 };

function jobTools(): readonly Tool[] {
  return [
    reading('list_jobs', 'List every job, newest first.', nothing, async (services) =>
      Promise.all((await listJobs(services)).map((task) => wireJob(services, task))),
    ),
    reading('get_job', 'Get one job.', jobId, async (services, { job_id: id }) => {
      const task = await findJob(services, id);
      return task === undefined ? NO_JOB : wireJob(services, task);
    }),
    writing('create_job', 'Store a job.', STARTS, createJobInput, async (services, input) => ({
      success: true,
      job_id: (await makeJob(services, input)).foreignId ?? '',
    })),
    writing(
      'update_job',
      'Change the given fields of a job.',
      CHANGES,
      updateJobInput,
      async (services, { job_id: id, ...edit }) => {
        const task = await findJob(services, id);
        if (task === undefined) return NO_JOB;
        await editJob(services, task, edit);
        return DONE;
      },
    ),
    writing('delete_job', 'Delete a job.', CHANGES, jobId, async (services, { job_id: id }) => ({
      success: await deleteJob(services, await findJob(services, id)),
    })),
    writing(
      'trigger_job',
      'Queue a run of a job now.',
      STARTS,
      jobId,
      async (services, { job_id: id }) => {
        const task = await findJob(services, id);
        if (task === undefined) return NO_JOB;
        return { success: true, run_id: wireRunId((await triggerJob(services, task)).id) };
      },
    ),
  ];
}

function runTools(): readonly Tool[] {
  return [
    reading('list_runs', 'List runs, newest first.', listRunsInput, (services, input) =>
      wireRuns(services, input),
    ),
    reading('get_run', 'Get one run.', runId, async (services, { run_id: id }) => {
      const run = await findRun(services, id);
      return run === undefined ? NO_RUN : wireRun(services, run);
    }),
    writing('kill_run', 'Stop a run that goes on.', CHANGES, runId, (services, { run_id: id }) =>
      killRun(services, id),
    ),
  ];
}

function webhookTools(settings: RunnerSettings): readonly Tool[] {
  return [
    writing(
      'create_webhook',
      'Make an HTTP address that runs a prompt. Whoever knows the address can call it.',
      STARTS,
      createWebhookInput,
      async (services, input) => {
        const made = await makeWebhook(services, input);
        const url = webhookUrl(made, settings);
        const { foreignId, name } = made.webhook;
        const message = `Webhook created. POST JSON to ${url} to run it. Nothing is signed: whoever knows the address can call it.`;
        return { success: true, webhook_id: foreignId ?? '', url, name, message };
      },
    ),
    reading('list_webhooks', 'List every webhook, newest first.', nothing, (services) =>
      wireWebhooks(services, settings),
    ),
    reading('get_webhook', 'Get one webhook.', webhookId, async (services, input) => {
      const found = await findWebhook(services, input.webhook_id);
      return found === undefined ? NO_WEBHOOK : wireWebhook(services, found, settings);
    }),
    writing(
      'update_webhook',
      'Change the given fields of a webhook.',
      CHANGES,
      updateWebhookInput,
      async (services, { webhook_id: id, ...change }) => {
        const found = await findWebhook(services, id);
        if (found === undefined) return NO_WEBHOOK;
        await changeWebhook(services, found, change);
        return DONE;
      },
    ),
    writing(
      'delete_webhook',
      'Delete a webhook; its runs stay.',
      CHANGES,
      webhookId,
      async (services, { webhook_id: id }) => {
        const found = await findWebhook(services, id);
        if (found !== undefined) await services.removeWebhook(found.webhook.id);
        return { success: found !== undefined };
      },
    ),
  ];
}

export async function wireWebhooks(
  services: Services,
  settings: RunnerSettings,
): Promise<readonly Json[]> {
  const all = await allWebhooks(services);
  return Promise.all(all.map((one) => wireWebhook(services, one, settings)));
}

/** A webhook's when one is named, else a job's, else all. */
export async function wireRuns(
  services: Services,
  { job_id: job, webhook_id: hook, limit }: z.output<typeof listRunsInput>,
): Promise<readonly Json[]> {
  const task =
    hook === undefined
      ? job === undefined
        ? undefined
        : (await findJob(services, job))?.id
      : (await findWebhook(services, hook))?.webhook.taskId;
  if (task === undefined && (job !== undefined || hook !== undefined)) return [];
  const runs: Json[] = [];
  const owners: Owners = new Map();
  const runsMax = Math.min(RUNS_MAX, Math.max(0, limit));
  for await (const run of latestRuns(services, task === undefined ? {} : { task }, runsMax)) {
    if (runs.length < runsMax) runs.push(await wireRun(services, run, owners));
  }
  return runs;
}

export async function killRun(services: Services, id: string): Promise<JsonObject> {
  const run = await findRun(services, id);
  if (run === undefined) return { success: false, error: `Run ${id.slice(0, 40)} not found` };
  if (isFinal(run.state)) {
    return { success: false, error: `Run is not running (state: ${wireState(run)})` };
  }
  await services.cancelRun(run.id, 'Killed by user');
  return { success: true, message: `Run ${id} was killed.` };
}

type Handle<Input> = (services: Services, input: Input) => Promise<Json>;

function reading<Input extends z.ZodObject>(
  name: string,
  description: string,
  input: Input,
  handle: Handle<z.output<Input>>,
): Tool {
  return tool(name, description, READS, 'read', input, handle);
}

function writing<Input extends z.ZodObject>(
  name: string,
  description: string,
  annotations: ToolHints,
  input: Input,
  handle: Handle<z.output<Input>>,
): Tool {
  return tool(name, description, annotations, 'write', input, handle);
}

function unserved(name: keyof typeof UNSERVED_INPUTS, description: string): Tool {
  const told = `${description} Not served by this profile.`;
  return tool(name, told, CHANGES, 'write', UNSERVED_INPUTS[name], async () => UNSERVED);
}

/** A surface is made for each client, and making a schema takes long. */
const SCHEMAS = new WeakMap<z.ZodObject, JsonObject>();

function schemaOf(input: z.ZodObject): JsonObject {
  const known = SCHEMAS.get(input) ?? inputSchemaOf(input);
  SCHEMAS.set(input, known);
  return known;
}

function tool<Input extends z.ZodObject>(
  name: string,
  description: string,
  annotations: ToolHints,
  access: Tool['access'],
  input: Input,
  handle: Handle<z.output<Input>>,
): Tool {
  return defineTool({
    name,
    title: name,
    description,
    annotations,
    toolset: 'tasks',
    access,
    input,
    inputJson: schemaOf(input),
    handle: (services, given) => handle(services, given),
    text: (answer: Json) => JSON.stringify(answer, undefined, 2),
  });
}
