import { Link } from 'wouter';
import type { RunBriefView } from '../../../src/api/run-view.ts';
import { toMs } from '../time/instant.ts';
import { formatLength } from '../time/length.ts';
import { formatUsd } from './amount.ts';
import { Stamp } from './moment.tsx';
import { StateMark } from './state-mark.tsx';

/** Runs, one below the other; each leads to its page. */
export function RunList({
  runs,
  isOfOneTask = false,
}: {
  readonly runs: readonly (RunBriefView & { readonly duration_ms?: number | null })[];
  /** Leaves the name of the task out, where it stands above the list. */
  readonly isOfOneTask?: boolean;
}) {
  return (
    <ul className="divide-y divide-line">
      {runs.map((run) => (
        <li key={run.id}>
          <Link
            href={`/runs/${run.id}`}
            className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5 text-sm hover:bg-sunk"
          >
            <StateMark state={run.state} />
            {isOfOneTask ? null : <span className="min-w-0 truncate font-medium">{run.task}</span>}
            <span className="text-soft">
              <Stamp at={run.started_at ?? run.created_at} />
            </span>
            <span className="text-xs text-soft">{run.trigger}</span>
            {run.lateness_ms === null || run.lateness_ms < LATE_MS ? null : (
              <span className="text-xs text-warn">{formatLength(run.lateness_ms)} late</span>
            )}
            <span className="ml-auto flex gap-3 text-soft">
              {run.cost_usd === null ? null : <span>{formatUsd(run.cost_usd)}</span>}
              {run.started_at === null || run.ended_at === null ? null : (
                // The times are whole seconds: of one attempt it is known better.
                <span>
                  {formatLength(
                    Math.max(run.duration_ms ?? 0, toMs(run.ended_at) - toMs(run.started_at)),
                  )}
                </span>
              )}
            </span>
            {run.state === 'failed' && run.message !== null ? (
              <span className="basis-full truncate text-soft">{run.message}</span>
            ) : null}
          </Link>
        </li>
      ))}
    </ul>
  );
}

/** What is later than this is worth a word, in milliseconds. */
const LATE_MS = 5_000;
