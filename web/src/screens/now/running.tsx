import { Link } from 'wouter';
import type { RunBriefView } from '../../../../src/api/run-view.ts';
import { useStopRun } from '../../api/actions.ts';
import { formatUsd } from '../../parts/amount.ts';
import { Button } from '../../parts/button.tsx';
import { Card, Empty } from '../../parts/card.tsx';
import { Elapsed } from '../../parts/moment.tsx';
import { StateMark } from '../../parts/state-mark.tsx';

export function Running({ runs }: { readonly runs: readonly RunBriefView[] }) {
  const stop = useStopRun();
  return (
    <Card title="Running" isFlush>
      {runs.length === 0 ? (
        <Empty>Nothing runs right now.</Empty>
      ) : (
        <ul className="divide-y divide-line">
          {runs.map((run) => (
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
              {run.cost_usd === null ? null : (
                <span className="text-soft">{formatUsd(run.cost_usd)}</span>
              )}
              <span className="text-soft">
                <Elapsed since={run.started_at ?? run.created_at} />
              </span>
              <Button
                isSmall
                look="danger"
                isBusy={stop.isPending && stop.variables.id === run.id}
                onClick={() => stop.mutate(run)}
              >
                Stop
              </Button>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
