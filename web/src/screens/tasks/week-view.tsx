import { Link } from 'wouter';
import { type TimelineView, useTimeline } from '../../api/pictures.ts';
import { useNowMs } from '../../live/server-clock.ts';
import { counted } from '../../parts/amount.ts';
import { Card, Empty } from '../../parts/card.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { dayKey, formatClock, formatDay, formatWeekday, toMs } from '../../time/instant.ts';
import { useZone } from '../../time/zone.ts';

const DAYS = 7;
const DAY_MS = 86_400_000;
/** What comes more often in a day is told in one line. */
const LISTED_MAX = 3;
const LINES_MAX = 30;

/** What starts on each of the next seven days. */
export function WeekView({ text }: { readonly text: string | undefined }) {
  const timeline = useTimeline('0s', '7d');
  const zone = useZone();
  const nowMs = useNowMs(60_000);
  return (
    <QueryView query={timeline} what="the week">
      {(view) => (
        <>
          <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-4 xl:grid-cols-7">
            {Array.from({ length: DAYS }, (_, index) => nowMs + index * DAY_MS).map((ms, index) => (
              <Card
                key={dayKey(ms, zone)}
                title={index === 0 ? 'Today' : `${formatWeekday(ms, zone)} ${formatDay(ms, zone)}`}
                isFlush
              >
                <Day lines={linesOf(view, dayKey(ms, zone), zone, text)} zone={zone} />
              </Card>
            ))}
          </div>
          {view.is_cut ? (
            <p className="text-sm text-warn">There is more in this week than can be listed.</p>
          ) : null}
        </>
      )}
    </QueryView>
  );
}

type Line = {
  readonly taskId: string;
  readonly task: string;
  readonly firstMs: number;
  readonly count: number;
};

function Day({ lines, zone }: { readonly lines: readonly Line[]; readonly zone: string }) {
  if (lines.length === 0) return <Empty>Nothing.</Empty>;
  return (
    <ul className="px-4 pb-3 text-[13px]">
      {lines.slice(0, LINES_MAX).map(({ taskId, task, firstMs, count }) => (
        <li key={`${taskId} ${firstMs}`} className="py-1">
          <Link href={`/tasks/${taskId}/schedule`} className="block hover:underline">
            <span className="text-soft">{formatClock(firstMs, zone)}</span> {task}
            {count === 1 ? null : (
              <span className="text-soft"> and {counted(count - 1, 'time')} more</span>
            )}
          </Link>
        </li>
      ))}
      {lines.length <= LINES_MAX ? null : (
        <li className="py-1 text-soft">and {counted(lines.length - LINES_MAX, 'more line')}</li>
      )}
    </ul>
  );
}

function linesOf(
  view: TimelineView,
  day: string,
  zone: string,
  text: string | undefined,
): readonly Line[] {
  const wanted = text?.toLowerCase() ?? '';
  const byTask = new Map<string, { task: string; at: number[] }>();
  for (const { task_id, task, at } of view.upcoming) {
    const ms = toMs(at);
    if (dayKey(ms, zone) !== day || !task.toLowerCase().includes(wanted)) continue;
    const known = byTask.get(task_id) ?? { task, at: [] };
    known.at.push(ms);
    byTask.set(task_id, known);
  }
  return [...byTask]
    .flatMap(([taskId, { task, at }]) =>
      at.length > LISTED_MAX
        ? [{ taskId, task, firstMs: Math.min(...at), count: at.length }]
        : at.map((firstMs) => ({ taskId, task, firstMs, count: 1 })),
    )
    .toSorted((a, b) => a.firstMs - b.firstMs);
}
