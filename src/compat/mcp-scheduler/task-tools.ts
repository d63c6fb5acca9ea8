import { defineTool, type Tool, type ToolHints } from '../../api/tool.ts';
import type { JsonObject } from '../../domain/json.ts';
import { Refusal } from '../../domain/refusal.ts';
import { profileSecretName } from '../../domain/secrets/profile-secrets.ts';
import type { Task } from '../../domain/task.ts';
import type { Services, TaskDraft } from '../../service/services.ts';
import { checkedCron } from './checked-cron.ts';
import { editTask } from './edit-task.ts';
import { findByWireId, newWireId, orNothing } from './find-by-wire-id.ts';
import { addAiInput, addAiJson, addReminderInput, addReminderJson } from './inputs.ts';
import { addApiInput, addApiJson, addCommandInput, addCommandJson } from './inputs.ts';
import { taskIdInput, taskIdJson, updateInput, updateJson } from './inputs.ts';
import { plainAgent } from '../../domain/action.ts';
import { aiAction, apiAction, commandAction, reminderAction } from './make-action.ts';
import { booleanOutput, maybeObjectOutput, objectOutput } from './outputs.ts';
import { describeTask, noText } from './read-tools.ts';
import { runAndWait } from './run-and-wait.ts';
import type { SurfaceSettings } from './settings-json.ts';
import { wireExecution } from './wire-execution.ts';

const STARTS: ToolHints = {
  readOnlyHint: false,
  destructiveHint: false,
  idempotentHint: false,
  openWorldHint: true,
};
const SETS: ToolHints = {
  readOnlyHint: false,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};
const ENDS: ToolHints = { ...SETS, destructiveHint: true };

const ONCE =
  'Unless do_only_once is false, the task switches itself off after its first successful run.';

export function addCommandTask(settings: SurfaceSettings): Tool {
  return defineTool({
    name: 'add_command_task',
    title: 'Add a command task',
    description: `Add a new shell command task. ${ONCE}`,
    annotations: STARTS,
    toolset: 'tasks',
    access: 'write',
    input: addCommandInput,
    inputJson: addCommandJson,
    outputJson: objectOutput,
    handle: async (services, input, call) =>
      addTask(services, settings, input, { action: commandAction(input.command, call.cwd) }),
    text: noText,
  });
}

export function addApiTask(settings: SurfaceSettings): Tool {
  return defineTool({
    name: 'add_api_task',
    title: 'Add an API task',
    description: `Add a new API call task. ${ONCE}`,
    annotations: STARTS,
    toolset: 'tasks',
    access: 'write',
    input: addApiInput,
    inputJson: addApiJson,
    outputJson: objectOutput,
    handle: async (services, input) =>
      addTask(
        services,
        settings,
        input,
        apiAction({
          url: input.api_url,
          method: input.api_method,
          headers: input.api_headers ?? {},
          body: (input.api_body as JsonObject | null | undefined) ?? undefined,
        }),
      ),
    text: noText,
  });
}

export function addAiTask(settings: SurfaceSettings): Tool {
  return defineTool({
    name: 'add_ai_task',
    title: 'Add an AI task',
    description: `Add a new AI task: its prompt goes to a model. ${ONCE}`,
    annotations: STARTS,
    toolset: 'tasks',
    access: 'write',
    input: addAiInput,
    inputJson: addAiJson,
    outputJson: objectOutput,
    handle: async (services, input, call) => {
      const action = settings.usesAwsQModel
        ? plainAgent(await findAwsEngine(services), input.prompt, call.cwd)
        : aiAction(settings.aiModel, input.prompt, await findKey(services));
      return addTask(services, settings, input, { action });
    },
    text: noText,
  });
}

/** What Amazon Q's command line is called, by age. */
const AWS_ENGINES: readonly string[] = ['q', 'kiro-cli'];
const USUAL_AWS_ENGINE = 'q';

/** The one that is installed where the daemon runs; without any, runs say that it was not found. */
async function findAwsEngine(services: Services): Promise<string> {
  const listing = await orNotTold(() => services.listEngines());
  const found = listing?.engines.find(
    ({ name, path }) => AWS_ENGINES.includes(name) && path !== undefined,
  );
  return found?.name ?? USUAL_AWS_ENGINE;
}

const KEY_NAME = 'OPENAI_API_KEY';

/** The key's name in the vault, when it is there. Without it a run takes the one that a client handed over. */
async function findKey(services: Services): Promise<string | undefined> {
  const names = (await orNotTold(() => services.listSecrets()))?.map(({ name }) => name);
  const isHandedOver = names?.includes(profileSecretName(MCP_SCHEDULER, KEY_NAME));
  return isHandedOver === true ? undefined : names?.find((name) => name === KEY_NAME);
}

const MCP_SCHEDULER = 'mcp-scheduler';

/** `undefined` where this caller, or this process, is not told: the usual is then assumed. */
async function orNotTold<Found>(ask: () => Promise<Found>): Promise<Found | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

export function addReminderTask(settings: SurfaceSettings): Tool {
  return defineTool({
    name: 'add_reminder_task',
    title: 'Add a reminder',
    description: `Add a new reminder task, which shows a message to the user. ${ONCE}`,
    annotations: STARTS,
    toolset: 'tasks',
    access: 'write',
    input: addReminderInput,
    inputJson: addReminderJson,
    outputJson: objectOutput,
    handle: async (services, input) =>
      addTask(
        services,
        settings,
        input,
        reminderAction(input.name, input.title || undefined, input.message),
      ),
    text: noText,
  });
}

export const updateTask = defineTool({
  name: 'update_task',
  title: 'Update a task',
  description: 'Update an existing task. Arguments that are null or absent stay as they are.',
  annotations: { ...STARTS, destructiveHint: true },
  toolset: 'tasks',
  access: 'write',
  input: updateInput,
  inputJson: updateJson,
  outputJson: maybeObjectOutput,
  handle: async (services, input, call) =>
    onTask(services, input.task_id, (task) => editTask(services, task, input, call)),
  text: noText,
});

export const removeTask = defineTool({
  name: 'remove_task',
  title: 'Remove a task',
  description: 'Delete a task. Its executions stay stored for their retention.',
  annotations: ENDS,
  toolset: 'tasks',
  access: 'write',
  input: taskIdInput,
  inputJson: taskIdJson,
  outputJson: booleanOutput,
  handle: async (services, { task_id: id }) => {
    const task = await findByWireId(services, id);
    if (task === undefined) return false;
    return (await orNothing(() => services.deleteTask(task.id))) !== undefined;
  },
  text: noText,
});

export const enableTask = defineTool({
  name: 'enable_task',
  title: 'Enable a task',
  description: 'Enable a disabled task.',
  annotations: SETS,
  toolset: 'tasks',
  access: 'write',
  input: taskIdInput,
  inputJson: taskIdJson,
  outputJson: maybeObjectOutput,
  handle: async (services, { task_id: id }) =>
    onTask(services, id, async (task) => (await services.resumeTask(task.id)).task),
  text: noText,
});

export const disableTask = defineTool({
  name: 'disable_task',
  title: 'Disable a task',
  description: 'Disable an active task.',
  annotations: SETS,
  toolset: 'tasks',
  access: 'write',
  input: taskIdInput,
  inputJson: taskIdJson,
  outputJson: maybeObjectOutput,
  handle: async (services, { task_id: id }) =>
    onTask(services, id, (task) =>
      task.state === 'active' ? services.pauseTask(task.id) : Promise.resolve(task),
    ),
  text: noText,
});

export const runTaskNow = defineTool({
  name: 'run_task_now',
  title: 'Run a task now',
  description:
    'Run a task immediately and wait for its end. The answer is empty when there is no such task, or when a run of it is under way.',
  annotations: STARTS,
  toolset: 'tasks',
  access: 'write',
  input: taskIdInput,
  inputJson: taskIdJson,
  outputJson: maybeObjectOutput,
  handle: async (services, { task_id: id }, call) => {
    const task = await findByWireId(services, id);
    const run = task === undefined ? undefined : await runAndWait(services, task, call);
    if (task === undefined || run === undefined) return null;
    const after = (await findByWireId(services, id)) ?? task;
    const execution = await wireExecution(services, run);
    return { ...(await describeTask(services, after)), execution };
  },
  text: noText,
});

type Common = {
  readonly name: string;
  readonly schedule: string;
  readonly description?: string | null | undefined;
  readonly enabled: boolean;
  readonly do_only_once: boolean;
};

async function addTask(
  services: Services,
  settings: SurfaceSettings,
  input: Common,
  made: Pick<TaskDraft, 'action' | 'ext'>,
): Promise<JsonObject> {
  const when = await checkedCron(services, input.schedule);
  const { task } = await services.createTask({
    name: input.name,
    ...(typeof input.description === 'string' ? { description: input.description } : {}),
    when,
    zone: 'UTC',
    ...made,
    policies: {
      timeoutMs: settings.executionTimeoutS * 1_000,
      endsAfterSuccess: input.do_only_once,
    },
    isPaused: !input.enabled,
    foreignId: newWireId(),
  });
  return describeTask(services, task);
}

/** What `change` makes of the task with this id; `null` when there is none. */
async function onTask(
  services: Services,
  id: string,
  change: (task: Task) => Promise<Task>,
): Promise<JsonObject | null> {
  const task = await findByWireId(services, id);
  const changed = task && (await orNothing(() => change(task)));
  return changed === undefined ? null : describeTask(services, changed);
}
