import { Link, useLocation, useParams } from 'wouter';
import type { RunDetailView } from '../../../../src/api/run-view.ts';
import { useStopRun } from '../../api/actions.ts';
import { useRun } from '../../api/run.ts';
import { formatCount, formatUsd } from '../../parts/amount.ts';
import { Button } from '../../parts/button.tsx';
import { Card, Facts } from '../../parts/card.tsx';
import { CopyButton, Snippet } from '../../parts/copy-text.tsx';
import { HowTo } from '../../parts/how-to.tsx';
import { Elapsed, Stamp } from '../../parts/moment.tsx';
import { Page } from '../../parts/page.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { TabLinks } from '../../parts/tab-links.tsx';
import { OutputWindow } from '../../output/output-window.tsx';
import { useOutput } from '../../output/use-output.ts';
import { formatLength } from '../../time/length.ts';
import { RunAgain } from './run-again.tsx';
import { Waterfall } from './waterfall.tsx';

/** One run: what became of it, what it took, and what it printed. */
export function Run() {
  const { id = '' } = useParams<{ id: string }>();
  const run = useRun(id);
  return (
    <QueryView query={run} what="the run">
      {(view) => <RunPage run={view} />}
    </QueryView>
  );
}

function RunPage({ run }: { readonly run: RunDetailView }) {
  const stop = useStopRun();
  const [path] = useLocation();
  const base = `/runs/${run.id}`;
  const hasAnswer = run.result !== null || run.data !== null;
  const tab = path.slice(base.length + 1) || (hasAnswer ? 'result' : 'output');
  const tabs = [
    ...(hasAnswer ? [{ href: base, text: 'Result' }] : []),
    { href: hasAnswer ? `${base}/output` : base, text: 'Output' },
    { href: `${base}/attempts`, text: 'Attempts', count: run.attempts.length },
    { href: `${base}/raw`, text: 'Raw' },
  ];
  return (
    <Page
      title={run.task}
      lead={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <StateMark state={run.state} />
          <Link href={`/tasks/${run.task_id}`} className="text-bronze hover:underline">
            See the task
          </Link>
          <span className="flex items-center font-mono text-xs">
            {run.id}
            <CopyButton text={run.id} label="Copy the id of the run" />
          </span>
        </span>
      }
      actions={
        run.is_final ? (
          <RunAgain run={run} />
        ) : (
          <Button look="danger" isBusy={stop.isPending} onClick={() => stop.mutate(run)}>
            Stop
          </Button>
        )
      }
    >
      {run.message === null && run.state_reason === null ? null : (
        <p className="rounded-lg border border-line bg-sheet px-4 py-3 text-sm">
          {run.message ?? run.state_reason}
        </p>
      )}
      <Card>
        <Facts facts={factsOf(run)} />
      </Card>
      <Card title="How the time went">
        <Waterfall run={run} />
      </Card>
      <TabLinks label="Parts of the run" tabs={tabs} />
      {tab === 'result' ? <Result run={run} /> : null}
      {tab === 'output' ? <OutputOf run={run} /> : null}
      {tab === 'attempts' ? <Attempts run={run} /> : null}
      {tab === 'raw' ? (
        <Snippet label="The run as JSON" text={JSON.stringify(run, undefined, 2)} />
      ) : null}
      <HowTo cli={`carillon runs show ${run.id}`} tool="get_run" input={{ run: run.id }} />
    </Page>
  );
}

function factsOf(run: RunDetailView): Parameters<typeof Facts>[0]['facts'] {
  return [
    ['Started by', run.trigger],
    run.scheduled_for === null
      ? undefined
      : ['Scheduled for', <Stamp key="s" at={run.scheduled_for} />],
    run.lateness_ms === null ? undefined : ['Late by', formatLength(run.lateness_ms)],
    run.started_at === null
      ? undefined
      : ['Started', <Stamp key="b" at={run.started_at} withSeconds />],
    run.started_at === null
      ? undefined
      : [
          run.ended_at === null ? 'Running for' : 'Took',
          run.ended_at === null ? (
            <Elapsed key="e" since={run.started_at} />
          ) : (
            formatLength(run.duration_ms ?? 0)
          ),
        ],
    ['Attempt', `${run.attempt} of ${run.attempts_max}`],
    run.exit_code === null ? undefined : ['Exit code', String(run.exit_code)],
    run.signal === null ? undefined : ['Ended by signal', run.signal],
    run.http_status === null ? undefined : ['HTTP status', String(run.http_status)],
    run.cost_usd === null
      ? undefined
      : ['Cost', `${formatUsd(run.cost_usd)}${run.cost_is_estimated ? ' (estimated)' : ''}`],
    run.usage === null
      ? undefined
      : [
          'Tokens in / out / cached',
          `${formatCount(run.usage.input_tokens)} / ${formatCount(run.usage.output_tokens)} / ${formatCount(run.usage.cached_tokens)}`,
        ],
    run.turns === null ? undefined : ['Turns', String(run.turns)],
    run.tool_calls === null ? undefined : ['Tool calls', String(run.tool_calls)],
    run.denials.length === 0 ? undefined : ['Denied', run.denials.join(', ')],
    run.held_until === null ? undefined : ['Held until', <Stamp key="h" at={run.held_until} />],
    run.deadline_at === null ? undefined : ['Deadline', <Stamp key="d" at={run.deadline_at} />],
    ['Version of the task', String(run.task_version)],
    ['Asked for by', run.created_by],
  ];
}

function Result({ run }: { readonly run: RunDetailView }) {
  return (
    <Card title="What it answered">
      {run.result === null ? null : (
        <div className="max-w-prose text-sm whitespace-pre-wrap">{run.result}</div>
      )}
      {run.data === null || run.data === undefined ? null : (
        <Snippet label="Structured answer" text={JSON.stringify(run.data, undefined, 2)} />
      )}
    </Card>
  );
}

function OutputOf({ run }: { readonly run: RunDetailView }) {
  const output = useOutput(run.id, run.attempt);
  return <OutputWindow output={output} name={`${run.id}.txt`} />;
}

function Attempts({ run }: { readonly run: RunDetailView }) {
  return (
    <Card isFlush>
      <ol className="divide-y divide-line">
        {run.attempts.map((attempt) => (
          <li
            key={attempt.attempt}
            className="flex flex-wrap items-center gap-3 px-4 py-2.5 text-sm"
          >
            <StateMark state={attempt.outcome ?? 'running'} />
            <span>Attempt {attempt.attempt}</span>
            <span className="text-soft">
              <Stamp at={attempt.started_at} withSeconds />
            </span>
            {attempt.duration_ms === null ? null : (
              <span className="text-soft">{formatLength(attempt.duration_ms)}</span>
            )}
            <span className="min-w-0 basis-full text-soft">{attempt.message}</span>
          </li>
        ))}
      </ol>
    </Card>
  );
}
