import { Link } from 'wouter';
import { useSettle } from '../../api/actions.ts';
import { useOpenInbox } from '../../api/inbox.ts';
import { Button } from '../../parts/button.tsx';
import { Card, Empty } from '../../parts/card.tsx';
import { Moment } from '../../parts/moment.tsx';
import { QueryView } from '../../parts/query-view.tsx';

const SHOWN_MAX = 5;

/** The open items of the inbox that nobody has looked at. */
export function NeedsYou() {
  const inbox = useOpenInbox();
  const settle = useSettle();
  return (
    <Card
      title="Needs you"
      isFlush
      aside={
        <Link href="/inbox" className="hover:text-ink hover:underline">
          Inbox
        </Link>
      }
    >
      <QueryView query={inbox} what="the inbox">
        {({ items }) => {
          const unread = items.filter((item) => item.state === 'unread');
          if (unread.length === 0) return <Empty>Nothing needs you.</Empty>;
          return (
            <ul className="divide-y divide-line">
              {unread.slice(0, SHOWN_MAX).map((item) => (
                <li key={item.id} className="flex items-start gap-3 px-4 py-2.5">
                  <div className="min-w-0 flex-1">
                    <Link
                      href={item.run === null ? '/inbox' : `/runs/${item.run}`}
                      className="text-sm font-medium hover:underline"
                    >
                      {item.title}
                    </Link>
                    <p className="truncate text-sm text-soft">{item.body}</p>
                  </div>
                  <span className="shrink-0 pt-0.5 text-xs text-soft">
                    <Moment at={item.created_at} />
                  </span>
                  <Button
                    isSmall
                    isBusy={settle.isPending && settle.variables.id === item.id}
                    onClick={() => settle.mutate(item)}
                  >
                    Done
                  </Button>
                </li>
              ))}
              {unread.length <= SHOWN_MAX ? null : (
                <li className="px-4 py-2.5 text-sm">
                  <Link href="/inbox" className="text-bronze hover:underline">
                    {unread.length - SHOWN_MAX} more in the inbox
                  </Link>
                </li>
              )}
            </ul>
          );
        }}
      </QueryView>
    </Card>
  );
}
