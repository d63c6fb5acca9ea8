import type { ActionKind, HttpAction, ReminderAction } from '../../domain/action.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import { isFinal, type Run } from '../../domain/run.ts';
import type { Task } from '../../domain/task.ts';
import { wireTime, wireTimeOrNull } from './wire-time.ts';

/** What the profile keeps beside a task: what its action cannot say in the older system's words. */
export type TaskExt = {
  /** The method as it was written. */
  readonly api_method?: string;
  /** The body, kept also while the method sends none. */
  readonly api_body?: JsonObject;
  /** Whether the content type is ours, because the body is JSON. */
  readonly adds_content_type?: boolean;
  /** Whether a reminder has no title of its own and shows the name. */
  readonly has_no_title?: boolean;
};

export const CONTENT_TYPE = 'content-type';

/** A task in the older system's words. */
export function wireTask(task: Task, lastRun: Run | undefined): JsonObject {
  const { name, description, schedule, action, policies } = task.definition;
  const source = schedule?.source ?? '';
  return {
    id: task.foreignId ?? task.id,
    name,
    schedule: source,
    schedule_human_readable: READABLE.get(source.trim()) ?? source,
    type: TYPES[action.kind],
    description: description ?? null,
    enabled: task.state === 'active',
    do_only_once: policies.endsAfterSuccess,
    status: statusOf(task, lastRun),
    created_at: wireTime(task.createdAt),
    updated_at: wireTime(task.updatedAt),
    last_run: wireTimeOrNull(lastRun?.startedAt),
    next_run: wireTimeOrNull(task.next?.dueAt),
    ...wireAction(task),
  };
}

/** The older system's types. What it has no type for is shown as what comes nearest. */
const TYPES: Readonly<Record<ActionKind, string>> = {
  command: 'shell_command',
  http: 'api_call',
  agent: 'ai',
  model: 'ai',
  message: 'api_call',
  reminder: 'reminder',
};

function wireAction(task: Task): JsonObject {
  const { action } = task.definition;
  switch (action.kind) {
    case 'command':
      return { command: commandText(action.program) };
    case 'http':
      return wireHttp(task, action);
    case 'agent':
    case 'model':
      return { prompt: action.prompt };
    case 'message':
      return { api_url: action.endpoint, api_method: action.method, api_headers: null };
    case 'reminder':
      return { reminder_title: reminderTitle(task.ext, action), reminder_message: action.body };
  }
}

function reminderTitle(ext: TaskExt, { title }: ReminderAction): string | null {
  return ext.has_no_title === true ? null : title;
}

/** The older system describes three schedules and repeats the others. */
const READABLE: ReadonlyMap<string, string> = new Map([
  ['0 0 * * *', 'Every day at midnight'],
  ['0 * * * *', 'Every hour'],
  ['* * * * *', 'Every minute'],
]);

/** Enabling a task makes it wait anew, whatever its runs before came to. */
function statusOf(task: Task, lastRun: Run | undefined): string {
  if (lastRun !== undefined && lastRun.startedAt !== undefined && !isFinal(lastRun.state)) {
    return 'running';
  }
  if (task.state !== 'active') return 'disabled';
  if (lastRun?.endedAt === undefined) return 'pending';
  if (Temporal.Instant.compare(lastRun.endedAt, task.stateAt) <= 0) return 'pending';
  return lastRun.state === 'succeeded' ? 'completed' : 'failed';
}

function commandText(
  program: Extract<Task['definition']['action'], { readonly kind: 'command' }>['program'],
): string {
  return program.kind === 'shell' ? program.text : program.argv.join(' ');
}

function wireHttp(task: Task, action: HttpAction): JsonObject {
  const ext: TaskExt = task.ext;
  const isSameMethod = ext.api_method?.toUpperCase() === action.method;
  const body = ext.api_body ?? {};
  return {
    api_url: action.url,
    api_method: isSameMethod ? (ext.api_method ?? action.method) : action.method,
    api_headers: wireHeaders(action, ext),
    ...(Object.keys(body).length === 0 ? {} : { api_body_keys: Object.keys(body) }),
  };
}

/** As they were given. A header that was changed to a secret elsewhere shows no value. */
function wireHeaders(action: HttpAction, ext: TaskExt): Json {
  const headers = Object.entries(action.headers)
    .filter(([name]) => !(ext.adds_content_type === true && name === CONTENT_TYPE))
    .map(([name, value]) => [name, value.kind === 'text' ? value.text : '***'] as const);
  return headers.length === 0 ? null : Object.fromEntries(headers);
}
