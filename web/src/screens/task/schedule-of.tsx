import { useTimeline } from '../../api/pictures.ts';
import type { TaskDetail } from '../../api/task.ts';
import { Card, Empty, Facts } from '../../parts/card.tsx';
import { Moment, Stamp } from '../../parts/moment.tsx';
import { toMs } from '../../time/instant.ts';
import { Why } from './why.tsx';

const NEXT_SHOWN = 10;
/** As far as times beyond those of the receipt are looked for. */
const AHEAD = '34d';

/** What the schedule means, and when it comes next. */
export function ScheduleOf({ detail }: { readonly detail: TaskDetail }) {
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[2fr_1fr]">
      <Meaning detail={detail} />
      <Why task={detail.task} />
    </div>
  );
}

function Meaning({ detail: { task, receipt } }: { readonly detail: TaskDetail }) {
  if (task.schedule === null || receipt === null) {
    return (
      <Card>
        <Empty>
          {task.after === null
            ? 'It has no schedule and runs only when asked.'
            : 'It has no schedule: it runs after runs of another task.'}
        </Empty>
      </Card>
    );
  }
  return (
    <Card title={receipt.meaning}>
      <div className="flex flex-col gap-4">
        <Facts
          facts={[
            ['As written', <code key="w">{task.schedule.when}</code>],
            ['Canonical form', <code key="c">{receipt.canonical}</code>],
            ['Zone', receipt.timezone],
            task.schedule.start === null ? undefined : ['From', task.schedule.start],
            task.schedule.end === null ? undefined : ['Until', task.schedule.end],
            task.schedule.runs_max === null
              ? undefined
              : ['At most', `${task.schedule.runs_max} runs`],
            task.schedule.exclude.length === 0
              ? undefined
              : ['Not on', task.schedule.exclude.join(', ')],
            task.schedule.blackouts.length === 0
              ? undefined
              : [
                  'Not during',
                  task.schedule.blackouts
                    .map(({ from, to, weekdays }) => [`${from}–${to}`, ...weekdays].join(' '))
                    .join('; '),
                ],
            task.schedule.jitter === '0s'
              ? undefined
              : ['Spread over', `up to ${task.schedule.jitter}`],
          ]}
        />
        {task.state === 'paused' ? (
          <p className="rounded-md bg-warn-wash px-3 py-2 text-sm text-warn">
            It is paused{task.state_reason === null ? '' : `: ${task.state_reason}`}. Nothing of
            this comes until it is resumed.
          </p>
        ) : null}
        <Next detail={{ task, receipt }} />
      </div>
    </Card>
  );
}

/** The next times: those of the receipt, which says what is special about them, and some more. */
function Next({
  detail: { task, receipt },
}: {
  readonly detail: {
    readonly task: TaskDetail['task'];
    readonly receipt: NonNullable<TaskDetail['receipt']>;
  };
}) {
  const ahead = useTimeline('0s', AHEAD, task.id);
  const last = receipt.next.at(-1);
  const more = (ahead.data?.upcoming ?? [])
    .filter(({ at }) => last !== undefined && toMs(at) > toMs(last.at))
    .map(({ at }) => ({ at, note: null }));
  const next = [...receipt.next, ...more].slice(0, NEXT_SHOWN);
  if (next.length === 0) return <p className="text-sm text-soft">It comes no more.</p>;
  return (
    <table className="w-full text-sm">
      <caption className="pb-1 text-left text-xs text-soft">Comes next</caption>
      <tbody>
        {next.map(({ at, note }) => (
          <tr key={at} className="border-t border-line">
            <td className="py-1.5 pr-4">
              <Stamp at={at} />
            </td>
            <td className="py-1.5 pr-4 text-soft">
              <Moment at={at} />
            </td>
            <td className="py-1.5 text-warn">{note}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
