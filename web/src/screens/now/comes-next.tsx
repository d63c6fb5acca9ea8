import { Link } from 'wouter';
import type { TaskBriefView } from '../../../../src/api/task-view.ts';
import { buttonClass } from '../../parts/button.tsx';
import { Card, Empty } from '../../parts/card.tsx';
import { Moment, Stamp } from '../../parts/moment.tsx';

const SHOWN_MAX = 8;

export function ComesNext({ tasks }: { readonly tasks: readonly TaskBriefView[] }) {
  return (
    <Card title="Comes next" isFlush>
      {tasks.length === 0 ? (
        <Empty
          action={
            <Link href="/tasks/new" className={buttonClass('main')}>
              Make a task
            </Link>
          }
        >
          Nothing is scheduled.
        </Empty>
      ) : (
        <ol className="divide-y divide-line">
          {tasks.slice(0, SHOWN_MAX).map((task) => (
            <li key={task.id} className="flex items-center gap-3 px-4 py-2.5 text-sm">
              <div className="min-w-0 flex-1">
                <Link
                  href={`/tasks/${task.id}`}
                  className="block truncate font-medium hover:underline"
                >
                  {task.name}
                </Link>
                <p className="truncate text-xs text-soft">{task.when}</p>
              </div>
              {task.next_at === null ? null : (
                <div className="shrink-0 text-right">
                  <Moment at={task.next_at} />
                  <div className="text-xs text-soft">
                    <Stamp at={task.next_at} />
                  </div>
                </div>
              )}
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}
