import { Plus } from 'lucide-react';
import { Link } from 'wouter';
import { useTasks } from '../../api/tasks.ts';
import { buttonClass } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { classNames } from '../../parts/class-names.ts';
import { HowTo } from '../../parts/how-to.tsx';
import { Page } from '../../parts/page.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { useAsked, type View } from './asked.ts';
import { Filters } from './filters.tsx';
import { TaskList } from './task-list.tsx';
import { TimelineView } from './timeline-view.tsx';
import { WeekView } from './week-view.tsx';

const VIEWS = [
  ['list', 'List'],
  ['week', 'Week'],
  ['timeline', 'Timeline'],
] as const satisfies readonly (readonly [View, string])[];
const PAGE = 50;

/** All tasks, as a list, by the days of a week or on a timeline; what is asked for stands in the address. */
export function Tasks() {
  const { asked, cursor, view, isFiltered, ask, hrefFor } = useAsked();
  const tasks = useTasks({ ...asked, cursor, limit: PAGE });
  const makers = tasks.data?.tasks.flatMap(({ origin }) => origin.client ?? origin.principal) ?? [];
  return (
    <Page
      title="Tasks"
      actions={
        <>
          <nav aria-label="View" className="flex rounded-md border border-line bg-sheet p-0.5">
            {VIEWS.map(([name, text]) => (
              <Link
                key={name}
                href={hrefFor(name)}
                aria-current={name === view ? 'page' : undefined}
                className={classNames(
                  'rounded-sm px-2.5 py-1 text-sm',
                  name === view ? 'bg-sunk font-medium' : 'text-soft hover:text-ink',
                )}
              >
                {text}
              </Link>
            ))}
          </nav>
          <Link href="/tasks/new" className={buttonClass('main')}>
            <Plus aria-hidden size={16} />
            New task
          </Link>
        </>
      }
    >
      {view === 'week' ? <WeekView text={asked.text} /> : null}
      {view === 'timeline' ? <TimelineView text={asked.text} /> : null}
      {view === 'list' ? (
        <>
          <Filters asked={asked} makers={makers} ask={ask} />
          <Card isFlush>
            <QueryView query={tasks} what="the tasks">
              {(page) => (
                <TaskList
                  page={page}
                  asked={asked}
                  isFiltered={isFiltered}
                  cursor={cursor}
                  ask={ask}
                />
              )}
            </QueryView>
          </Card>
        </>
      ) : null}
      <HowTo
        cli={view === 'list' ? 'carillon tasks list' : 'carillon next'}
        tool={view === 'list' ? 'list_tasks' : 'what_happened'}
      />
    </Page>
  );
}
