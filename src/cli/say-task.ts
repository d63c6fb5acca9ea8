import type { TaskView } from '../api/task-view.ts';

/** When a task runs, as its author wrote it. */
export function sayWhen(task: TaskView): string {
  return task.schedule?.when ?? 'only when asked';
}

/** What a task does, on one line. */
export function sayAction({ action }: TaskView): string {
  const { argv, command, method, url } = action;
  if (Array.isArray(argv)) return argv.join(' ');
  if (typeof command === 'string') return command;
  return `${String(method)} ${String(url)}`;
}
