import { useHappenings } from '../../api/happenings.ts';
import { HowTo } from '../../parts/how-to.tsx';
import { Page } from '../../parts/page.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { ComesNext } from './comes-next.tsx';
import { JustEnded } from './just-ended.tsx';
import { NeedsYou } from './needs-you.tsx';
import { Running } from './running.tsx';
import { Spend } from './spend.tsx';

const BACK = '24h';

/** Is all well, what needs me, what runs, what comes, what does it cost. */
export function Now() {
  const happenings = useHappenings(BACK);
  return (
    <Page title="Now">
      <NeedsYou />
      <QueryView query={happenings} what="what happens">
        {(view) => (
          <>
            <Running runs={view.running} />
            <div className="grid gap-4 lg:grid-cols-2">
              <ComesNext tasks={view.upcoming} />
              <JustEnded runs={view.ended} gaps={view.gaps} />
            </div>
          </>
        )}
      </QueryView>
      <Spend />
      <HowTo cli={`carillon status`} tool="what_happened" input={{ since: BACK }} />
    </Page>
  );
}
