import { Link, useLocation } from 'wouter';
import type { TaskView } from '../../../../src/api/task-view.ts';
import { usePause, useResume, useRunNow } from '../../api/actions.ts';
import { ActionMenu } from '../../parts/action-menu.tsx';
import { Moment, Stamp } from '../../parts/moment.tsx';
import { StateMark } from '../../parts/state-mark.tsx';

/** One task of the list: what it is, when it comes, and what can be done with it. */
export function TaskRow({ task }: { readonly task: TaskView }) {
  const [, go] = useLocation();
  const runNow = useRunNow();
  const pause = usePause();
  const resume = useResume();
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 gap-y-1 px-4 py-2.5 text-sm md:grid-cols-[minmax(0,1fr)_14rem_11rem_auto]">
      <div className="min-w-0">
        <div className="flex items-center gap-2">
          <Link href={`/tasks/${task.id}`} className="truncate font-medium hover:underline">
            {task.name}
          </Link>
          {task.state === 'active' ? null : <StateMark state={task.state} />}
        </div>
        <p className="flex flex-wrap gap-x-2 text-xs text-soft">
          <span>{task.action.kind}</span>
          {task.tags.map((tag) => (
            <Link
              key={tag}
              href={`/tasks?tag=${encodeURIComponent(tag)}`}
              className="hover:underline"
            >
              #{tag}
            </Link>
          ))}
        </p>
      </div>
      <div className="col-start-1 min-w-0 md:col-start-auto">
        <p className="truncate">
          {task.schedule === null ? 'only when asked' : task.schedule.when}
        </p>
        {task.schedule === null ? null : (
          <p className="truncate text-xs text-soft">{task.timezone}</p>
        )}
      </div>
      <div className="col-start-1 md:col-start-auto">
        {task.next_at === null ? (
          <span className="text-soft">–</span>
        ) : (
          <>
            <Moment at={task.next_at} />
            <p className="text-xs text-soft">
              <Stamp at={task.next_at} />
            </p>
          </>
        )}
      </div>
      <div className="col-start-2 row-span-2 row-start-1 md:col-start-auto md:row-span-1">
        <ActionMenu
          label={`What to do with ${task.name}`}
          choices={[
            { kind: 'action', text: 'Run now', act: () => runNow.mutate(task) },
            task.state === 'paused'
              ? { kind: 'action', text: 'Resume', act: () => resume.mutate(task) }
              : {
                  kind: 'action',
                  text: 'Pause',
                  isDisabled: task.state === 'ended',
                  act: () => pause.mutate({ task }),
                },
            { kind: 'action', text: 'Edit', act: () => go(`/tasks/${task.id}/edit`) },
          ]}
        />
      </div>
    </li>
  );
}
