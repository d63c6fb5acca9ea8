import { Fragment } from 'react';
import { counted } from '../parts/amount.ts';
import { useHoverCard } from './hover-card.tsx';
import { moveFocus } from './move-focus.ts';

const WEEKDAYS = [
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
  'Sunday',
] as const;
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
/** How strongly the fullest hour is coloured, and the emptiest that has something, in percent. */
const SHADE_MAX = 45;
const SHADE_MIN = 10;

export function nameOfWeekday(weekday: number): string {
  return WEEKDAYS[weekday] ?? '';
}

/** When the week is full: each hour of each weekday, the darker the more starts it has; days are columns on a phone. */
export function LoadMap({
  counts,
  onPick,
}: {
  /** By weekday (0 for Monday) and hour. */
  readonly counts: readonly (readonly number[])[];
  readonly onPick: (weekday: number, hour: number) => void;
}) {
  const { card, handlersFor } = useHoverCard();
  const most = Math.max(1, ...counts.flat());
  const first = counts.flatMap((hours, weekday) =>
    hours.flatMap((count, hour) => (count === 0 ? [] : [`${weekday}-${hour}`])),
  )[0];
  return (
    <div
      role="group"
      aria-label="Starts by weekday and hour"
      onKeyDown={moveFocus}
      className="grid auto-cols-fr grid-flow-col grid-rows-[repeat(25,1.4rem)] gap-0.5 text-[11px] md:grid-flow-row md:auto-cols-auto md:grid-cols-[2.5rem_repeat(24,minmax(0,1fr))] md:grid-rows-none"
    >
      <span />
      {HOURS.map((hour) => (
        <span key={hour} aria-hidden className="self-center text-center text-soft">
          {String(hour).padStart(2, '0')}
        </span>
      ))}
      {WEEKDAYS.map((name, weekday) => (
        <Fragment key={name}>
          <span aria-hidden className="self-center text-center text-soft md:text-left">
            {name.slice(0, 3)}
          </span>
          {HOURS.map((hour) => {
            const count = counts[weekday]?.[hour] ?? 0;
            if (count === 0) {
              return <span key={hour} className="min-h-5 rounded-xs bg-sunk md:h-6" />;
            }
            const said = `${name} ${String(hour).padStart(2, '0')}:00, ${counted(count, 'start')}`;
            const shade = SHADE_MIN + (SHADE_MAX - SHADE_MIN) * Math.sqrt(count / most);
            return (
              <button
                key={hour}
                type="button"
                data-mark
                tabIndex={first === `${weekday}-${hour}` ? 0 : -1}
                aria-label={said}
                {...handlersFor(said)}
                onClick={() => onPick(weekday, hour)}
                className="min-h-5 min-w-0 overflow-hidden rounded-xs text-ink md:h-6"
                style={{
                  background: `color-mix(in oklab, var(--color-bronze) ${Math.round(shade)}%, var(--color-sheet))`,
                }}
              >
                {count < 1_000 ? count : '…'}
              </button>
            );
          })}
        </Fragment>
      ))}
      {card}
    </div>
  );
}
