import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { OutputView } from '../../../../src/api/output-view.ts';
import type { RunBriefView, RunDetailView } from '../../../../src/api/run-view.ts';
import { useStopRun } from '../../api/actions.ts';
import { get } from '../../api/request.ts';
import { plainOf } from '../../output/ansi.ts';
import { formatCount, formatUsd } from '../../parts/amount.ts';
import { Button } from '../../parts/button.tsx';
import { Card, Empty } from '../../parts/card.tsx';
import { Elapsed } from '../../parts/moment.tsx';
import { StateMark } from '../../parts/state-mark.tsx';

const SHOWN_MAX = 12;
/** Runs of which the last line is shown; each is asked for again and again. */
const LINES_SHOWN_MAX = 6;
const LOOK_MS = 2_000;
const TAIL_BYTES = 600;
const LINE_CHARS_MAX = 200;

/** What goes on right now, with the last line that it printed. */
export function Running({ runs }: { readonly runs: readonly RunBriefView[] }) {
  const stop = useStopRun();
  return (
    <Card title="Running" isFlush aside={runs.length === 0 ? undefined : String(runs.length)}>
      {runs.length === 0 ? (
        <Empty>Nothing runs right now.</Empty>
      ) : (
        <ul className="divide-y divide-line">
          {runs.slice(0, SHOWN_MAX).map((run, index) => (
            <li
              key={run.id}
              className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5 text-sm"
            >
              <StateMark state={run.state} />
              <Link
                href={`/runs/${run.id}`}
                className="min-w-0 flex-1 truncate font-medium hover:underline"
              >
                {run.task}
              </Link>
              {run.state === 'running' && index < LINES_SHOWN_MAX ? <UsedSoFar run={run} /> : null}
              <span className="text-soft">
                <Elapsed since={run.started_at ?? run.created_at} />
              </span>
              <Button
                isSmall
                look="danger"
                aria-label={`Stop ${run.task}`}
                isBusy={stop.isPending && stop.variables.id === run.id}
                onClick={() => stop.mutate(run)}
              >
                Stop
              </Button>
              {run.state === 'running' && index < LINES_SHOWN_MAX ? <LastLine id={run.id} /> : null}
              {run.state !== 'running' && run.message !== null ? (
                <p className="basis-full truncate text-xs text-soft">{run.message}</p>
              ) : null}
            </li>
          ))}
          {runs.length <= SHOWN_MAX ? null : (
            <li className="px-4 py-2.5 text-sm">
              <Link href="/runs?state=running" className="text-bronze hover:underline">
                {runs.length - SHOWN_MAX} more
              </Link>
            </li>
          )}
        </ul>
      )}
    </Card>
  );
}

/** Tokens and dollars, where somebody has told them. */
function UsedSoFar({ run }: { readonly run: RunBriefView }) {
  const detail = useQuery({
    queryKey: ['run', run.id],
    queryFn: ({ signal }) => get<RunDetailView>(`/runs/${run.id}`, undefined, signal),
    refetchInterval: LOOK_MS,
  });
  const usage = detail.data?.usage ?? null;
  const cost = detail.data?.cost_usd ?? run.cost_usd;
  const said = [
    usage === null ? '' : `${formatCount(usage.input_tokens + usage.output_tokens)} tokens`,
    cost === null ? '' : formatUsd(cost),
  ].filter((part) => part !== '');
  return said.length === 0 ? null : <span className="text-soft">{said.join(', ')}</span>;
}

function LastLine({ id }: { readonly id: string }) {
  const tail = useQuery({
    queryKey: ['run', id, 'tail'],
    queryFn: ({ signal }) =>
      get<OutputView>(`/runs/${id}/output`, { offset: -TAIL_BYTES, bytes_max: TAIL_BYTES }, signal),
    refetchInterval: LOOK_MS,
    retry: false,
  });
  const line = lastLineOf(tail.data?.text ?? '');
  if (line === '') return null;
  return (
    <p className="basis-full truncate font-mono text-xs text-soft" title={line}>
      {line}
    </p>
  );
}

function lastLineOf(text: string): string {
  const lines = text.split('\n').map(plainOf);
  return (lines.findLast((line) => line.trim() !== '') ?? '').slice(0, LINE_CHARS_MAX);
}
