import { useHappenings } from '../../api/happenings.ts';
import { useStatus } from '../../api/status.ts';
import { HowTo } from '../../parts/how-to.tsx';
import { Page } from '../../parts/page.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { FirstSteps } from '../welcome/first-steps.tsx';
import { ComesNext } from './comes-next.tsx';
import { DayStrip } from './day-strip.tsx';
import { JustEnded } from './just-ended.tsx';
import { NeedsYou } from './needs-you.tsx';
import { Running } from './running.tsx';
import { Spend } from './spend.tsx';
import { WeekLoad } from './week-load.tsx';

const BACK = '24h';

/** Is all well, what needs me, what runs, what comes, what does it cost. */
export function Now() {
  const happenings = useHappenings(BACK);
  return (
    <Page title="Now">
      <Beginning />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <NeedsYou />
        <QueryView query={happenings} what="what happens">
          {(view) => <Running runs={view.running} />}
        </QueryView>
      </div>
      <DayStrip />
      <QueryView query={happenings} what="what happens">
        {(view) => (
          <div className="grid items-start gap-4 lg:grid-cols-2">
            <ComesNext tasks={view.upcoming} />
            <JustEnded runs={view.ended} gaps={view.gaps} />
          </div>
        )}
      </QueryView>
      <Spend />
      <WeekLoad />
      <HowTo cli={`carillon status`} tool="what_happened" input={{ since: BACK }} />
    </Page>
  );
}

/** What to do first, for as long as there is no task. */
function Beginning() {
  const tasks = useStatus().data?.tasks;
  const isEmpty = tasks !== undefined && tasks.active + tasks.paused + tasks.ended === 0;
  return isEmpty ? <FirstSteps /> : null;
}
