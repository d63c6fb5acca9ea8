import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import type { HookDeliveryView } from '../../../../src/api/webhook-view.ts';
import { toldVerdict, useDeliveries, useReplay } from '../../api/webhooks.ts';
import { formatBytes } from '../../parts/amount.ts';
import { Button } from '../../parts/button.tsx';
import { Card, Empty } from '../../parts/card.tsx';
import { Snippet } from '../../parts/copy-text.tsx';
import { Moment } from '../../parts/moment.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { VerdictMark } from './verdict-mark.tsx';

const SHOWN = 20;

/** What came to a webhook: what it was, what was decided, and what it started. */
export function Deliveries({ id }: { readonly id: string }) {
  const [cursor, setCursor] = useState<string>();
  const deliveries = useDeliveries(id, SHOWN, cursor);
  return (
    <Card title="Deliveries" aside="200 are kept, for 30 days" isFlush>
      <QueryView query={deliveries} what="the deliveries">
        {(page) =>
          page.deliveries.length === 0 ? (
            <Empty>Nothing has come yet. Send a test, or call the address.</Empty>
          ) : (
            <>
              <ul className="divide-y divide-line">
                {page.deliveries.map((delivery) => (
                  <Delivery key={delivery.id} delivery={delivery} />
                ))}
              </ul>
              {page.next_cursor === null && cursor === undefined ? null : (
                <nav aria-label="Pages" className="flex gap-2 border-t border-line p-3">
                  {cursor === undefined ? null : (
                    <Button onClick={() => setCursor(undefined)}>Newest ones</Button>
                  )}
                  {page.next_cursor === null ? null : (
                    <Button onClick={() => setCursor(page.next_cursor ?? undefined)}>
                      Older ones
                    </Button>
                  )}
                </nav>
              )}
            </>
          )
        }
      </QueryView>
    </Card>
  );
}

const CAUSES: Readonly<Record<string, string>> = {
  sender: 'from its sender',
  test: 'a test',
  replay: 'replayed',
};
/** Those of whose sender somebody knew that it was the right one; others cannot be replayed. */
const SOUND = new Set(['accepted', 'skipped', 'duplicate', 'late', 'no_task']);

function Delivery({ delivery }: { readonly delivery: HookDeliveryView }) {
  const replay = useReplay();
  const headers = Object.entries(delivery.headers);
  return (
    <li className="px-4 py-2.5 text-sm">
      <details className="group">
        <summary className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded">
          <ChevronRight aria-hidden size={14} className="shrink-0 text-soft group-open:rotate-90" />
          <VerdictMark verdict={delivery.verdict} />
          <span className="text-soft">
            <Moment at={delivery.at} />
          </span>
          <span className="text-soft">{CAUSES[delivery.cause] ?? delivery.cause}</span>
          <span className="ml-auto text-soft">{formatBytes(delivery.body_bytes)}</span>
        </summary>
        <div className="flex flex-col gap-2 pt-3 pl-6.5">
          <p className="text-soft">
            {capitalized(toldVerdict(delivery.verdict))}.
            {delivery.source === null ? '' : ` It came from ${delivery.source}.`}
            {delivery.sender_id === null ? '' : ` Its sender calls it ${delivery.sender_id}.`}
          </p>
          <Snippet label="Body" text={delivery.body === '' ? '(empty)' : delivery.body} />
          {delivery.is_body_cut ? (
            <p className="text-xs text-soft">Only the beginning of the body is kept.</p>
          ) : null}
          {headers.length === 0 ? null : (
            <dl className="grid grid-cols-[minmax(6rem,auto)_minmax(0,1fr)] gap-x-4 gap-y-1 text-xs">
              {headers.map(([name, value]) => (
                <div key={name} className="contents">
                  <dt className="text-soft">{name}</dt>
                  <dd className="font-mono">{value}</dd>
                </div>
              ))}
            </dl>
          )}
        </div>
      </details>
      <div className="mt-1.5 flex flex-wrap items-center gap-3 pl-6.5">
        {delivery.run === null ? null : (
          <Link href={`/runs/${delivery.run}`} className="text-bronze hover:underline">
            The run it started
          </Link>
        )}
        {SOUND.has(delivery.verdict) ? (
          <Button
            isSmall
            isBusy={replay.isPending}
            aria-label={`Replay delivery ${delivery.id}`}
            onClick={() => replay.mutate(delivery.id)}
          >
            Replay
          </Button>
        ) : null}
      </div>
    </li>
  );
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
