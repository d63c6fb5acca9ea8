import { useTimeline } from '../../api/pictures.ts';
import { TimeStrip } from '../../charts/time-strip.tsx';
import { counted } from '../../parts/amount.ts';
import { Card } from '../../parts/card.tsx';
import { QueryView } from '../../parts/query-view.tsx';

const BACK = '6h';
const AHEAD = '18h';
const LANES_MAX = 12;

/** A day around now: six hours back and eighteen ahead. */
export function DayStrip() {
  const timeline = useTimeline(BACK, AHEAD);
  const said =
    timeline.data === undefined
      ? undefined
      : [
          counted(timeline.data.runs.length, 'run'),
          counted(timeline.data.runs.filter((run) => run.state === 'failed').length, 'failure'),
          `${counted(timeline.data.upcoming.length, 'start')} to come`,
        ].join(', ');
  return (
    <Card title="Six hours back, eighteen ahead" aside={said}>
      <QueryView query={timeline} what="the day">
        {(view) =>
          view.runs.length + view.upcoming.length === 0 ? (
            <p className="text-sm text-soft">
              Nothing has run in the last six hours, and nothing is scheduled.
            </p>
          ) : (
            <TimeStrip view={view} label="The day around now" lanesMax={LANES_MAX} />
          )
        }
      </QueryView>
    </Card>
  );
}
