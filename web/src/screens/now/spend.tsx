import type { UsageView } from '../../../../src/api/usage-view.ts';
import { useUsage } from '../../api/usage.ts';
import { formatCount, formatUsd } from '../../parts/amount.ts';
import { Card, Empty, Facts } from '../../parts/card.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { DayBars } from '../../parts/day-bars.tsx';

const TASKS_MAX = 5;

/** What agents and models cost this month, by day and by task, and what it comes to. */
export function Spend() {
  const byDay = useUsage('day');
  const byTask = useUsage('task');
  return (
    <Card title="Spend this month">
      <QueryView query={byDay} what="what was used">
        {(view) =>
          view.total.attempts === 0 ? (
            <Empty>No agent or model has run this month.</Empty>
          ) : (
            <div className="grid gap-6 lg:grid-cols-[2fr_1fr]">
              <div className="flex flex-col gap-4">
                <Facts
                  facts={[
                    ['So far', formatUsd(view.month.cost_usd)],
                    ['At this pace', formatUsd(view.month.projected_cost_usd)],
                    ['Tokens in', formatCount(view.total.input_tokens)],
                    ['Tokens out', formatCount(view.total.output_tokens)],
                  ]}
                />
                <DayBars
                  label="Spend by day"
                  bars={view.rows
                    .toSorted((a, b) => a.key.localeCompare(b.key))
                    .map((row) => ({
                      key: row.key,
                      value: row.cost_usd,
                      said: `${row.key}: ${formatUsd(row.cost_usd)}`,
                    }))}
                />
              </div>
              <QueryView query={byTask} what="the tasks that spent">
                {(tasks) => <Dearest view={tasks} />}
              </QueryView>
            </div>
          )
        }
      </QueryView>
    </Card>
  );
}

function Dearest({ view }: { readonly view: UsageView }) {
  return (
    <table className="w-full self-start text-sm">
      <caption className="pb-1 text-left text-xs text-soft">Dearest tasks</caption>
      <tbody>
        {view.rows
          .toSorted((a, b) => b.cost_usd - a.cost_usd)
          .slice(0, TASKS_MAX)
          .map((row) => (
            <tr key={row.key} className="border-t border-line">
              <th scope="row" className="max-w-0 truncate py-1.5 pr-3 text-left font-normal">
                {row.name ?? row.key}
              </th>
              <td className="w-20 py-1.5 text-right">{formatUsd(row.cost_usd)}</td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}
