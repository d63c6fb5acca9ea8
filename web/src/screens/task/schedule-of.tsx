import type { TaskDetail } from '../../api/task.ts';
import { Card, Empty, Facts } from '../../parts/card.tsx';
import { Moment, Stamp } from '../../parts/moment.tsx';

/** What the schedule means, and when it comes next. */
export function ScheduleOf({ detail: { task, receipt } }: { readonly detail: TaskDetail }) {
  if (task.schedule === null || receipt === null) {
    return (
      <Card>
        <Empty>It has no schedule and runs only when asked.</Empty>
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
          ]}
        />
        {receipt.next.length === 0 ? (
          <p className="text-sm text-soft">It comes no more.</p>
        ) : (
          <table className="w-full text-sm">
            <caption className="pb-1 text-left text-xs text-soft">Comes next</caption>
            <tbody>
              {receipt.next.map(({ at, note }) => (
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
        )}
      </div>
    </Card>
  );
}
