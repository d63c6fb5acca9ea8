import type { TaskView } from '../api/task-view.ts';
import { openApi } from './api-client.ts';
import { answer, type Context } from './context.ts';
import { query, wholeNumber } from './read-flags.ts';
import { sayAction, sayWhen } from './say-task.ts';
import { sayTime } from './say-time.ts';
import { table } from './table.ts';

/** `carillon next`: active tasks by their next time, soonest first. */
export async function sayNext(context: Context, limit: string): Promise<void> {
  const count = wholeNumber('--limit', limit);
  const api = await openApi(context);
  const tasks: TaskView[] = [];
  let cursor: string | undefined;
  do {
    const path = `/tasks${query({ state: 'active', limit: '50', cursor })}`;
    const page = (await api.ask({ method: 'GET', path })) as {
      readonly tasks: readonly TaskView[];
      readonly next_cursor: string | null;
    };
    tasks.push(...page.tasks);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined && tasks.length < TASKS_READ_MAX);
  const next = tasks
    .filter((task) => task.next_at !== null)
    .sort(soonerFirst)
    .slice(0, count);
  const now = Temporal.Now.instant();
  answer(context, { tasks: next }, () =>
    next.length === 0
      ? 'Nothing is scheduled.'
      : table(
          ['NEXT', 'ZONE', 'TASK', 'WHEN', 'DOES'],
          next.map((task) => [
            sayTime(task.next_at, task.timezone, now),
            task.timezone,
            task.name,
            sayWhen(task),
            sayAction(task),
          ]),
        ),
  );
}

const TASKS_READ_MAX = 10_000;

function soonerFirst(one: TaskView, other: TaskView): number {
  return Temporal.Instant.compare(one.next_at ?? '', other.next_at ?? '');
}
