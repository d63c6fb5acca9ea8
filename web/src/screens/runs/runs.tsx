import { useSearchParams } from 'wouter';
import { useRuns } from '../../api/runs.ts';
import { Button } from '../../parts/button.tsx';
import { Card, Empty } from '../../parts/card.tsx';
import { Choice } from '../../parts/field.tsx';
import { HowTo } from '../../parts/how-to.tsx';
import { Page } from '../../parts/page.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { RunList } from '../../parts/run-list.tsx';

const STATES = [
  ['', 'Every state'],
  ['failed', 'Failed'],
  ['succeeded', 'Succeeded'],
  ['cancelled', 'Cancelled'],
  ['queued,running,retrying,held,waiting', 'Unfinished'],
] as const;
const TRIGGERS = [
  ['', 'However started'],
  ['schedule', 'By schedule'],
  ['manual', 'By hand'],
  ['webhook', 'By webhook'],
  ['task', 'By another task'],
  ['backfill', 'By backfill'],
] as const;

/** Every run, newest first; what is asked for stands in the address. */
export function Runs() {
  const [search, setSearch] = useSearchParams();
  const value = (name: string) => search.get(name) ?? undefined;
  const runs = useRuns({
    task: value('task'),
    states: value('states'),
    trigger: value('trigger'),
    cursor: value('cursor'),
  });
  const ask = (name: string, text: string): void => {
    setSearch((before) => {
      const after = new URLSearchParams(before);
      after.delete('cursor');
      if (text === '') after.delete(name);
      else after.set(name, text);
      return after;
    });
  };
  return (
    <Page title="Runs">
      <div className="flex flex-wrap gap-3">
        <Choice
          label="State"
          isLabelHidden
          options={STATES}
          value={value('states') ?? ''}
          onChange={(event) => ask('states', event.target.value)}
        />
        <Choice
          label="Trigger"
          isLabelHidden
          options={TRIGGERS}
          value={value('trigger') ?? ''}
          onChange={(event) => ask('trigger', event.target.value)}
        />
        {value('task') === undefined ? null : (
          <Button onClick={() => ask('task', '')}>Of one task ✕</Button>
        )}
      </div>
      <Card isFlush>
        <QueryView query={runs} what="the runs">
          {(page) =>
            page.runs.length === 0 ? (
              <Empty>There is no such run.</Empty>
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
      <HowTo cli="carillon runs list" tool="list_runs" />
    </Page>
  );
}
