import { Link } from 'wouter';
import type { RunPageView } from '../../../../src/api/run-page-view.ts';
import { useVersion } from '../../api/run.ts';
import { formatCount, formatUsd } from '../../parts/amount.ts';
import { Facts } from '../../parts/card.tsx';
import { Elapsed, Moment, Stamp } from '../../parts/moment.tsx';
import { formatLength } from '../../time/length.ts';

type Fact = Parameters<typeof Facts>[0]['facts'][number];

/** What is worth knowing of a run at a glance; what is not known has no place. */
export function RunFacts({ run }: { readonly run: RunPageView }) {
  const version = useVersion(run.task_id, run.task_version).data;
  return (
    <Facts
      facts={[
        ['Started by', <TriggerOf key="t" run={run} />],
        ...timeFacts(run),
        ['Attempt', `${run.attempt} of ${run.attempts_max}`],
        ...endFacts(run),
        ...modelFacts(run, version),
        ...moneyFacts(run, version),
        ...lookFacts(run),
      ]}
    />
  );
}

function TriggerOf({ run }: { readonly run: RunPageView }) {
  const { principal, client, parent_run: parent } = run.origin;
  const link = (text: string) => (
    <Link href={`/runs/${parent ?? ''}`} className="text-bronze hover:underline">
      {text}
    </Link>
  );
  switch (run.trigger) {
    case 'schedule':
      return 'its schedule';
    case 'task':
      return parent === null ? 'another task' : link('a run of another task');
    case 'webhook':
      return 'a webhook';
    case 'backfill':
      return `a backfill of ${principal}`;
    default:
      return parent === null ? [principal, client].filter(Boolean).join(', by ') : link('an agent');
  }
}

function timeFacts(run: RunPageView): readonly Fact[] {
  return [
    run.scheduled_for === null
      ? undefined
      : ['Scheduled for', <Stamp key="s" at={run.scheduled_for} withSeconds />],
    run.lateness_ms === null ? undefined : ['Late by', formatLength(run.lateness_ms)],
    run.missed_count === 0 ? undefined : ['Makes up for', `${run.missed_count} missed`],
    run.started_at === null
      ? ['Created', <Stamp key="c" at={run.created_at} withSeconds />]
      : ['Started', <Stamp key="b" at={run.started_at} withSeconds />],
    run.started_at === null
      ? undefined
      : run.ended_at === null
        ? [
            run.state === 'running' ? 'Running for' : 'Under way for',
            <Elapsed key="e" since={run.started_at} />,
          ]
        : ['Took', formatLength(tookMs(run))],
    run.held_until === null ? undefined : ['Held until', <Stamp key="h" at={run.held_until} />],
    run.question === null ? undefined : ['Waits', <Moment key="q" at={run.question.until} />],
    run.deadline_at === null ? undefined : ['Deadline', <Stamp key="d" at={run.deadline_at} />],
  ];
}

/** From the first attempt to the end, pauses between attempts included. */
function tookMs(run: RunPageView): number {
  const from = run.steps[0]?.started_ms;
  return from === undefined || run.ended_ms === null ? (run.duration_ms ?? 0) : run.ended_ms - from;
}

function endFacts(run: RunPageView): readonly Fact[] {
  return [
    run.exit_code === null ? undefined : ['Exit code', String(run.exit_code)],
    run.signal === null ? undefined : ['Ended by signal', run.signal],
    run.http_status === null ? undefined : ['HTTP status', String(run.http_status)],
    run.terminal_reason === null ? undefined : ['Ended with', run.terminal_reason],
  ];
}

type Version = ReturnType<typeof useVersion>['data'];

function modelFacts(run: RunPageView, version: Version): readonly Fact[] {
  // What no engine told apart is put under this name.
  const used = Object.keys(run.cost_by_model).filter((name) => name !== 'all models');
  const engine = version?.action['engine'];
  const model = version?.action['model'];
  const named = used.length > 0 ? used.join(', ') : typeof model === 'string' ? model : undefined;
  return [
    typeof engine === 'string' ? ['Engine', engine] : undefined,
    named === undefined ? undefined : ['Model', named],
    run.usage === null
      ? undefined
      : [
          'Tokens in / out / cached',
          `${formatCount(run.usage.input_tokens)} / ${formatCount(run.usage.output_tokens)} / ${formatCount(run.usage.cached_tokens)}`,
        ],
    run.turns === null ? undefined : ['Turns', String(run.turns)],
  ];
}

function moneyFacts(run: RunPageView, version: Version): readonly Fact[] {
  const budget = version?.policies.budget?.['usd_per_run'];
  const hasBudget = typeof budget === 'number' && budget > 0;
  const cost = run.cost_usd;
  const about = run.is_final ? (run.cost_is_estimated ? ' (estimated)' : '') : ' so far';
  return [
    cost === null ? undefined : ['Cost', `${formatUsd(cost)}${about}`],
    hasBudget
      ? [
          'Budget used',
          `${Math.round(((cost ?? 0) / budget) * 100)} % of ${formatUsd(budget)} a run`,
        ]
      : undefined,
  ];
}

function lookFacts(run: RunPageView): readonly Fact[] {
  const { gate, difference } = run;
  return [
    gate === null ? undefined : ['Gates', `${gate.decision}: ${gate.why}`],
    difference === null ? undefined : ['Compared', <Difference key="d" difference={difference} />],
    run.denials.length === 0 ? undefined : ['Not permitted', run.denials.join(', ')],
  ];
}

function Difference({
  difference,
}: {
  readonly difference: NonNullable<RunPageView['difference']>;
}) {
  switch (difference.kind) {
    case 'first':
      return 'the first result';
    case 'same':
      return difference.since === null ? (
        'the same'
      ) : (
        <>
          the same since <Stamp at={difference.since} />
        </>
      );
    case 'changed':
      return `changed: ${difference.added} added, ${difference.removed} removed`;
  }
}
