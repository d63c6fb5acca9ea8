import type { TaskAnswer } from '../api/task-answer.ts';
import type { TaskView } from '../api/task-view.ts';
import { openApi } from './api-client.ts';
import { usageFailure } from './cli-failure.ts';
import { answer, talk, type Context } from './context.ts';
import { inPath, query, wholeNumber } from './read-flags.ts';
import { sayPolicies } from './say-policies.ts';
import { sayAction, sayUnscheduled, sayWhen } from './say-task.ts';
import { sayCountdown, sayTime } from './say-time.ts';
import { sheet, table } from './table.ts';
import { taskBody, type DefinitionFlags } from './task-body.ts';

export async function addTask(
  context: Context,
  name: string,
  argv: readonly string[],
  flags: DefinitionFlags & { readonly paused?: boolean; readonly key?: string },
): Promise<void> {
  const body = await taskBody(flags, argv, context);
  if (body['action'] === undefined) {
    throw usageFailure(
      'A task needs an action: a program after --, or --shell, --url, --agent, --model-provider, --message-to or --remind.',
      `Such as: carillon tasks add ${name} --when "every day at 3am" -- echo hello`,
    );
  }
  const api = await openApi(context);
  const added = await api.ask({
    method: 'POST',
    path: '/tasks',
    body: {
      ...body,
      name,
      ...(flags.paused === true ? { paused: true } : {}),
      ...(flags.key === undefined ? {} : { idempotency_key: flags.key }),
    },
  });
  answer(context, added, () => sayTaskAnswer('Added', added as TaskAnswer));
}

export async function editTask(
  context: Context,
  task: string,
  argv: readonly string[],
  flags: DefinitionFlags & {
    readonly name?: string;
    readonly schedule?: boolean;
    readonly revision?: string;
  },
): Promise<void> {
  const body = {
    ...(await taskBody(flags, argv, context)),
    ...(flags.name === undefined ? {} : { name: flags.name }),
    ...(flags.schedule === false ? { remove_schedule: true } : {}),
    ...(flags.revision === undefined
      ? {}
      : { revision: wholeNumber('--revision', flags.revision) }),
  };
  if (Object.keys(body).length === 0) {
    throw usageFailure('Nothing to change was named.', 'Type: carillon tasks edit --help');
  }
  const api = await openApi(context);
  const edited = await api.ask({ method: 'PATCH', path: `/tasks/${inPath(task)}`, body });
  answer(context, edited, () => sayTaskAnswer('Changed', edited as TaskAnswer));
}

export async function listTasks(
  context: Context,
  flags: {
    readonly state?: string;
    readonly tag?: string;
    readonly text?: string;
    readonly limit?: string;
    readonly cursor?: string;
  },
): Promise<void> {
  const api = await openApi(context);
  const path = `/tasks${query({ state: flags.state, tag: flags.tag, text: flags.text, limit: flags.limit, cursor: flags.cursor })}`;
  const page = (await api.ask({ method: 'GET', path })) as {
    readonly tasks: readonly TaskView[];
    readonly next_cursor: string | null;
  };
  answer(context, page, () =>
    page.tasks.length === 0
      ? 'There are no tasks. Make one: carillon tasks add hello --when "every hour" -- echo hello'
      : sayTasks(page.tasks),
  );
  if (page.next_cursor !== null && !context.isJson) {
    talk(context, `There are more: add --cursor ${page.next_cursor}`);
  }
}

export async function showTask(context: Context, task: string): Promise<void> {
  const api = await openApi(context);
  const shown = await api.ask({ method: 'GET', path: `/tasks/${inPath(task)}` });
  answer(context, shown, () => sayWholeTask(shown as TaskAnswer));
}

export async function pauseTask(
  context: Context,
  task: string,
  reason: string | undefined,
): Promise<void> {
  const api = await openApi(context);
  const path = `/tasks/${inPath(task)}/pause`;
  const paused = await api.ask({
    method: 'POST',
    path,
    body: reason === undefined ? {} : { reason },
  });
  answer(context, paused, () => `Paused ${task}. Let it go on: carillon tasks resume ${task}`);
}

export async function resumeTask(context: Context, task: string): Promise<void> {
  const api = await openApi(context);
  const resumed = await api.ask({
    method: 'POST',
    path: `/tasks/${inPath(task)}/resume`,
    body: {},
  });
  answer(context, resumed, () => sayTaskAnswer('Resumed', resumed as TaskAnswer));
}

export async function removeTask(context: Context, task: string): Promise<void> {
  const api = await openApi(context);
  const removed = await api.ask({ method: 'DELETE', path: `/tasks/${inPath(task)}` });
  answer(
    context,
    removed ?? { removed: task },
    () =>
      `Removed ${task}. Its runs are kept. Take it back within 24 hours: carillon tasks undelete ${task}`,
  );
}

export async function undeleteTask(context: Context, task: string): Promise<void> {
  const api = await openApi(context);
  const back = await api.ask({
    method: 'POST',
    path: `/tasks/${inPath(task)}/undelete`,
    body: {},
  });
  answer(context, back, () => sayTaskAnswer('Taken back', back as TaskAnswer));
}

/** Tasks in lines, with their next times. */
function sayTasks(tasks: readonly TaskView[]): string {
  const now = Temporal.Now.instant();
  return table(
    ['NAME', 'STATE', 'WHEN', 'ZONE', 'NEXT', 'DOES'],
    tasks.map((task) => [
      task.name,
      task.state,
      sayWhen(task),
      task.timezone,
      sayCountdown(task.next_at, now),
      sayAction(task),
    ]),
  );
}

function sayTaskAnswer(
  done: string,
  { task, receipt, warnings, is_repeat: isRepeat }: TaskAnswer,
): string {
  const now = Temporal.Now.instant();
  const next = (receipt?.next ?? []).slice(0, NEXT_TOLD_MAX);
  return sheet([
    [isRepeat ? 'Already there' : done, `${task.name} (${task.id})`],
    ['When', receipt === null ? sayUnscheduled(task) : receipt.meaning],
    ...next.map(
      ({ at, note }, index) =>
        [
          index === 0 ? 'Next' : '',
          `${sayTime(at, receipt?.timezone ?? 'UTC', now)}${note === null ? '' : `: ${note}`}`,
        ] as const,
    ),
    ['Zone', receipt?.timezone],
    ...warnings.map((warning) => ['Warning', warning] as const),
    ['Try it', `carillon tasks run ${task.name.includes(' ') ? task.id : task.name} --wait`],
  ]);
}

const NEXT_TOLD_MAX = 3;

/** Where a task stands that a run made; absent for every other. */
function sayLineage({ lineage, timezone }: TaskView, now: Temporal.Instant): string | undefined {
  if (lineage === null) return undefined;
  return `a run of ${lineage.parent_task}, depth ${lineage.depth}; ends by ${sayTime(lineage.ends_at, timezone, now)}`;
}

/** All that a person wants to know of a task; a program takes the JSON. */
function sayWholeTask({ task, receipt, warnings }: TaskAnswer): string {
  const now = Temporal.Now.instant();
  const reason = task.state_reason === null ? '' : `, ${task.state_reason}`;
  return sheet([
    ['Task', `${task.name} (${task.id})`],
    ['About', task.description ?? undefined],
    ['State', `${task.state}${reason}`],
    ['When', receipt === null ? sayUnscheduled(task) : receipt.meaning],
    ['Written', task.schedule?.when],
    ...(task.state === 'active' ? (receipt?.next ?? []) : []).map(
      ({ at, note }, index) =>
        [
          index === 0 ? 'Next' : '',
          `${sayTime(at, task.timezone, now)}${note === null ? '' : `: ${note}`}`,
        ] as const,
    ),
    ['Zone', receipt === null ? undefined : task.timezone],
    ['Does', sayAction(task)],
    ['Folder', typeof task.action['cwd'] === 'string' ? task.action['cwd'] : undefined],
    ['Tags', task.tags.length === 0 ? undefined : task.tags.join(', ')],
    ...sayPolicies(task.policies).filter(([, value]) => value !== ''),
    ['Version', `${String(task.version)}, of ${sayTime(task.updated_at, task.timezone, now)}`],
    ['Made by', `${task.created_by}, ${sayTime(task.created_at, task.timezone, now)}`],
    ['Made in', sayLineage(task, now)],
    ...warnings.map((warning) => ['Warning', warning] as const),
  ]);
}
