import { Link, useSearchParams } from 'wouter';
import { useApprovals } from '../../api/approvals.ts';
import { buttonClass } from '../../parts/button.tsx';
import { Card, Empty } from '../../parts/card.tsx';
import { Choice } from '../../parts/field.tsx';
import { HowTo } from '../../parts/how-to.tsx';
import { Page } from '../../parts/page.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { ApprovalCard } from './approval-card.tsx';

const SHOWN = [
  ['pending', 'Waiting'],
  ['approved', 'Approved'],
  ['denied', 'Denied'],
  ['', 'All'],
] as const;

/** What waits for a person to say yes to, and what was decided. */
export function Approvals() {
  const [search, setSearch] = useSearchParams();
  const state = search.get('state') ?? 'pending';
  const approvals = useApprovals(state === '' ? undefined : state);
  return (
    <Page
      title="Approvals"
      lead="What agents and remote clients have asked for, and may not do by themselves."
      actions={
        <Choice
          label="Which approvals"
          isLabelHidden
          options={SHOWN}
          value={state}
          onChange={(event) => setSearch({ state: event.target.value }, { replace: true })}
        />
      }
    >
      <QueryView query={approvals} what="the approvals">
        {({ approvals: found }) =>
          found.length === 0 ? (
            <Card isFlush>
              <Empty
                action={
                  <Link href="/inbox" className={buttonClass()}>
                    See the inbox
                  </Link>
                }
              >
                {state === 'pending' ? 'Nothing waits for your yes.' : 'There is none.'}
              </Empty>
            </Card>
          ) : (
            found.map((approval) => <ApprovalCard key={approval.id} approval={approval} />)
          )
        }
      </QueryView>
      <HowTo cli="carillon approvals list" />
    </Page>
  );
}
