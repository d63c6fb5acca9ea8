import { Link } from 'wouter';
import type { TimelineView } from '../api/pictures.ts';
import { useNowMs } from '../live/server-clock.ts';
import { counted } from '../parts/amount.ts';
import { classNames } from '../parts/class-names.ts';
import { toneOf } from '../parts/state-mark.tsx';
import { formatClock, formatMoment, formatWeekday, toMs } from '../time/instant.ts';
import { formatLength } from '../time/length.ts';
import { useZone } from '../time/zone.ts';
import { useHoverCard } from './hover-card.tsx';
import { type Lane, lanesOf } from './lanes.ts';
import { moveFocus } from './move-focus.ts';

const HOUR_MS = 3_600_000;
/** Marks nearer than this part of the whole stretch are drawn as one. */
const CLOSE_SHARE = 1 / 64;
/** Where the ticks of the axis may stand, in hours; the first that gives few enough is taken. */
const TICK_HOURS = [1, 3, 6, 12, 24, 48];
const TICKS_MAX = 9;

const FILLS: Readonly<Record<string, string>> = {
  good: 'bg-good',
  // Colour is never the only sign: what failed is taller and stands on a double foot.
  bad: 'bg-bad !h-6 !top-1 border-b-4 border-double border-sheet',
  warn: 'bg-warn',
  info: 'bg-info',
  calm: 'bg-edge',
};

/**
 * What ran and what comes, one lane for each task: bars as long as their runs, and hollow ticks for what is
 * scheduled. Several that would lie on each other are one mark with their number.
 */
export function TimeStrip({
  view,
  label,
  lanesMax,
}: {
  readonly view: TimelineView;
  readonly label: string;
  readonly lanesMax: number;
}) {
  const nowMs = useNowMs(10_000);
  const zone = useZone();
  const { card, handlersFor } = useHoverCard();
  const fromMs = toMs(view.from);
  const toEndMs = toMs(view.to);
  const spanMs = toEndMs - fromMs;
  const lanes = lanesOf(view, nowMs, spanMs * CLOSE_SHARE);
  const shown = lanes.slice(0, lanesMax);
  const place = (ms: number): number => ((ms - fromMs) / spanMs) * 100;
  const says = (mark: Lane['marks'][number], task: string): string =>
    sayMark(mark, task, zone, nowMs);
  return (
    <div role="group" aria-label={label} onKeyDown={moveFocus} className="relative text-xs">
      <div aria-hidden className="relative mb-1 h-9 text-soft md:ml-44">
        <span
          className="absolute bottom-0 -translate-x-1/2 rounded-xs bg-bronze px-1 font-medium text-on-bronze"
          style={{ left: `${place(nowMs)}%` }}
        >
          now
        </span>
        {ticksOf(fromMs, toEndMs).map((ms) => (
          <span
            key={ms}
            className="absolute -translate-x-1/2 whitespace-nowrap"
            style={{ left: `${place(ms)}%` }}
          >
            {spanMs > 30 * HOUR_MS ? formatWeekday(ms, zone) : ''} {formatClock(ms, zone)}
          </span>
        ))}
      </div>
      <ol className="relative flex flex-col">
        {shown.map((lane, index) => (
          <li
            key={lane.taskId}
            className="grid border-t border-line md:grid-cols-[11rem_minmax(0,1fr)]"
          >
            <Link
              href={`/tasks/${lane.taskId}`}
              className="truncate py-1 pr-3 text-[13px] hover:underline md:py-1.5"
            >
              {lane.task}
            </Link>
            <div className="relative h-8 overflow-hidden">
              {ticksOf(fromMs, toEndMs).map((ms) => (
                <span
                  key={ms}
                  aria-hidden
                  className="absolute inset-y-0 border-l border-line"
                  style={{ left: `${place(ms)}%` }}
                />
              ))}
              {lane.marks.map((mark, order) => {
                const said = says(mark, lane.task);
                const left = Math.max(0, place(mark.startMs));
                const width =
                  mark.kind === 'past' ? Math.min(place(mark.endMs), place(nowMs)) - left : 0;
                return (
                  <Link
                    key={`${mark.kind}-${mark.startMs}`}
                    href={hrefOf(mark, lane.taskId)}
                    data-mark
                    tabIndex={index === 0 && order === 0 ? 0 : -1}
                    aria-label={said}
                    {...handlersFor(said)}
                    className={classNames(
                      'absolute top-2 flex h-4 min-w-1.5 items-center justify-center rounded-xs',
                      mark.kind === 'past'
                        ? FILLS[toneOf(mark.state)]
                        : 'border-2 border-edge bg-sheet hover:border-bronze',
                      mark.count > 1 && 'min-w-5 px-0.5',
                    )}
                    style={{ left: `${left}%`, width: `${Math.max(0, width)}%` }}
                  >
                    {mark.count === 1 ? null : (
                      <span
                        className={classNames(
                          'text-[11px] leading-none font-semibold',
                          mark.kind === 'past' ? 'text-paper' : 'text-ink',
                        )}
                      >
                        {mark.count}
                      </span>
                    )}
                  </Link>
                );
              })}
              <span
                aria-hidden
                className="absolute inset-y-0 z-10 border-l-2 border-bronze"
                style={{ left: `${place(nowMs)}%` }}
              />
            </div>
          </li>
        ))}
      </ol>
      {lanes.length <= lanesMax ? null : (
        <p className="border-t border-line pt-2 text-soft">
          {counted(lanes.length - lanesMax, 'more task')} in this time:{' '}
          <Link href="/tasks?view=timeline" className="text-bronze hover:underline">
            the whole timeline
          </Link>
        </p>
      )}
      {!view.is_cut ? null : (
        <p className="pt-2 text-warn">There is more in this time than can be drawn.</p>
      )}
      {card}
    </div>
  );
}

function hrefOf(mark: Lane['marks'][number], taskId: string): string {
  if (mark.kind === 'coming') return `/tasks/${taskId}/schedule`;
  return mark.runId === undefined ? `/tasks/${taskId}` : `/runs/${mark.runId}`;
}

function sayMark(mark: Lane['marks'][number], task: string, zone: string, nowMs: number): string {
  const at = formatMoment(mark.startMs, zone, nowMs);
  if (mark.kind === 'coming') {
    return mark.count === 1
      ? `${task}: comes ${at}`
      : `${task}: ${mark.count} starts from ${at} to ${formatClock(mark.endMs, zone)}`;
  }
  if (mark.count === 1) {
    return `${task}: ${mark.state}, ${at}, ${formatLength(mark.endMs - mark.startMs)}`;
  }
  const failed = mark.failed === 0 ? 'none failed' : `${mark.failed} failed`;
  return `${task}: ${mark.count} runs from ${at} to ${formatClock(mark.endMs, zone)}, ${failed}`;
}

/** Whole hours of the clock; in zones with a half hour they stand half an hour beside it. */
function ticksOf(fromMs: number, toEndMs: number): readonly number[] {
  const hours = (toEndMs - fromMs) / HOUR_MS;
  const every = TICK_HOURS.find((step) => hours / step <= TICKS_MAX) ?? 48;
  const stepMs = every * HOUR_MS;
  const ticks: number[] = [];
  for (let ms = Math.ceil(fromMs / stepMs) * stepMs; ms < toEndMs; ms += stepMs) ticks.push(ms);
  // A label at the very edge would stick out.
  return ticks.filter((ms) => ms - fromMs > stepMs / 3 && toEndMs - ms > stepMs / 3);
}
