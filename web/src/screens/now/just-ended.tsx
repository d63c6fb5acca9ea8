import { Link } from 'wouter';
import type { HappeningsView } from '../../../../src/api/happenings-view.ts';
import { counted } from '../../parts/amount.ts';
import { Card, Empty } from '../../parts/card.tsx';
import { Moment } from '../../parts/moment.tsx';
import { StateMark } from '../../parts/state-mark.tsx';

const SHOWN_MAX = 8;

/** What ended in the last day, and what was let go. */
export function JustEnded({
  runs,
  gaps,
}: {
  readonly runs: HappeningsView['ended'];
  readonly gaps: HappeningsView['gaps'];
}) {
  const failed = runs.filter((run) => run.state === 'failed').length;
  const aside =
    runs.length === 0
      ? undefined
      : `${counted(runs.length, 'run')}, ${failed === 0 ? 'none' : failed} failed`;
  return (
    <Card title="In the last day" isFlush aside={aside}>
      {runs.length === 0 && gaps.length === 0 ? (
        <Empty>Nothing has run yet.</Empty>
      ) : (
        <ul className="divide-y divide-line">
          {gaps.slice(0, SHOWN_MAX).map((gap) => (
            <li
              key={`${gap.task_id}-${gap.from}`}
              className="flex items-center gap-3 px-4 py-2.5 text-sm"
            >
              <StateMark state={gap.became} isBrief />
              <span className="min-w-0 flex-1 truncate">{gap.task ?? 'a deleted task'}</span>
              <span className="shrink-0 text-xs text-soft">
                {counted(gap.count, 'occurrence')} {gap.became}
              </span>
            </li>
          ))}
          {runs.slice(0, SHOWN_MAX).map((run) => (
            <li key={run.id} className="flex items-center gap-3 px-4 py-2.5 text-sm">
              <StateMark state={run.state} isBrief />
              <Link href={`/runs/${run.id}`} className="min-w-0 flex-1 truncate hover:underline">
                {run.task}
              </Link>
              <span className="shrink-0 text-xs text-soft">
                {run.ended_at === null ? null : <Moment at={run.ended_at} />}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
