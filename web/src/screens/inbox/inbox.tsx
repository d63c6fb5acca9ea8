import { useQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'wouter';
import type { InboxItemView } from '../../../../src/api/inbox-view.ts';
import { useAct, useSettle } from '../../api/actions.ts';
import type { InboxPage } from '../../api/inbox.ts';
import { get, send } from '../../api/request.ts';
import { ActionMenu } from '../../parts/action-menu.tsx';
import { counted } from '../../parts/amount.ts';
import { Button } from '../../parts/button.tsx';
import { Card, Empty } from '../../parts/card.tsx';
import { Choice } from '../../parts/field.tsx';
import { HowTo } from '../../parts/how-to.tsx';
import { Moment, Stamp } from '../../parts/moment.tsx';
import { Page } from '../../parts/page.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { say } from '../../parts/toasts.tsx';

const SHOWN = [
  ['unread,snoozed', 'Open'],
  ['unread', 'Unread'],
  ['snoozed', 'Snoozed'],
  ['done', 'Done'],
] as const;
const SNOOZES = ['1h', '4h', '1d', '7d'] as const;

/** What a person should know of: failures, findings, reminders and questions. */
export function Inbox() {
  const [search, setSearch] = useSearchParams();
  const states = search.get('states') ?? 'unread,snoozed';
  const cursor = search.get('cursor') ?? undefined;
  const items = useQuery({
    queryKey: ['inbox', states, cursor],
    queryFn: ({ signal }) => get<InboxPage>('/inbox', { states, cursor, limit: 50 }, signal),
  });
  return (
    <Page
      title="Inbox"
      actions={
        <Choice
          label="Which items"
          isLabelHidden
          options={SHOWN}
          value={states}
          onChange={(event) => setSearch({ states: event.target.value }, { replace: true })}
        />
      }
    >
      <Card isFlush>
        <QueryView query={items} what="the inbox">
          {(page) =>
            page.items.length === 0 ? (
              <Empty>Nothing is here.</Empty>
            ) : (
              <>
                <ul className="divide-y divide-line">
                  {page.items.map((item) => (
                    <Item key={item.id} item={item} />
                  ))}
                </ul>
                {page.next_cursor === null ? null : (
                  <div className="border-t border-line p-3">
                    <Button onClick={() => setSearch({ states, cursor: page.next_cursor ?? '' })}>
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

function Item({ item }: { readonly item: InboxItemView }) {
  const settle = useSettle();
  const snooze = useAct(
    (until: string) => send('POST', `/inbox/${item.id}/settle`, { as: 'snooze', until }),
    (_, until) =>
      say(`Snoozed for ${until}.`, () =>
        send('POST', `/inbox/${item.id}/settle`, { as: 'unread' }),
      ),
  );
  const unread = useAct(() => send('POST', `/inbox/${item.id}/settle`, { as: 'unread' }));
  const undelivered = item.deliveries.filter((delivery) => !delivery.is_delivered);
  return (
    <li className="flex flex-wrap items-start gap-x-3 gap-y-2 px-4 py-3">
      <span
        aria-hidden
        className={`mt-2 size-2 shrink-0 rounded-full ${item.state === 'unread' ? 'bg-bronze' : 'bg-transparent'}`}
      />
      <div className="min-w-0 flex-1 text-sm">
        <p className="font-medium">
          {item.run === null ? (
            item.title
          ) : (
            <Link href={`/runs/${item.run}`} className="hover:underline">
              {item.title}
            </Link>
          )}
        </p>
        <p className="whitespace-pre-wrap text-soft">{item.body}</p>
        <p className="mt-1 flex flex-wrap gap-x-3 text-xs text-soft">
          <span>{item.kind.replaceAll('_', ' ')}</span>
          <Moment at={item.created_at} />
          {item.count > 1 ? <span>{counted(item.count, 'time')}</span> : null}
          {item.snoozed_until === null ? null : (
            <span>
              snoozed until <Stamp at={item.snoozed_until} />
            </span>
          )}
          {item.recovered_at === null ? null : (
            <span className="text-good">
              recovered <Moment at={item.recovered_at} />
            </span>
          )}
          {undelivered.length === 0 ? null : (
            <span className="text-warn">
              not shown by{' '}
              {undelivered.map(({ channel, note }) => `${channel} (${note})`).join(', ')}
            </span>
          )}
        </p>
      </div>
      <div className="flex items-center gap-1">
        {item.state === 'done' ? (
          <Button isSmall isBusy={unread.isPending} onClick={() => unread.mutate(undefined)}>
            Back to the inbox
          </Button>
        ) : (
          <>
            <Button isSmall isBusy={settle.isPending} onClick={() => settle.mutate(item)}>
              Done
            </Button>
            <ActionMenu
              label={`What to do with: ${item.title}`}
              choices={SNOOZES.map((until) => ({
                kind: 'action',
                text: `Snooze for ${until}`,
                act: () => snooze.mutate(until),
              }))}
            />
          </>
        )}
      </div>
    </li>
  );
}
