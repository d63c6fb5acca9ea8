import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { RunPageView } from '../../../src/api/run-page-view.ts';
import { useStopRun } from '../api/actions.ts';
import { get } from '../api/request.ts';
import { OutputWindow } from '../output/output-window.tsx';
import { useOutput } from '../output/use-output.ts';
import { formatLength } from '../time/length.ts';
import { counted, formatCount, formatUsd } from './amount.ts';
import { Button } from './button.tsx';
import { Elapsed } from './moment.tsx';
import { QueryView } from './query-view.tsx';
import { StateMark } from './state-mark.tsx';

/** What it has used so far is announced to nobody, so it is asked for this often, in milliseconds. */
const LOOK_MS = 1_500;

/** A run on the screen that started it: its state, what it prints while it prints it, and what it costs. */
export function LiveRun({ id }: { readonly id: string }) {
  const run = useQuery({
    queryKey: ['run', id],
    queryFn: ({ signal }) => get<RunPageView>(`/runs/${id}`, undefined, signal),
    refetchInterval: ({ state }) => (state.data?.is_final === false ? LOOK_MS : false),
  });
  return (
    <QueryView query={run} what="the run">
      {(view) => <Shown run={view} />}
    </QueryView>
  );
}

function Shown({ run }: { readonly run: RunPageView }) {
  const stop = useStopRun();
  const output = useOutput(run.id, run.attempt);
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm" role="status">
        <StateMark state={run.state} />
        {run.duration_ms === null ? (
          run.started_at === null || run.is_final ? null : (
            <Elapsed since={run.started_at} />
          )
        ) : (
          <span>{formatLength(run.duration_ms)}</span>
        )}
        {run.cost_usd === null ? null : <span>{formatUsd(run.cost_usd)}</span>}
        {run.usage === null ? null : (
          <span>{formatCount(run.usage.input_tokens + run.usage.output_tokens)} tokens</span>
        )}
        {run.tool_calls === null ? null : <span>{counted(run.tool_calls, 'tool call')}</span>}
        <Link href={`/runs/${run.id}`} className="text-bronze hover:underline">
          Open the run
        </Link>
        {run.is_final ? null : (
          <Button isSmall look="danger" isBusy={stop.isPending} onClick={() => stop.mutate(run)}>
            Stop
          </Button>
        )}
      </p>
      {run.message === null || run.state === 'succeeded' ? null : (
        <p className="text-sm text-bad">{run.message}</p>
      )}
      {run.denials.length === 0 ? null : (
        <p className="text-sm text-warn">
          Denied to it: {run.denials.join(', ')}. Allow what it needs, or tell it to do without.
        </p>
      )}
      {run.result === null || isSaid(run.result, output.lines) ? null : (
        <div
          // It scrolls, so the keyboard must reach it.
          tabIndex={0}
          role="region"
          aria-label="Answer"
          className="max-h-96 overflow-auto rounded-md border border-line bg-sunk p-3 text-sm whitespace-pre-wrap"
        >
          {run.result}
        </div>
      )}
      <OutputWindow output={output} name={`${run.id}.txt`} />
    </div>
  );
}

/** What an agent prints is, most of the time, its answer. */
function isSaid(answer: string, lines: readonly string[]): boolean {
  return lines.join('\n').trim() === answer.trim();
}
