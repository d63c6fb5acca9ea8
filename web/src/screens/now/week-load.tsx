import { useState } from 'react';
import { Link } from 'wouter';
import { useTimeline, useWeekLoad } from '../../api/pictures.ts';
import { LoadMap, nameOfWeekday } from '../../charts/load-map.tsx';
import { useNowMs } from '../../live/server-clock.ts';
import { Card } from '../../parts/card.tsx';
import { DialogSheet } from '../../parts/dialog-sheet.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { counted } from '../../parts/amount.ts';
import { formatClock, hourOf, toIso, toMs, weekdayOf } from '../../time/instant.ts';
import { useZone } from '../../time/zone.ts';

const HOUR_MS = 3_600_000;
const QUARTER_MS = 900_000;
const WEEK_QUARTERS = 7 * 24 * 4;

type Cell = { readonly weekday: number; readonly hour: number };

/** When the coming week is full, hour by hour; an hour opens the list of what starts in it. */
export function WeekLoad() {
  const zone = useZone();
  const load = useWeekLoad(zone);
  const [picked, setPicked] = useState<Cell | undefined>(undefined);
  const total = load.data?.counts.flat().reduce((sum, count) => sum + count, 0) ?? 0;
  return (
    <Card
      title="The coming week"
      aside={load.data === undefined ? undefined : `${counted(total, 'start')}, ${zone}`}
    >
      <QueryView query={load} what="the week">
        {(view) =>
          total === 0 ? (
            <p className="text-sm text-soft">Nothing is scheduled for the next seven days.</p>
          ) : (
            <>
              <LoadMap
                counts={view.counts}
                onPick={(weekday, hour) => setPicked({ weekday, hour })}
              />
              {view.is_cut ? (
                <p className="pt-2 text-xs text-warn">There is more than could be counted.</p>
              ) : null}
            </>
          )
        }
      </QueryView>
      {picked === undefined ? null : (
        <HourSheet cell={picked} zone={zone} onClose={() => setPicked(undefined)} />
      )}
    </Card>
  );
}

function HourSheet({
  cell,
  zone,
  onClose,
}: {
  readonly cell: Cell;
  readonly zone: string;
  readonly onClose: () => void;
}) {
  // Not the running time: what is asked for must stay the same while the sheet is open.
  const [openedMs] = useState(useNowMs());
  const fromMs = beginOf(cell, openedMs, zone);
  const timeline = useTimeline(toIso(fromMs), toIso(endOf(cell, fromMs, zone)));
  const hour = `${String(cell.hour).padStart(2, '0')}:00`;
  return (
    <DialogSheet title={`${nameOfWeekday(cell.weekday)}, from ${hour}`} isOpen onClose={onClose}>
      <QueryView query={timeline} what="what starts then">
        {(view) =>
          view.upcoming.length === 0 ? (
            <p className="text-sm text-soft">Nothing starts in this hour any more.</p>
          ) : (
            <ul className="divide-y divide-line text-sm">
              {view.upcoming.map(({ task_id, task, at }) => (
                <li key={`${task_id} ${at}`} className="flex gap-3 py-2">
                  <span className="w-14 shrink-0 text-soft">{formatClock(toMs(at), zone)}</span>
                  <Link href={`/tasks/${task_id}`} className="min-w-0 truncate hover:underline">
                    {task}
                  </Link>
                </li>
              ))}
            </ul>
          )
        }
      </QueryView>
    </DialogSheet>
  );
}

/** The next instant of the week to come that is in this hour: found by looking, since clocks change. */
function beginOf(cell: Cell, nowMs: number, zone: string): number {
  if (isIn(cell, nowMs, zone)) return nowMs;
  const firstMs = Math.ceil(nowMs / QUARTER_MS) * QUARTER_MS;
  for (let quarter = 0; quarter <= WEEK_QUARTERS; quarter += 1) {
    const ms = firstMs + quarter * QUARTER_MS;
    if (isIn(cell, ms, zone)) return ms;
  }
  return nowMs;
}

function endOf(cell: Cell, fromMs: number, zone: string): number {
  let ms = (Math.floor(fromMs / QUARTER_MS) + 1) * QUARTER_MS;
  while (isIn(cell, ms, zone) && ms - fromMs < 2 * HOUR_MS) ms += QUARTER_MS;
  return ms;
}

function isIn({ weekday, hour }: Cell, ms: number, zone: string): boolean {
  return hourOf(ms, zone) === hour && weekdayOf(ms, zone) === weekday;
}
