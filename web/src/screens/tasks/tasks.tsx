import { Plus } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { useTasks } from '../../api/tasks.ts';
import { Button, buttonClass } from '../../parts/button.tsx';
import { Card, Empty } from '../../parts/card.tsx';
import { Choice, TextField } from '../../parts/field.tsx';
import { HowTo } from '../../parts/how-to.tsx';
import { Page } from '../../parts/page.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { TaskRow } from './task-row.tsx';

const STATES = [
  ['', 'Every state'],
  ['active', 'Active'],
  ['paused', 'Paused'],
  ['ended', 'Ended'],
] as const;
const TYPING_MS = 200;

/** All tasks, by page; what is asked for stands in the address. */
export function Tasks() {
  const [search, setSearch] = useSearchParams();
  const asked = {
    text: search.get('text') ?? undefined,
    state: search.get('state') ?? undefined,
    tag: search.get('tag') ?? undefined,
    cursor: search.get('cursor') ?? undefined,
  };
  const tasks = useTasks(asked);
  const ask = (changed: Readonly<Record<string, string>>): void => {
    setSearch((before) => withChanges(before, { cursor: '', ...changed }), { replace: true });
  };
  return (
    <Page
      title="Tasks"
      actions={
        <Link href="/tasks/new" className={buttonClass('main')}>
          <Plus aria-hidden size={16} />
          New task
        </Link>
      }
    >
      <div className="flex flex-wrap items-end gap-3">
        <div className="min-w-48 flex-1">
          <TextFilter text={asked.text ?? ''} onText={(text) => ask({ text })} />
        </div>
        <div className="w-40">
          <Choice
            label="State"
            isLabelHidden
            options={STATES}
            value={asked.state ?? ''}
            onChange={(event) => ask({ state: event.target.value })}
          />
        </div>
        {asked.tag === undefined ? null : (
          <Button onClick={() => ask({ tag: '' })}>Tag: {asked.tag} ✕</Button>
        )}
      </div>
      <Card isFlush>
        <QueryView query={tasks} what="the tasks">
          {(page) =>
            page.tasks.length === 0 ? (
              <Empty>
                {isFiltered(asked) ? 'No task is like this.' : 'There are no tasks yet.'}
              </Empty>
            ) : (
              <>
                <ul className="divide-y divide-line">
                  {page.tasks.map((task) => (
                    <TaskRow key={task.id} task={task} />
                  ))}
                </ul>
                <nav aria-label="Pages" className="flex justify-end gap-2 border-t border-line p-3">
                  {asked.cursor === undefined ? null : (
                    <Button onClick={() => ask({})}>First page</Button>
                  )}
                  {page.next_cursor === null ? null : (
                    <Button onClick={() => ask({ cursor: page.next_cursor ?? '' })}>
                      Next page
                    </Button>
                  )}
                </nav>
              </>
            )
          }
        </QueryView>
      </Card>
      <HowTo cli="carillon tasks list" tool="list_tasks" />
    </Page>
  );
}

function TextFilter({
  text,
  onText,
}: {
  readonly text: string;
  readonly onText: (text: string) => void;
}) {
  const [typed, setTyped] = useState(text);
  useEffect(() => {
    if (typed === text) return undefined;
    const timer = window.setTimeout(() => onText(typed), TYPING_MS);
    return () => window.clearTimeout(timer);
    // Only what is typed starts the wait; the address follows it.
  }, [typed]);
  return (
    <TextField
      label="Find a task"
      isLabelHidden
      data-filter
      type="search"
      placeholder="Find by name, description or tag  ( / )"
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
    />
  );
}

function isFiltered(asked: Readonly<Record<string, string | undefined>>): boolean {
  return Object.values(asked).some((value) => value !== undefined && value !== '');
}

function withChanges(
  before: URLSearchParams,
  changed: Readonly<Record<string, string>>,
): URLSearchParams {
  const after = new URLSearchParams(before);
  for (const [name, value] of Object.entries(changed)) {
    if (value === '') after.delete(name);
    else after.set(name, value);
  }
  return after;
}
