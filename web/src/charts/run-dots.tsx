import { Link } from 'wouter';
import type { TimelineView } from '../api/pictures.ts';
import { useNowMs } from '../live/server-clock.ts';
import { classNames } from '../parts/class-names.ts';
import { toneOf } from '../parts/state-mark.tsx';
import { formatDay, formatMoment, toMs } from '../time/instant.ts';
import { formatLength } from '../time/length.ts';
import { useZone } from '../time/zone.ts';
import { useHoverCard } from './hover-card.tsx';
import { moveFocus } from './move-focus.ts';

/** More dots than these lie on each other. */
const DOTS_MAX = 400;
/** A line above this part of the height has its name below it. */
const LABEL_BELOW_SHARE = 0.85;

const SHAPES: Readonly<Record<string, string>> = {
  good: 'rounded-full bg-good',
  // Colour is never the only sign: what failed is a square that stands on its edge.
  bad: 'rotate-45 bg-bad',
  warn: 'rounded-full bg-warn',
  info: 'rounded-full bg-info',
  calm: 'rounded-full bg-edge',
};

type Mark = TimelineView['runs'][number];

/** A length of each run over time, one dot for each, with lines for what is usual. Each dot leads to its run. */
export function RunDots({
  label,
  runs,
  lengthOf,
  lines,
}: {
  readonly label: string;
  readonly runs: readonly Mark[];
  /** In milliseconds. */
  readonly lengthOf: (run: Mark) => number | null;
  readonly lines: readonly (readonly [name: string, ms: number])[];
}) {
  const zone = useZone();
  const nowMs = useNowMs(60_000);
  const { card, handlersFor } = useHoverCard();
  const dots = runs.slice(0, DOTS_MAX).flatMap((run) => {
    const length = lengthOf(run);
    return length === null
      ? []
      : [{ run, length: Math.max(0, length), atMs: toMs(run.created_at) }];
  });
  if (dots.length === 0) return <p className="text-sm text-soft">Nothing is known of this yet.</p>;
  const firstMs = Math.min(...dots.map(({ atMs }) => atMs));
  const spanMs = Math.max(1, Math.max(...dots.map(({ atMs }) => atMs)) - firstMs);
  const longest = Math.max(1, ...dots.map(({ length }) => length));
  return (
    <div role="group" aria-label={label} onKeyDown={moveFocus}>
      <div className="relative mt-2 mr-2 mb-1 ml-16 h-40 border-b border-l border-edge text-xs text-soft">
        <span aria-hidden className="absolute top-0 right-full pr-2 whitespace-nowrap">
          {formatLength(longest)}
        </span>
        <span aria-hidden className="absolute right-full bottom-0 pr-2">
          0
        </span>
        {lines.map(([name, ms]) => (
          <span
            key={name}
            className="absolute inset-x-0 border-t border-dashed border-edge"
            style={{ bottom: `${Math.min(100, (ms / longest) * 100)}%` }}
          >
            <span
              className={classNames(
                'absolute right-0 bg-sheet px-1',
                ms / longest > LABEL_BELOW_SHARE ? 'top-0.5' : 'bottom-0.5',
              )}
            >
              {name}: {formatLength(ms)}
            </span>
          </span>
        ))}
        {dots.map(({ run, length, atMs }, index) => {
          const said = `${formatMoment(atMs, zone, nowMs)}: ${run.state}, ${formatLength(length)}`;
          return (
            <Link
              key={run.id}
              href={`/runs/${run.id}`}
              data-mark
              tabIndex={index === 0 ? 0 : -1}
              aria-label={said}
              {...handlersFor(said)}
              className={classNames(
                'absolute size-2 -translate-x-1/2 translate-y-1/2',
                SHAPES[toneOf(run.state)],
              )}
              style={{
                left: `${((atMs - firstMs) / spanMs) * 100}%`,
                bottom: `${(length / longest) * 100}%`,
              }}
            />
          );
        })}
      </div>
      <p aria-hidden className="flex justify-between pl-16 text-xs text-soft">
        <span>{formatDay(firstMs, zone)}</span>
        <span>{formatDay(firstMs + spanMs, zone)}</span>
      </p>
      {card}
    </div>
  );
}
