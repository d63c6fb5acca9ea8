import { Link } from 'wouter';
import type { TaskView } from '../../../../src/api/task-view.ts';
import type { LatestRuns } from '../../api/pictures.ts';
import { formatUsd } from '../../parts/amount.ts';
import { KindIcon } from '../../parts/kind-icon.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Sparkline } from '../../parts/sparkline.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { barsOf, type Cost, successPercent } from './figures.ts';
import { TaskMenu } from './task-menu.tsx';

/** The columns of a wide window; a phone shows one below the other. */
export const COLUMNS =
  'md:grid-cols-[auto_minmax(0,1.5fr)_minmax(0,1.1fr)_7rem_8.5rem_6.5rem_auto]';

/** One task of the list: what it is, when it comes, how it went, and what can be done with it. */
export function TaskRow({
  task,
  runs,
  cost,
  isPicked,
  onPick,
}: {
  readonly task: TaskView;
  /** Absent while they are asked for. */
  readonly runs: LatestRuns | undefined;
  readonly cost: Cost | undefined;
  readonly isPicked: boolean;
  readonly onPick: (isPicked: boolean) => void;
}) {
  return (
    <li
      data-row
      data-task={task.id}
      className={`grid grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-3 gap-y-1.5 px-4 py-2.5 text-sm focus-within:bg-sunk ${COLUMNS}`}
    >
      <input
        type="checkbox"
        aria-label={`Select ${task.name}`}
        checked={isPicked}
        onChange={(event) => onPick(event.target.checked)}
        className="size-4 accent-bronze"
      />
      <div className="min-w-0">
        <div className="flex items-center gap-2">
          <KindIcon kind={task.action.kind} />
          <Link
            href={`/tasks/${task.id}`}
            data-row-link
            className="truncate font-medium hover:underline"
          >
            {task.name}
          </Link>
          {task.state === 'active' ? null : <StateMark state={task.state} />}
        </div>
        <p className="flex flex-wrap gap-x-2 text-xs text-soft">
          {task.state_reason === null ? null : <span>{task.state_reason}</span>}
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
      <div className="col-start-2 row-start-2 min-w-0 md:col-start-auto md:row-start-auto">
        <When task={task} />
      </div>
      <div className="col-start-2 md:col-start-auto">
        {task.next_at === null || task.state !== 'active' ? (
          <span className="hidden text-soft md:inline">–</span>
        ) : (
          <Moment at={task.next_at} />
        )}
      </div>
      <div className="col-start-2 md:col-start-auto">
        {runs === undefined ? null : <Sparkline runs={barsOf(runs)} />}
      </div>
      <div className="col-start-2 text-xs text-soft md:col-start-auto">
        <Figures runs={runs} cost={cost} />
      </div>
      <div className="col-start-3 row-start-1 md:col-start-auto md:row-start-auto">
        <TaskMenu task={task} />
      </div>
    </li>
  );
}

function When({ task: { schedule, after, timezone } }: { readonly task: TaskView }) {
  if (schedule === null) {
    return after === null ? (
      <p className="text-soft">only when asked</p>
    ) : (
      <p>
        after{' '}
        <Link href={`/tasks/${after.task_id}`} className="text-bronze hover:underline">
          another task
        </Link>
      </p>
    );
  }
  return (
    <>
      <p className="truncate" title={schedule.meaning}>
        {schedule.meaning}
      </p>
      <p className="truncate text-xs text-soft" title={`${schedule.when}, ${timezone}`}>
        <code>{schedule.when}</code> · {timezone}
      </p>
    </>
  );
}

function Figures({
  runs,
  cost,
}: {
  readonly runs: LatestRuns | undefined;
  readonly cost: Cost | undefined;
}) {
  const success = runs === undefined ? undefined : successPercent(runs);
  return (
    <>
      {success === undefined ? null : <p>{success} % go well</p>}
      {cost === undefined ? null : (
        <p title="On average this month, and what the month comes to at this pace">
          {formatUsd(cost.average)} a run, {formatUsd(cost.projected)} a month
        </p>
      )}
    </>
  );
}
