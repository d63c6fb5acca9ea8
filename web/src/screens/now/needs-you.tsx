import {
  Bell,
  CircleX,
  Clock,
  Coins,
  Hand,
  Lightbulb,
  type LucideIcon,
  ShieldQuestion,
  TriangleAlert,
} from 'lucide-react';
import { Link } from 'wouter';
import type { InboxItemView } from '../../../../src/api/inbox-view.ts';
import { useSettle } from '../../api/actions.ts';
import { useOpenInbox } from '../../api/inbox.ts';
import { Button, buttonClass } from '../../parts/button.tsx';
import { Card, Empty } from '../../parts/card.tsx';
import { classNames } from '../../parts/class-names.ts';
import { Moment } from '../../parts/moment.tsx';
import { QueryView } from '../../parts/query-view.tsx';

const SHOWN_MAX = 6;

/** How each kind of item looks, its word, and what is done about it. */
const KINDS: Readonly<
  Record<string, readonly [Icon: LucideIcon, colour: string, word: string, act: string]>
> = {
  question: [Hand, 'text-warn', 'question', 'Answer'],
  approval: [ShieldQuestion, 'text-warn', 'approval', 'Decide'],
  failure: [CircleX, 'text-bad', 'failure', 'Look'],
  budget: [Coins, 'text-warn', 'held by a budget', 'Look'],
  missed: [Clock, 'text-warn', 'missed', 'Look'],
  finding: [Lightbulb, 'text-info', 'finding', 'Read'],
  reminder: [Bell, 'text-bronze', 'reminder', 'Read'],
};
const UNKNOWN = [TriangleAlert, 'text-soft', 'item', 'Look'] as const;
/** What waits for an answer stands above what is only to be known. */
const ORDER = Object.keys(KINDS);

/** The open items of the inbox that nobody has looked at: what each is, and where it is dealt with. */
export function NeedsYou() {
  const inbox = useOpenInbox();
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
          const unread = items
            .filter((item) => item.state === 'unread')
            .toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
          if (unread.length === 0) return <Empty>Nothing needs you.</Empty>;
          return (
            <ul className="divide-y divide-line">
              {unread.slice(0, SHOWN_MAX).map((item) => (
                <Item key={item.id} item={item} />
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

function Item({ item }: { readonly item: InboxItemView }) {
  const settle = useSettle();
  const [Icon, colour, word, act] = KINDS[item.kind] ?? UNKNOWN;
  const href = placeOf(item);
  return (
    <li className="flex flex-wrap items-start gap-x-3 gap-y-2 px-4 py-2.5">
      <span
        role="img"
        aria-label={word}
        title={word}
        className={classNames('mt-0.5 shrink-0', colour)}
      >
        <Icon aria-hidden size={18} />
      </span>
      <div className="min-w-0 flex-1 basis-52">
        <Link href={href} className="text-sm font-medium hover:underline">
          {item.title}
        </Link>
        <p className="truncate text-sm text-soft">{item.body}</p>
        <p className="text-xs text-soft">
          <Moment at={item.created_at} />
          {item.count === 1 ? '' : `, ${item.count} times`}
          {item.recovered_at === null ? '' : ', works again'}
        </p>
      </div>
      <div className="flex shrink-0 gap-2">
        <Link
          href={href}
          className={buttonClass('plain', true)}
          aria-label={`${act}: ${item.title}`}
        >
          {act}
        </Link>
        {item.kind === 'question' || item.kind === 'approval' ? null : (
          <Button
            isSmall
            aria-label={`Done: ${item.title}`}
            isBusy={settle.isPending}
            onClick={() => settle.mutate(item)}
          >
            Done
          </Button>
        )}
      </div>
    </li>
  );
}

function placeOf(item: InboxItemView): string {
  if (item.kind === 'approval') {
    const id = /\bappr_[\w-]+/.exec(item.body)?.[0];
    return id === undefined ? '/approvals' : `/approvals/${id}`;
  }
  if (item.run !== null) return `/runs/${item.run}`;
  if (item.task_id === null) return '/inbox';
  return item.kind === 'missed' ? `/tasks/${item.task_id}/schedule` : `/tasks/${item.task_id}`;
}
