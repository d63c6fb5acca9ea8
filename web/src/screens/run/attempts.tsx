import { Link, useSearchParams } from 'wouter';
import type { RunPageView } from '../../../../src/api/run-page-view.ts';
import { OutputWindow } from '../../output/output-window.tsx';
import { useOutput } from '../../output/use-output.ts';
import { formatUsd } from '../../parts/amount.ts';
import { Card, Empty } from '../../parts/card.tsx';
import { Choice } from '../../parts/field.tsx';
import { Stamp } from '../../parts/moment.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { formatLength } from '../../time/length.ts';

/** What an attempt printed: the last one, or the one that the address names. */
export function OutputOf({ run }: { readonly run: RunPageView }) {
  const [search, setSearch] = useSearchParams();
  const asked = Number(search.get('attempt') ?? run.attempt);
  const attempt =
    Number.isInteger(asked) && asked > 0 && asked <= run.attempt ? asked : run.attempt;
  const output = useOutput(run.id, attempt);
  return (
    <>
      {run.attempt < 2 ? null : (
        <div className="max-w-48">
          <Choice
            label="Attempt"
            isLabelHidden
            options={run.attempts.map((one) => [
              String(one.attempt),
              `Attempt ${one.attempt}: ${one.outcome ?? 'in progress'}`,
            ])}
            value={String(attempt)}
            onChange={(event) => setSearch({ attempt: event.target.value }, { replace: true })}
          />
        </div>
      )}
      <OutputWindow output={output} name={`${run.id}.${attempt}.txt`} />
    </>
  );
}

export function Attempts({ run }: { readonly run: RunPageView }) {
  return (
    <Card isFlush>
      {run.attempts.length === 0 ? <Empty>It has not begun yet.</Empty> : null}
      <ol className="divide-y divide-line">
        {run.attempts.map((attempt) => (
          <li
            key={attempt.attempt}
            className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5 text-sm"
          >
            <StateMark state={attempt.outcome ?? 'running'} />
            <Link
              href={`/runs/${run.id}/output?attempt=${attempt.attempt}`}
              className="font-medium hover:underline"
            >
              Attempt {attempt.attempt}
            </Link>
            <span className="text-soft">
              <Stamp at={attempt.started_at} withSeconds />
            </span>
            {attempt.duration_ms === null ? null : (
              <span className="text-soft">{formatLength(attempt.duration_ms)}</span>
            )}
            {attempt.exit_code === null ? null : (
              <span className="text-soft">exit code {attempt.exit_code}</span>
            )}
            {attempt.cost_usd === null ? null : (
              <span className="text-soft">{formatUsd(attempt.cost_usd)}</span>
            )}
            {attempt.message === null ? null : (
              <span className="min-w-0 basis-full text-soft">{attempt.message}</span>
            )}
          </li>
        ))}
      </ol>
    </Card>
  );
}
