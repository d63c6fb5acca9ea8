import { useSearchParams } from 'wouter';
import { useTimeline } from '../../api/pictures.ts';
import { TimeStrip } from '../../charts/time-strip.tsx';
import { Card, Empty } from '../../parts/card.tsx';
import { Choice } from '../../parts/field.tsx';
import { QueryView } from '../../parts/query-view.tsx';

const SPANS = {
  day: ['12h', '12h', 'A day'],
  three: ['36h', '36h', 'Three days'],
  week: ['84h', '84h', 'A week'],
} as const;
const LANES_MAX = 100;

/** What ran and what comes, of every task, around now. */
export function TimelineView({ text }: { readonly text: string | undefined }) {
  const [search, setSearch] = useSearchParams();
  const asked = search.get('span');
  const span = asked === 'three' || asked === 'week' ? asked : 'day';
  const [back, ahead] = SPANS[span];
  const timeline = useTimeline(back, ahead);
  const wanted = text?.toLowerCase() ?? '';
  return (
    <Card
      title="Half of it back, half ahead"
      aside={
        <Choice
          label="Stretch of time"
          isLabelHidden
          options={Object.entries(SPANS).map(([name, [, , said]]) => [name, said] as const)}
          value={span}
          onChange={(event) => {
            const chosen = event.target.value;
            setSearch(
              (before) => {
                const after = new URLSearchParams(before);
                after.set('span', chosen);
                return after;
              },
              { replace: true },
            );
          }}
        />
      }
    >
      <QueryView query={timeline} what="the timeline">
        {(view) => {
          const runs = view.runs.filter(({ task }) => task.toLowerCase().includes(wanted));
          const upcoming = view.upcoming.filter(({ task }) => task.toLowerCase().includes(wanted));
          return runs.length + upcoming.length === 0 ? (
            <Empty>Nothing ran or comes in this time.</Empty>
          ) : (
            <TimeStrip
              view={{ ...view, runs, upcoming }}
              label="What ran and what comes"
              lanesMax={LANES_MAX}
            />
          );
        }}
      </QueryView>
    </Card>
  );
}
