import { Link, useLocation, useParams } from 'wouter';
import type { RunPageView } from '../../../../src/api/run-page-view.ts';
import { Refused } from '../../api/request.ts';
import { pretty, useExplanation, useLastLine, useRun } from '../../api/run.ts';
import { useTask } from '../../api/task.ts';
import { buttonClass } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { CopyButton, Snippet } from '../../parts/copy-text.tsx';
import { HowTo } from '../../parts/how-to.tsx';
import { Page } from '../../parts/page.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { TabLinks } from '../../parts/tab-links.tsx';
import { plainOf } from '../../output/ansi.ts';
import { AnswerForm } from './answer-form.tsx';
import { Attempts, OutputOf } from './attempts.tsx';
import { Comparison } from './comparison.tsx';
import { Given } from './given.tsx';
import { Result } from './result.tsx';
import { RunActions } from './run-actions.tsx';
import { RunFacts } from './run-facts.tsx';
import { ToolCalls } from './tool-calls.tsx';
import { Waterfall } from './waterfall.tsx';

/** One run: what became of it, what it took, and what it printed. */
export function Run() {
  const { id } = useParams<{ id: string }>();
  const run = useRun(id);
  if (run.data === undefined && run.error instanceof Refused && run.error.status === 404) {
    return <Gone id={id} />;
  }
  return (
    <QueryView query={run} what="the run">
      {(view) => <RunPage run={view} />}
    </QueryView>
  );
}

function Gone({ id }: { readonly id: string }) {
  return (
    <Page
      title="This run is not kept any more"
      lead={
        <>
          There is no run <span className="font-mono">{id}</span>. Finished runs are removed after
          the retention of their task.
        </>
      }
    >
      <div>
        <Link href="/runs" className={buttonClass('main')}>
          See the runs that are kept
        </Link>
      </div>
    </Page>
  );
}

function RunPage({ run }: { readonly run: RunPageView }) {
  const [path] = useLocation();
  const task = useTask(run.task_id);
  const isTaskGone = task.error instanceof Refused && task.error.status === 404;
  const base = `/runs/${run.id}`;
  const hasAnswer = run.result !== null || run.data !== null || run.difference !== null;
  const calls = run.steps.flatMap((steps) => steps.calls);
  const tabs = [
    ...(hasAnswer ? [{ href: base, part: 'result', text: 'Result' }] : []),
    { href: hasAnswer ? `${base}/output` : base, part: 'output', text: 'Output' },
    {
      href: `${base}/calls`,
      part: 'calls',
      text: 'Tool calls',
      count: run.tool_calls ?? calls.length,
    },
    { href: `${base}/input`, part: 'input', text: 'Input' },
    { href: `${base}/attempts`, part: 'attempts', text: 'Attempts', count: run.attempts.length },
    ...(run.is_final ? [{ href: `${base}/compare`, part: 'compare', text: 'Compare' }] : []),
    { href: `${base}/raw`, part: 'raw', text: 'Raw' },
  ];
  // The tab of an answer is the first as soon as there is one; the address of the output stays good.
  const part = path.slice(base.length + 1) || (hasAnswer ? 'result' : 'output');
  const shown = tabs.map((tab) => (tab.part === part ? { ...tab, href: path } : tab));
  return (
    <Page
      title={run.task}
      lead={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <StateMark state={run.state} />
          {isTaskGone ? (
            <span>The task is not there any more</span>
          ) : (
            <Link href={`/tasks/${run.task_id}`} className="text-bronze hover:underline">
              See the task
            </Link>
          )}
          <span className="flex items-center font-mono text-xs">
            {run.id}
            <CopyButton text={run.id} label="Copy the id of the run" />
          </span>
        </span>
      }
      actions={<RunActions run={run} isTaskGone={isTaskGone} />}
    >
      {run.question === null ? null : <AnswerForm run={run.id} question={run.question} />}
      <Why run={run} />
      <LastLine run={run} />
      <Card>
        <RunFacts run={run} />
      </Card>
      <Checks run={run} />
      <div className="grid grid-cols-1 items-start gap-4 xl:grid-cols-[20rem_minmax(0,1fr)]">
        <Card title="How the time went">
          <Waterfall run={run} />
        </Card>
        <div className="flex min-w-0 flex-col gap-4">
          <TabLinks label="Parts of the run" tabs={shown} />
          {part === 'result' ? <Result run={run} /> : null}
          {part === 'output' ? <OutputOf run={run} /> : null}
          {part === 'calls' ? <ToolCalls run={run} /> : null}
          {part === 'input' ? <Given run={run} isTaskGone={isTaskGone} /> : null}
          {part === 'attempts' ? <Attempts run={run} /> : null}
          {part === 'compare' ? <Comparison run={run} /> : null}
          {part === 'raw' ? <Snippet label="The run as JSON" text={pretty(run)} /> : null}
        </div>
      </div>
      <HowTo cli={`carillon runs show ${run.id}`} tool="get_run" input={{ run: run.id }} />
    </Page>
  );
}

/** Why it stands as it does, in our own words. */
function Why({ run }: { readonly run: RunPageView }) {
  const { data } = useExplanation(run);
  const sentences = data?.sentences ?? [];
  const own = run.message ?? run.state_reason;
  if (own === null && sentences.length === 0) return null;
  return (
    <Card>
      {own === null ? null : <p className="text-sm font-medium">{sentence(own)}</p>}
      {sentences.length === 0 ? null : (
        <details className="text-sm text-soft">
          <summary className="w-fit rounded hover:text-ink">Why it stands so</summary>
          <ul className="mt-1 list-disc pl-5">
            {sentences.map((one, index) => (
              <li key={index}>{one}</li>
            ))}
          </ul>
        </details>
      )}
    </Card>
  );
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function LastLine({ run }: { readonly run: RunPageView }) {
  const line = useLastLine(run);
  if (line === undefined || line === '') return null;
  return (
    <p className="flex min-w-0 items-baseline gap-3 rounded-lg border border-line bg-sheet px-4 py-2 text-sm">
      <span className="shrink-0 text-xs text-soft">Last line</span>
      <span className="truncate font-mono text-[13px]">{plainOf(line)}</span>
    </p>
  );
}

function Checks({ run }: { readonly run: RunPageView }) {
  if (run.verdict === null && run.checks.length === 0 && run.deliveries.length === 0) return null;
  return (
    <Card title="What was found by looking">
      <ul className="flex flex-col gap-1.5 text-sm">
        {run.verdict === null ? null : (
          <li>
            Its own verdict: <span className="font-medium">{run.verdict.replaceAll('_', ' ')}</span>
            {run.summary === null || run.summary === '' ? null : (
              <span className="text-soft"> “{run.summary}”</span>
            )}
          </li>
        )}
        {run.checks.map(({ check, passed, note }, index) => (
          <li key={index} className="flex flex-wrap items-center gap-2">
            <StateMark state={passed ? 'passed' : 'failed'} />
            <span className="font-medium">{check.replaceAll('_', ' ')}</span>
            <span className="text-soft">{note}</span>
          </li>
        ))}
        {run.deliveries.map(({ channel, is_delivered: isDelivered, note }, index) => (
          <li key={`d${index}`} className="flex flex-wrap items-center gap-2">
            <StateMark state={isDelivered ? 'delivered' : 'not_delivered'} />
            <span className="font-medium">{channel}</span>
            <span className="text-soft">{note}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
