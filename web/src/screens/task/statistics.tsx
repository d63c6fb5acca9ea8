import { useSearchParams } from 'wouter';
import type { TaskView } from '../../../../src/api/task-view.ts';
import { type StatisticsView, useStatistics, useTimeline } from '../../api/pictures.ts';
import { useTaskUsage } from '../../api/usage.ts';
import { RunDots } from '../../charts/run-dots.tsx';
import { counted, formatUsd } from '../../parts/amount.ts';
import { Card, Empty, Facts } from '../../parts/card.tsx';
import { DayBars } from '../../parts/day-bars.tsx';
import { Choice } from '../../parts/field.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { formatLength } from '../../time/length.ts';

const STRETCHES = [
  ['7d', 'The last 7 days'],
  ['30d', 'The last 30 days'],
] as const;

/** How its runs went: how long they take, why they fail, what they cost, and whether they start in time. */
export function Statistics({ task }: { readonly task: TaskView }) {
  const [search, setSearch] = useSearchParams();
  const since = search.get('since') === '7d' ? '7d' : '30d';
  const statistics = useStatistics(task.id, since);
  const timeline = useTimeline(since, '1m', task.id);
  const runs = timeline.data?.runs ?? [];
  return (
    <>
      <div className="w-52">
        <Choice
          label="Stretch of time"
          isLabelHidden
          options={STRETCHES}
          value={since}
          onChange={(event) => setSearch({ since: event.target.value }, { replace: true })}
        />
      </div>
      <QueryView query={statistics} what="its statistics">
        {(view) =>
          view.runs === 0 ? (
            <Card>
              <Empty>It has not run in this time.</Empty>
            </Card>
          ) : (
            <div className="grid items-start gap-4 lg:grid-cols-2">
              <Card title="How its runs ended">
                <Outcomes view={view} />
              </Card>
              <Card title="Why they failed">
                <Reasons view={view} />
              </Card>
              <Card title="How long they take" aside={sayUsual(view.duration_ms)}>
                <RunDots
                  label="Duration of each run"
                  runs={runs}
                  lengthOf={(run) => run.duration_ms}
                  lines={linesOf(view.duration_ms)}
                />
              </Card>
              <Card title="How late they start" aside={sayUsual(view.lateness_ms)}>
                {view.lateness_ms === null ? (
                  <p className="text-sm text-soft">None of them was scheduled.</p>
                ) : (
                  <RunDots
                    label="Lateness of each run"
                    runs={runs}
                    lengthOf={(run) => run.lateness_ms}
                    lines={linesOf(view.lateness_ms)}
                  />
                )}
              </Card>
              <Costs task={task} since={since} />
            </div>
          )
        }
      </QueryView>
    </>
  );
}

type Spread = StatisticsView['duration_ms'];

function sayUsual(spread: Spread): string | undefined {
  if (spread === null) return undefined;
  return `half within ${formatLength(spread.p50)}, 95 % within ${formatLength(spread.p95)}`;
}

function linesOf(spread: Spread): readonly (readonly [string, number])[] {
  if (spread === null) return [];
  return spread.p50 === spread.p95
    ? [['half', spread.p50]]
    : [
        ['half', spread.p50],
        ['95 %', spread.p95],
      ];
}

function Outcomes({ view }: { readonly view: StatisticsView }) {
  const succeeded = view.states.find(({ key }) => key === 'succeeded')?.count ?? 0;
  const failed = view.states.find(({ key }) => key === 'failed')?.count ?? 0;
  const ended = succeeded + failed;
  return (
    <>
      <Facts
        facts={[
          ['Runs', `${view.runs}${view.is_cut ? ', the latest' : ''}`],
          ['Went well', ended === 0 ? '–' : `${Math.round((succeeded / ended) * 100)} %`],
          ['Longest', view.duration_ms === null ? '–' : formatLength(view.duration_ms.max)],
          ...view.states.map(({ key, count }) => [key, String(count)] as const),
        ]}
      />
    </>
  );
}

function Reasons({ view }: { readonly view: StatisticsView }) {
  if (view.failures.length === 0) return <p className="text-sm text-soft">None failed.</p>;
  const most = Math.max(...view.failures.map(({ count }) => count));
  return (
    <ul className="flex flex-col gap-2 text-sm">
      {view.failures.map(({ key, count }) => (
        <li key={key}>
          <div className="flex justify-between gap-3">
            <span className="min-w-0 truncate" title={key}>
              {key}
            </span>
            <span className="shrink-0 text-soft">{counted(count, 'run')}</span>
          </div>
          <span
            aria-hidden
            className="mt-0.5 block h-1.5 rounded-full bg-bad"
            style={{ width: `${(count / most) * 100}%` }}
          />
        </li>
      ))}
    </ul>
  );
}

function Costs({ task, since }: { readonly task: TaskView; readonly since: string }) {
  const usage = useTaskUsage(task.id, since);
  if (usage.data === undefined || usage.data.total.attempts === 0) return null;
  const { rows, total, month } = usage.data;
  return (
    <Card title="What it costs">
      <div className="flex flex-col gap-4">
        <Facts
          facts={[
            ['In this time', formatUsd(total.cost_usd)],
            ['A run', formatUsd(total.cost_usd / total.attempts)],
            ['This month', formatUsd(month.cost_usd)],
            ['At this pace', formatUsd(month.projected_cost_usd)],
          ]}
        />
        <DayBars
          label="Its cost by day"
          bars={rows
            .toSorted((a, b) => a.key.localeCompare(b.key))
            .map((row) => ({
              key: row.key,
              value: row.cost_usd,
              said: `${row.key}: ${formatUsd(row.cost_usd)}`,
            }))}
        />
      </div>
    </Card>
  );
}
