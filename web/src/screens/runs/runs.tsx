import { useSearchParams } from 'wouter';
import { useRuns } from '../../api/runs.ts';
import { useTask } from '../../api/task.ts';
import { Button } from '../../parts/button.tsx';
import { Card, Empty } from '../../parts/card.tsx';
import { HowTo } from '../../parts/how-to.tsx';
import { Page } from '../../parts/page.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { RunList } from '../../parts/run-list.tsx';
import { FILTERS, RunFilters } from './run-filters.tsx';

/** Every run, newest first; what is asked for stands in the address. */
export function Runs() {
  const [search, setSearch] = useSearchParams();
  const value = (name: string): string | undefined => search.get(name) ?? undefined;
  const asked = Object.fromEntries(FILTERS.map((name) => [name, value(name)]));
  const runs = useRuns({ ...asked, cursor: value('cursor'), limit: 50 });
  const isFiltered = FILTERS.some((name) => value(name) !== undefined);
  const ask = (name: string, text: string): void => {
    setSearch(
      (before) => {
        const after = new URLSearchParams(before);
        after.delete('cursor');
        if (text === '') after.delete(name);
        else after.set(name, text);
        return after;
      },
      { replace: name !== 'cursor' },
    );
  };
  return (
    <Page title="Runs">
      <RunFilters value={value} ask={ask} />
      {value('task') === undefined ? null : (
        <OfTask id={value('task') ?? ''} onAll={() => ask('task', '')} />
      )}
      <Card isFlush>
        <QueryView query={runs} what="the runs">
          {(page) =>
            page.runs.length === 0 ? (
              <Empty
                action={
                  isFiltered ? <Button onClick={() => setSearch({})}>Show every run</Button> : null
                }
              >
                {isFiltered
                  ? 'No run is like that.'
                  : 'Nothing has run yet. Run a task, and it stands here.'}
              </Empty>
            ) : (
              <>
                <RunList runs={page.runs} />
                {page.next_cursor === null ? null : (
                  <div className="border-t border-line p-3">
                    <Button onClick={() => ask('cursor', page.next_cursor ?? '')}>
                      Older ones
                    </Button>
                  </div>
                )}
              </>
            )
          }
        </QueryView>
      </Card>
      <HowTo cli="carillon runs list" tool="list_runs" input={given(asked)} />
    </Page>
  );
}

function OfTask({ id, onAll }: { readonly id: string; readonly onAll: () => void }) {
  const task = useTask(id);
  const name = task.data === undefined ? 'one task' : `“${task.data.task.name}”`;
  return (
    <p className="flex flex-wrap items-center gap-3 text-sm">
      Only runs of {name}
      <Button isSmall onClick={onAll}>
        Of every task
      </Button>
    </p>
  );
}

function given(asked: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(asked).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
