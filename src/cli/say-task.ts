import type { TaskView } from '../api/task-view.ts';

/** When a task runs, as its author wrote it. */
export function sayWhen(task: TaskView): string {
  return task.schedule?.when ?? sayUnscheduled(task);
}

/** What starts a task that has no schedule. */
export function sayUnscheduled({ after }: TaskView): string {
  return after === null ? 'only when asked' : `after ${after.task_id}`;
}

/** What a task does, on one line. */
export function sayAction({ action }: TaskView): string {
  const { argv, command, method, url } = action;
  if (Array.isArray(argv)) return argv.join(' ');
  if (typeof command === 'string') return command;
  switch (action.kind) {
    case 'agent':
      return `agent ${said(action['engine'])}: ${said(action['prompt'])}`;
    case 'model':
      return `model ${said(action['model'])}: ${said(action['prompt'])}`;
    case 'message':
      return `message to ${said(action['endpoint'])}: ${said(action['text'])}`;
    case 'reminder':
      return `reminder: ${said(action['title'])}`;
    default:
      return `${said(method)} ${said(url)}`;
  }
}

/** The beginning of a text, on one line. */
function said(text: unknown): string {
  const line = String(text).slice(0, SAID_CHARS_MAX).replaceAll(/\s+/g, ' ').trim();
  return String(text).length > SAID_CHARS_MAX ? `${line}…` : line;
}

const SAID_CHARS_MAX = 60;
