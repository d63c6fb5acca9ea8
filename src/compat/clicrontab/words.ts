import type { Run } from '../../domain/run.ts';
import type { Task } from '../../domain/task.ts';
import { timeoutOf, wireName } from './make-task.ts';
import { cwdOf, promptOf } from './prompt-action.ts';
import { exitCodeOf, statusOf, type WireStatus } from './runs.ts';

/** Bytes of a prompt that a list shows. */
const PROMPT_BYTES_MAX = 60;
const ELLIPSIS = '...';

const NO_TASKS = '没有找到任务';
export const NO_RUNS = '该任务暂无运行记录';

/** `YYYY-MM-DD HH:MM:SS` in the zone, as the seed of the older system shows times. */
export function sayTime(instant: Temporal.Instant, zone: string): string {
  return instant
    .toZonedDateTimeISO(zone)
    .toPlainDateTime()
    .toString({ smallestUnit: 'second' })
    .replace('T', ' ');
}

export function sayCreated(task: Task, zone: string): string {
  const next = task.next === undefined ? '-' : sayTime(task.next.dueAt, zone);
  return lines([
    '任务已创建',
    `ID: ${wireId(task)}`,
    `下次执行: ${next}`,
    `工作目录: ${cwdOf(task.definition.action) ?? '-'}`,
  ]);
}

export function sayTasks(tasks: readonly Task[], zone: string): string {
  if (tasks.length === 0) return NO_TASKS;
  return [`找到 ${tasks.length} 个任务:`, ...tasks.map((task) => sayInList(task, zone))].join(
    '\n\n',
  );
}

function sayInList(task: Task, zone: string): string {
  const name = wireName(task);
  const { action, schedule } = task.definition;
  return lines([
    `${task.state === 'active' ? '▶️' : '⏸️'} ${wireId(task)}`,
    name === undefined ? undefined : `名称: ${name}`,
    `Cron: ${schedule?.source ?? '-'}`,
    `Prompt: ${cut(promptOf(task))}`,
    `工作目录: ${cwdOf(action) ?? '-'}`,
    task.next === undefined ? undefined : `下次执行: ${sayTime(task.next.dueAt, zone)}`,
  ]);
}

export function sayTask(task: Task, lastRun: Temporal.Instant | undefined, zone: string): string {
  const name = wireName(task);
  const timeoutS = timeoutOf(task);
  const { action, schedule } = task.definition;
  return lines([
    `任务 ID: ${wireId(task)}`,
    name === undefined ? undefined : `名称: ${name}`,
    `状态: ${wireState(task)}`,
    `Prompt: ${promptOf(task)}`,
    `Cron: ${schedule?.source ?? '-'}`,
    `工作目录: ${cwdOf(action) ?? '-'}`,
    timeoutS === undefined ? undefined : `超时: ${timeoutS} 秒`,
    lastRun === undefined ? undefined : `上次运行: ${sayTime(lastRun, zone)}`,
    task.next === undefined ? undefined : `下次运行: ${sayTime(task.next.dueAt, zone)}`,
    `创建时间: ${sayTime(task.createdAt, zone)}`,
  ]);
}

export function sayRuns(runs: readonly Run[], idOf: (run: Run) => string, zone: string): string {
  if (runs.length === 0) return NO_RUNS;
  const told = runs.map((run) => {
    const status = statusOf(run);
    const exitCode = exitCodeOf(run);
    return lines([
      `[${EMOJI[status]}] 运行 ID: ${idOf(run)}`,
      `状态: ${status}`,
      run.startedAt === undefined ? undefined : `开始: ${sayTime(run.startedAt, zone)}`,
      run.endedAt === undefined ? undefined : `结束: ${sayTime(run.endedAt, zone)}`,
      exitCode === undefined ? undefined : `退出码: ${exitCode}`,
    ]);
  });
  return [`找到 ${runs.length} 条运行记录:`, ...told].join('\n\n');
}

export function wireId(task: Task): string {
  return task.foreignId ?? task.id;
}

/** A task that has ended runs no more than a paused one. */
export function wireState(task: Task): 'active' | 'paused' {
  return task.state === 'active' ? 'active' : 'paused';
}

const EMOJI: Readonly<Record<WireStatus, string>> = {
  queued: '⏳',
  running: '🔄',
  succeeded: '✅',
  failed: '❌',
  canceled: '🚫',
  timed_out: '⏰',
  skipped: '⏭️',
};

/** On one line and at most so many bytes, cut between characters. */
function cut(prompt: string): string {
  const line = prompt.replaceAll(/\s+/g, ' ');
  if (Buffer.byteLength(line) <= PROMPT_BYTES_MAX) return line;
  let kept = '';
  for (const character of line) {
    if (Buffer.byteLength(kept + character) > PROMPT_BYTES_MAX - ELLIPSIS.length) break;
    kept += character;
  }
  return `${kept}${ELLIPSIS}`;
}

function lines(given: readonly (string | undefined)[]): string {
  return given.filter((line) => line !== undefined).join('\n');
}
