import { Link } from 'wouter';
import { formatLength } from '../time/length.ts';
import { counted } from './amount.ts';
import { classNames } from './class-names.ts';
import { toneOf } from './state-mark.tsx';

/** What a bar says of a run; oldest first in the row. */
export type BarRun = {
  readonly id: string;
  readonly state: string;
  /** Absent while it goes on, or when it never started. */
  readonly durationMs: number | undefined;
};

const BARS_MAX = 20;
const HEIGHT_MIN_PERCENT = 18;

const FILLS: Readonly<Record<string, string>> = {
  good: 'bg-good',
  // Colour is never the only sign: what failed has a foot of its own.
  bad: 'bg-bad border-b-4 border-double border-ink',
  warn: 'bg-warn',
  info: 'bg-info animate-pulse',
  calm: 'bg-edge',
};

/** The last runs of a task: how long they took, and how they ended. Each bar leads to its run. */
export function Sparkline({ runs }: { readonly runs: readonly BarRun[] }) {
  const shown = runs.slice(-BARS_MAX);
  if (shown.length === 0) return <span className="text-xs text-soft">no runs yet</span>;
  const longest = Math.max(1, ...shown.map((run) => run.durationMs ?? 0));
  const failed = shown.filter((run) => run.state === 'failed').length;
  return (
    <div
      role="group"
      aria-label={`Last ${counted(shown.length, 'run')}, ${failed === 0 ? 'none' : failed} failed`}
      className="flex h-7 w-fit items-end gap-px"
    >
      {shown.map((run) => {
        const share = Math.sqrt((run.durationMs ?? 0) / longest) * 100;
        const said =
          run.durationMs === undefined
            ? run.state
            : `${run.state} after ${formatLength(run.durationMs)}`;
        return (
          <Link
            key={run.id}
            href={`/runs/${run.id}`}
            aria-label={said}
            title={said}
            className="flex h-full w-1.5 items-end hover:bg-sunk"
          >
            <span
              className={classNames('block w-full rounded-t-[1px]', FILLS[toneOf(run.state)])}
              style={{ height: `${Math.max(HEIGHT_MIN_PERCENT, share)}%` }}
            />
          </Link>
        );
      })}
    </div>
  );
}
