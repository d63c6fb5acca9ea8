import type { z } from 'zod';
import { defineTool, type Tool, type ToolHints } from '../../api/tool.ts';
import { Refusal } from '../../domain/refusal.ts';
import type { Task } from '../../domain/task.ts';
import type { Services, TaskEdit } from '../../service/services.ts';
import { orNothing } from '../mcp-scheduler/find-by-wire-id.ts';
import { allTasks } from '../mcp-scheduler/list-everything.ts';
import {
  createInput,
  createJson,
  listRunsInput,
  listRunsJson,
  listTasksInput,
  listTasksJson,
  logInput,
  logJson,
  previewInput,
  previewJson,
  runInput,
  runJson,
  taskIdInput,
  taskIdJson,
  updateInput,
  updateJson,
} from './inputs.ts';
import {
  BAD_CRON,
  CronRefusal,
  makeTask,
  nameOf,
  readCron,
  setPaused,
  wireName,
} from './make-task.ts';
import { cwdOf, inFolder, promptAction, type TaskExt } from './prompt-action.ts';
import { readLog } from './run-log.ts';
import { lastRunAt, listRuns, RUNS_MAX } from './runs.ts';
import type { SurfaceSettings } from './settings-json.ts';
import { findTask, hexRunId, runIdOf } from './wire-ids.ts';
import {
  NO_RUNS,
  sayCreated,
  sayRuns,
  sayTask,
  sayTasks,
  sayTime,
  wireId,
  wireState,
} from './words.ts';

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
const ENDS: ToolHints = { ...CHANGES, idempotentHint: true, openWorldHint: false };

const SECONDS_IN_MINUTE = 60;
const PREVIEW_MAX = 10;

/** In the order in which the older system documents them. */
export function clicrontabTools(settings: SurfaceSettings): readonly Tool[] {
  const { engine } = settings;
  const zone = settings.usesUtc ? 'UTC' : undefined;
  return [
    writing(
      'cron_create_task',
      '创建一个定时执行 Claude 命令的任务',
      STARTS,
      createInput,
      createJson,
      async (services, input, daemonZone) => {
        const task = await inLabels('创建任务失败', () =>
          makeTask(services, zone, {
            name: input.name ?? undefined,
            cron: input.cron,
            ...promptAction(engine, input.prompt, input.working_dir),
            timeoutS: input.timeout_minutes * SECONDS_IN_MINUTE || undefined,
            isPaused: false,
          }),
        );
        return sayCreated(task, zone ?? daemonZone);
      },
    ),
    reading(
      'cron_list_tasks',
      '列出所有定时任务',
      listTasksInput,
      listTasksJson,
      async (services, { status }, daemonZone) => {
        const newestFirst = [...(await allTasks(services))].reverse();
        const filters = status === 'active' || status === 'paused';
        const tasks = newestFirst.filter((task) => !filters || wireState(task) === status);
        return sayTasks(tasks, zone ?? daemonZone);
      },
    ),
    reading(
      'cron_get_task',
      '获取任务详情',
      taskIdInput,
      taskIdJson,
      async (services, { task_id: id }, daemonZone) => {
        const task = await taskNamed(services, id);
        return sayTask(task, await lastRunAt(services, task), zone ?? daemonZone);
      },
    ),
    writing(
      'cron_update_task',
      '更新任务。未给出的参数保持不变。',
      CHANGES,
      updateInput,
      updateJson,
      async (services, input) => {
        const task = await taskNamed(services, input.task_id);
        const edited = await inLabels('更新任务失败', () =>
          editTask(services, settings, task, input),
        );
        return `任务已更新: ${wireId(edited)}\n状态: ${wireState(edited)}`;
      },
    ),
    writing(
      'cron_delete_task',
      '删除任务',
      ENDS,
      taskIdInput,
      taskIdJson,
      async (services, { task_id: id }) => {
        const task = await taskNamed(services, id);
        if ((await orNothing(() => services.deleteTask(task.id))) === undefined) throw noTask(id);
        return `任务已删除: ${id}`;
      },
    ),
    writing(
      'cron_run_task',
      '立即执行指定任务，不等待其结束',
      STARTS,
      runInput,
      runJson,
      async (services, { task_id: id, working_dir: cwd }) => {
        const task = await taskNamed(services, id);
        const run = await inLabels('执行任务失败', () => startRun(services, task, cwd ?? ''));
        return `任务已开始执行\n任务 ID: ${id}\n运行 ID: ${hexRunId(run.id)}`;
      },
    ),
    reading(
      'cron_list_runs',
      '列出任务的运行历史，最新的在前',
      listRunsInput,
      listRunsJson,
      async (services, { task_id: id, limit }, daemonZone) => {
        const task = await findTask(services, id);
        if (task === undefined) return NO_RUNS;
        const runs = await listRuns(services, task, Math.min(RUNS_MAX, limit));
        return sayRuns(runs, (run) => hexRunId(run.id), zone ?? daemonZone);
      },
    ),
    reading(
      'cron_get_run_log',
      '获取运行日志',
      logInput,
      logJson,
      async (services, { run_id: hex, tail }) => {
        const id = runIdOf(hex);
        const detail = id === undefined ? undefined : await orNothing(() => services.getRun(id));
        if (detail === undefined) throw new Refusal('not_found', '读取日志失败: 没有该运行');
        return (await readLog(services, detail.run, tail)).text;
      },
    ),
    reading(
      'cron_preview',
      '预览 cron 表达式的触发时间',
      previewInput,
      previewJson,
      async (services, { cron_expr: cron, count }) => {
        const wanted = Math.min(PREVIEW_MAX, Math.max(1, count));
        const { receipt } = await inLabels('预览失败', () =>
          readCron(services, zone, cron, wanted),
        );
        const times = receipt.next.map(
          ({ at }, index) => `${index + 1}. ${sayTime(at, receipt.zone)}`,
        );
        return [`Cron 表达式: ${cron}`, `时区: ${receipt.zone}`, '未来触发时间:', ...times].join(
          '\n',
        );
      },
    ),
  ];
}

type Handle<Input> = (services: Services, input: Input, daemonZone: string) => Promise<string>;

function reading<Input extends z.ZodObject>(
  name: string,
  description: string,
  input: Input,
  inputJson: Tool['inputJson'],
  handle: Handle<z.output<Input>>,
): Tool {
  return tool(name, description, READS, 'read', input, inputJson, handle);
}

function writing<Input extends z.ZodObject>(
  name: string,
  description: string,
  annotations: ToolHints,
  input: Input,
  inputJson: Tool['inputJson'],
  handle: Handle<z.output<Input>>,
): Tool {
  return tool(name, description, annotations, 'write', input, inputJson, handle);
}

function tool<Input extends z.ZodObject>(
  name: string,
  description: string,
  annotations: ToolHints,
  access: Tool['access'],
  input: Input,
  inputJson: Tool['inputJson'],
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
    inputJson,
    handle: (services, given, call) => handle(services, given, call.zone),
    text: (answer) => answer,
  });
}

async function taskNamed(services: Services, id: string): Promise<Task> {
  const task = await findTask(services, id);
  if (task === undefined) throw noTask(id);
  return task;
}

function noTask(id: string): Refusal {
  return new Refusal('not_found', `任务不存在: ${id.slice(0, 100)}`);
}

/** Empty texts mean unchanged, and so does the absence of `paused`. */
async function editTask(
  services: Services,
  { engine, usesUtc }: SurfaceSettings,
  task: Task,
  input: z.output<typeof updateInput>,
): Promise<Task> {
  const { action } = task.definition;
  const cwd = input.working_dir || cwdOf(action);
  const edit: TaskEdit = {
    ...(input.cron
      ? {
          when: (await readCron(services, usesUtc ? 'UTC' : undefined, input.cron, 1)).when,
          ...(usesUtc ? { zone: 'UTC' } : {}),
        }
      : {}),
    ...(input.prompt ? withPrompt(task, promptAction(engine, input.prompt, cwd)) : {}),
    ...(!input.prompt && input.working_dir ? { action: inFolder(action, cwd) } : {}),
  };
  const isPaused = input.paused ?? task.state !== 'active';
  const { task: edited } = await services.updateTask(task.id, edit);
  return setPaused(services, edited, isPaused);
}

function withPrompt(
  task: Task,
  { action, ext }: { readonly action: TaskEdit['action']; readonly ext: TaskExt },
): Pick<TaskEdit, 'action' | 'ext'> {
  const { ext: kept } = nameOf(wireName(task), wireId(task), ext);
  return action === undefined ? { ext: kept } : { action, ext: kept };
}

async function startRun(services: Services, task: Task, cwd: string) {
  try {
    return await services.runTask(cwd === '' ? { task: task.id } : { task: task.id, cwd });
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'conflict') throw error;
    throw new Refusal('conflict', 'task is already running');
  }
}

/** Refusals with the label that the older system puts before its reasons. */
async function inLabels<Answer>(label: string, act: () => Promise<Answer>): Promise<Answer> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const before = error instanceof CronRefusal ? BAD_CRON : label;
    throw new Refusal(error.code, `${before}: ${error.message}`, error.hint);
  }
}
