import { useState } from 'react';
import { Link } from 'wouter';
import { useRunNow } from '../../api/actions.ts';
import { useLatestRuns } from '../../api/pictures.ts';
import type { TaskPage } from '../../api/tasks.ts';
import { useUsage } from '../../api/usage.ts';
import { Button, buttonClass } from '../../parts/button.tsx';
import { Empty } from '../../parts/card.tsx';
import { classNames } from '../../parts/class-names.ts';
import type { Asked } from './asked.ts';
import { BulkBar } from './bulk-bar.tsx';
import { costsByTask } from './figures.ts';
import { COLUMNS, TaskRow } from './task-row.tsx';
import { useRowKeys } from './use-row-keys.ts';

const HEADINGS = ['Task', 'Schedule', 'Next', 'Last 20 runs', 'How it goes'];

/** A page of tasks with what is known of each, and what can be done to several. */
export function TaskList({
  page,
  asked,
  isFiltered,
  cursor,
  ask,
}: {
  readonly page: TaskPage;
  readonly asked: Asked;
  readonly isFiltered: boolean;
  readonly cursor: string | undefined;
  readonly ask: (changed: Readonly<Record<string, string>>) => void;
}) {
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const { tasks } = page;
  const latest = useLatestRuns(page.tasks.map(({ id }) => id));
  const costs = costsByTask(useUsage('task').data);
  const runNow = useRunNow();
  useRowKeys((id) => {
    const task = tasks.find((one) => one.id === id);
    if (task !== undefined) runNow.mutate(task);
  });
  const chosen = tasks.filter(({ id }) => picked.has(id));
  const areAllPicked = tasks.length > 0 && chosen.length === tasks.length;
  if (tasks.length === 0) {
    return isFiltered || cursor !== undefined ? (
      <Empty
        action={
          <Link href="/tasks" className={buttonClass()}>
            Show all tasks
          </Link>
        }
      >
        No task is like this.
      </Empty>
    ) : (
      <Empty
        action={
          <Link href="/tasks/new" className={buttonClass('main')}>
            Make a task
          </Link>
        }
      >
        There are no tasks yet. A task says what is done, and when.
      </Empty>
    );
  }
  return (
    <>
      {chosen.length === 0 ? null : (
        <BulkBar
          picked={chosen}
          asked={asked}
          hasMore={page.next_cursor !== null || cursor !== undefined}
          onClear={() => setPicked(new Set())}
        />
      )}
      <div
        className={classNames(
          'flex items-center gap-3 border-b border-line px-4 py-2 text-xs text-soft md:grid',
          COLUMNS,
        )}
      >
        <input
          type="checkbox"
          aria-label="Select all on this page"
          checked={areAllPicked}
          onChange={() => setPicked(new Set(areAllPicked ? [] : tasks.map(({ id }) => id)))}
          className="size-4 accent-bronze"
        />
        {HEADINGS.map((heading) => (
          <span key={heading} aria-hidden className="hidden md:inline">
            {heading}
          </span>
        ))}
        <span aria-hidden className="md:hidden">
          Select all
        </span>
        <span aria-hidden className="hidden w-9 md:inline" />
      </div>
      <ul className="divide-y divide-line">
        {tasks.map((task) => (
          <TaskRow
            key={task.id}
            task={task}
            runs={latest.data?.get(task.id)}
            cost={costs.get(task.id)}
            isPicked={picked.has(task.id)}
            onPick={(isPicked) =>
              setPicked(
                (before) =>
                  new Set(
                    isPicked ? [...before, task.id] : [...before].filter((id) => id !== task.id),
                  ),
              )
            }
          />
        ))}
      </ul>
      {cursor === undefined && page.next_cursor === null ? null : (
        <nav aria-label="Pages" className="flex justify-end gap-2 border-t border-line p-3">
          {cursor === undefined ? null : <Button onClick={() => ask({})}>First page</Button>}
          {page.next_cursor === null ? null : (
            <Button onClick={() => ask({ cursor: page.next_cursor ?? '' })}>Next page</Button>
          )}
        </nav>
      )}
    </>
  );
}
