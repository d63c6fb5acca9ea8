import { Link } from 'wouter';
import type { UsageView } from '../../../../src/api/usage-view.ts';
import { useUsage } from '../../api/usage.ts';
import { useNowMs } from '../../live/server-clock.ts';
import { formatCount, formatUsd } from '../../parts/amount.ts';
import { Card, Facts } from '../../parts/card.tsx';
import { DayBars } from '../../parts/day-bars.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { dayKey, formatDay } from '../../time/instant.ts';
import { useZone } from '../../time/zone.ts';

const TOP_MAX = 5;
const DAYS = 30;
const DAY_MS = 86_400_000;
const SINCE = `${DAYS - 1}d`;

/** What agents and models cost: today and this month against the budget, by day, by task and by engine. */
export function Spend() {
  const days = useUsage('day', SINCE);
  const byTask = useUsage('task');
  const byEngine = useUsage('engine');
  return (
    <Card
      title="Spend"
      aside={
        days.data === undefined || days.data.total.attempts === 0
          ? undefined
          : 'agents and models, 30 days'
      }
    >
      <QueryView query={days} what="what was used">
        {(view) =>
          view.total.attempts === 0 && view.saved.runs === 0 ? (
            <p className="text-sm text-soft">
              No agent or model has run in the last 30 days, so nothing was spent.
            </p>
          ) : (
            <div className="grid gap-x-8 gap-y-5 lg:grid-cols-[2fr_1fr]">
              <Month view={view} />
              <div className="flex flex-col gap-4">
                <QueryView query={byTask} what="the tasks that spent">
                  {(tasks) => <Dearest view={tasks} caption="Dearest tasks this month" />}
                </QueryView>
                <QueryView query={byEngine} what="the engines that spent">
                  {(engines) => <Dearest view={engines} caption="By engine this month" />}
                </QueryView>
              </div>
            </div>
          )
        }
      </QueryView>
    </Card>
  );
}

function Month({ view }: { readonly view: UsageView }) {
  const zone = useZone();
  const nowMs = useNowMs(60_000);
  const byDay = new Map(view.rows.map((row) => [row.key, row.cost_usd]));
  const today = byDay.get(dayKey(nowMs, zone)) ?? 0;
  const { usd_per_day: perDay, usd_per_month: perMonth } = view.budget;
  const bars = Array.from({ length: DAYS }, (_, index) => {
    const ms = nowMs - (DAYS - 1 - index) * DAY_MS;
    const value = byDay.get(dayKey(ms, zone)) ?? 0;
    return {
      key: dayKey(ms, zone),
      value,
      said: `${formatDay(ms, zone)}: ${formatUsd(value)}`,
    };
  });
  const { saved } = view;
  return (
    <div className="flex flex-col gap-4">
      <Facts
        facts={[
          ['Today', <Against key="t" amount={today} most={perDay} />],
          ['This month', <Against key="m" amount={view.month.cost_usd} most={perMonth} />],
          [
            'At this pace',
            <Against key="p" amount={view.month.projected_cost_usd} most={perMonth} />,
          ],
          [
            'Tokens in 30 days',
            `${formatCount(view.total.input_tokens)} in, ${formatCount(view.total.output_tokens)} out`,
          ],
          saved.runs === 0
            ? undefined
            : [
                'Saved by gates',
                `${formatCount(saved.tokens)} tokens, ${formatUsd(saved.cost_usd)} in ${saved.runs} skipped`,
              ],
        ]}
      />
      <div>
        <DayBars label="Spend by day" bars={bars} {...(perDay === null ? {} : { line: perDay })} />
        <p className="flex justify-between pt-1 text-xs text-soft">
          <span>{formatDay(nowMs - (DAYS - 1) * DAY_MS, zone)}</span>
          {perDay === null ? null : <span>the dashed line is {formatUsd(perDay)} a day</span>}
          <span>today</span>
        </p>
      </div>
      {view.held.map(({ pool }) => (
        <p key={pool} className="text-sm text-warn">
          {pool} is held: its usage limit was reached.
        </p>
      ))}
    </div>
  );
}

/** An amount, and how much of its budget it is; over it, the word says so. */
function Against({ amount, most }: { readonly amount: number; readonly most: number | null }) {
  if (most === null) return formatUsd(amount);
  const isOver = amount > most;
  return (
    <span className={isOver ? 'text-bad' : ''}>
      {formatUsd(amount)} of {formatUsd(most)}
      {isOver ? ', over it' : ''}
    </span>
  );
}

function Dearest({ view, caption }: { readonly view: UsageView; readonly caption: string }) {
  if (view.rows.length === 0) return null;
  return (
    <table className="w-full self-start text-sm">
      <caption className="pb-1 text-left text-xs text-soft">{caption}</caption>
      <tbody>
        {view.rows
          .toSorted((a, b) => b.cost_usd - a.cost_usd)
          .slice(0, TOP_MAX)
          .map((row) => (
            <tr key={row.key} className="border-t border-line">
              <th scope="row" className="max-w-0 truncate py-1.5 pr-3 text-left font-normal">
                {view.by === 'task' ? (
                  <Link href={`/tasks/${row.key}`} className="hover:underline">
                    {row.name ?? row.key}
                  </Link>
                ) : (
                  row.key
                )}
              </th>
              <td className="w-20 py-1.5 text-right">{formatUsd(row.cost_usd)}</td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}
