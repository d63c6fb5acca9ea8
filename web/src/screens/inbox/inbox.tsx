import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'wouter';
import { useApprovals } from '../../api/approvals.ts';
import type { InboxPage } from '../../api/inbox.ts';
import { get } from '../../api/request.ts';
import { counted } from '../../parts/amount.ts';
import { Button } from '../../parts/button.tsx';
import { Card, Empty } from '../../parts/card.tsx';
import { Choice } from '../../parts/field.tsx';
import { HowTo } from '../../parts/how-to.tsx';
import { Page } from '../../parts/page.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { ApprovalCard } from '../approvals/approval-card.tsx';
import { InboxItems } from './inbox-items.tsx';
import { KINDS } from './kinds.ts';

const OPEN = 'unread,snoozed';
const SHOWN = [
  [OPEN, 'Open'],
  ['unread', 'Unread'],
  ['snoozed', 'Snoozed'],
  ['done', 'Done'],
] as const;

/** What a person should know of: failures, findings, reminders, questions and approvals. */
export function Inbox() {
  const [search, setSearch] = useSearchParams();
  const states = search.get('states') ?? OPEN;
  const kinds = search.get('kind') ?? '';
  const cursor = search.get('cursor') ?? undefined;
  const query = { states, kinds, cursor, limit: 50 };
  const items = useQuery({
    queryKey: ['inbox', query],
    queryFn: ({ signal }) => get<InboxPage>('/inbox', query, signal),
    placeholderData: keepPreviousData,
  });
  const ask = (name: string, value: string): void => {
    setSearch(
      (before) => {
        const after = new URLSearchParams(before);
        after.delete('cursor');
        if (value === '') after.delete(name);
        else after.set(name, value);
        return after;
      },
      { replace: name !== 'cursor' },
    );
  };
  return (
    <Page
      title="Inbox"
      lead={
        <span className="max-md:hidden">
          j and k go down and up, Enter opens, x selects, e puts away.
        </span>
      }
      actions={
        <>
          <Choice
            label="Which kind"
            isLabelHidden
            options={[['', 'Every kind'], ...KINDS.map(({ kind, many }) => [kind, many] as const)]}
            value={kinds}
            onChange={(event) => ask('kind', event.target.value)}
          />
          <Choice
            label="Which items"
            isLabelHidden
            options={SHOWN}
            value={states}
            onChange={(event) => ask('states', event.target.value)}
          />
        </>
      }
    >
      <Waiting isAllShown={kinds === 'approval'} />
      <Card isFlush>
        <QueryView query={items} what="the inbox">
          {(page) =>
            page.items.length === 0 ? (
              <Empty>
                {states === OPEN && kinds === ''
                  ? 'Nothing needs you. What fails, finds something or asks comes here.'
                  : 'Nothing here is like that.'}
              </Empty>
            ) : (
              <>
                <InboxItems key={JSON.stringify(query)} items={page.items} />
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
      <HowTo cli="carillon inbox" tool="what_happened" />
    </Page>
  );
}

/** What waits for a yes stands above everything: all of it where it was asked for, else as a word. */
function Waiting({ isAllShown }: { readonly isAllShown: boolean }) {
  const pending = useApprovals('pending').data?.approvals ?? [];
  if (pending.length === 0) return null;
  if (isAllShown) {
    return pending.map((approval) => <ApprovalCard key={approval.id} approval={approval} />);
  }
  return (
    <p className="rounded-lg border border-warn bg-warn-wash px-4 py-3 text-sm">
      {counted(pending.length, 'request waits', 'requests wait')} for your yes or no.{' '}
      <Link href="/approvals" className="font-medium underline">
        See what would be done
      </Link>
    </p>
  );
}
