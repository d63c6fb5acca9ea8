import { useMemo } from 'react';
import { Link } from 'wouter';
import type { RunPageView } from '../../../../src/api/run-page-view.ts';
import { useResultBefore } from '../../api/run.ts';
import { type DiffLine, diffLines } from '../../diff/diff-lines.ts';
import { Card, Empty } from '../../parts/card.tsx';
import { classNames } from '../../parts/class-names.ts';
import { Stamp } from '../../parts/moment.tsx';
import { QueryView } from '../../parts/query-view.tsx';

const LINES_SHOWN_MAX = 2_000;

/** What this run came to beside what the one before it came to. */
export function Comparison({ run }: { readonly run: RunPageView }) {
  const query = useResultBefore(run, true);
  return (
    <Card title="Beside the result before" isFlush>
      <QueryView query={query} what="the run before">
        {(found) =>
          found === null ? (
            <Empty>There is no run before this one to compare it with.</Empty>
          ) : (
            <>
              <p className="px-4 pb-2 text-sm text-soft">
                Compared with{' '}
                <Link href={`/runs/${found.before.id}`} className="text-bronze hover:underline">
                  the run of <Stamp at={found.before.created_at} />
                </Link>
                .
              </p>
              <Lines before={found.old} after={found.now} />
            </>
          )
        }
      </QueryView>
    </Card>
  );
}

const LOOKS: Readonly<Record<DiffLine['kind'], readonly [sign: string, look: string]>> = {
  same: [' ', ''],
  added: ['+', 'bg-good-wash'],
  removed: ['-', 'bg-bad-wash'],
};

function Lines({ before, after }: { readonly before: string; readonly after: string }) {
  const lines = useMemo(() => diffLines(before, after), [before, after]);
  if (lines === undefined) {
    return <Empty>They are too long and too different to be compared line by line.</Empty>;
  }
  if (lines.every((line) => line.kind === 'same')) return <Empty>Both say the same.</Empty>;
  return (
    <pre
      tabIndex={0}
      aria-label="Differences, line by line"
      className="max-h-[60vh] overflow-auto border-t border-line bg-sunk py-2 font-mono text-[13px] leading-5"
    >
      {lines.slice(0, LINES_SHOWN_MAX).map(({ kind, text }, index) => {
        const [sign, look] = LOOKS[kind];
        return (
          <div key={index} className={classNames('w-max min-w-full px-4', look)}>
            {sign} {text}
          </div>
        );
      })}
    </pre>
  );
}
