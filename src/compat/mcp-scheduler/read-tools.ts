import { defineTool, type Tool, type ToolHints } from '../../api/tool.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Task } from '../../domain/task.ts';
import type { Services } from '../../service/services.ts';
import { findByWireId } from './find-by-wire-id.ts';
import { executionsInput, executionsJson, noInput, noInputJson } from './inputs.ts';
import { taskIdInput, taskIdJson } from './inputs.ts';
import { allTasks, latestRuns } from './list-everything.ts';
import { listOutput, maybeObjectOutput, objectOutput } from './outputs.ts';
import type { SurfaceSettings } from './settings-json.ts';
import { wireExecution } from './wire-execution.ts';
import { wireTask } from './wire-task.ts';

const READS: ToolHints = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};

/** Executions that are shown beside a task. */
const EXECUTIONS_SHOWN = 10;

export const listTasks = defineTool({
  name: 'list_tasks',
  title: 'List tasks',
  description: 'List all scheduled tasks.',
  annotations: READS,
  toolset: 'tasks',
  access: 'read',
  input: noInput,
  inputJson: noInputJson,
  outputJson: listOutput,
  handle: async (services) => {
    const wired: JsonObject[] = [];
    for (const task of await allTasks(services)) wired.push(await describeTask(services, task));
    return wired;
  },
  text: noText,
});

export const getTask = defineTool({
  name: 'get_task',
  title: 'Get a task',
  description: 'Get details of a specific task, with its latest executions.',
  annotations: READS,
  toolset: 'tasks',
  access: 'read',
  input: taskIdInput,
  inputJson: taskIdJson,
  outputJson: maybeObjectOutput,
  handle: async (services, { task_id: id }) => {
    const task = await findByWireId(services, id);
    if (task === undefined) return null;
    const runs = await latestRuns(services, task, EXECUTIONS_SHOWN);
    const executions = await Promise.all(runs.map((run) => wireExecution(services, run)));
    return { ...wireTask(task, runs[0]), executions };
  },
  text: noText,
});

export const getTaskExecutions = defineTool({
  name: 'get_task_executions',
  title: 'Get the executions of a task',
  description: 'Get execution history for a task, newest first.',
  annotations: READS,
  toolset: 'tasks',
  access: 'read',
  input: executionsInput,
  inputJson: executionsJson,
  outputJson: listOutput,
  handle: async (services, { task_id: id, limit }) => {
    const task = await findByWireId(services, id);
    if (task === undefined) return [];
    const runs = await latestRuns(services, task, limit);
    return Promise.all(
      runs.map(async (run) => ({ ...(await wireExecution(services, run)), task_id: id })),
    );
  },
  text: noText,
});

export function getServerInfo(settings: SurfaceSettings): Tool {
  return defineTool({
    name: 'get_server_info',
    title: 'Get server information',
    description: 'Get server information.',
    annotations: READS,
    toolset: 'tasks',
    access: 'read',
    input: noInput,
    inputJson: noInputJson,
    outputJson: objectOutput,
    handle: async () => ({
      name: settings.name,
      version: settings.version,
      scheduler_status: 'running',
      check_interval: settings.checkIntervalS,
      execution_timeout: settings.executionTimeoutS,
      ai_model: settings.aiModel,
    }),
    text: noText,
  });
}

/** A task as it stands, in the older system's words. */
export async function describeTask(services: Services, task: Task): Promise<JsonObject> {
  const [lastRun] = await latestRuns(services, task, 1);
  return wireTask(task, lastRun);
}

/** The surface writes its answers from their values alone. */
export function noText(): string {
  return '';
}
