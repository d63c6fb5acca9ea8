import type { ReactNode } from 'react';
import { Check, TriangleAlert } from 'lucide-react';
import { useAct } from '../../api/actions.ts';
import { type LastDelivery, useChannels, useLastDeliveries } from '../../api/notifications.ts';
import { send } from '../../api/request.ts';
import { Button } from '../../parts/button.tsx';
import { Card, Empty } from '../../parts/card.tsx';
import { Moment } from '../../parts/moment.tsx';
import { QueryView } from '../../parts/query-view.tsx';

/** The channels in the order in which they are tried, each with what came of it last. */
export function Channels() {
  const channels = useChannels();
  const last = useLastDeliveries().data;
  return (
    <Card title="Channels" aside="tried in this order until one has taken the notice" isFlush>
      <QueryView query={channels} what="the channels">
        {(list) =>
          list.length === 0 ? (
            <Empty>There is no channel: what happens is told in the inbox alone.</Empty>
          ) : (
            <ol className="divide-y divide-line">
              {list.map((channel, index) => (
                <Channel
                  key={channel.name}
                  order={index + 1}
                  channel={channel}
                  last={last?.get(channel.name)}
                />
              ))}
            </ol>
          )
        }
      </QueryView>
    </Card>
  );
}

type Tested = {
  readonly deliveries: readonly {
    readonly channel: string;
    readonly is_delivered: boolean;
    readonly note: string;
  }[];
};

function Channel({
  order,
  channel,
  last,
}: {
  readonly order: number;
  readonly channel: { readonly name: string; readonly kind: string };
  readonly last: LastDelivery | undefined;
}) {
  const test = useAct(() => send<Tested>('POST', '/channels/test', { channel: channel.name }));
  const tested = test.data?.deliveries[0];
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 text-sm">
      <span className="text-soft">{order}.</span>
      <div className="min-w-0 flex-1 basis-60">
        <p>
          <span className="font-medium">{channel.name}</span>{' '}
          {channel.kind === channel.name ? null : <span className="text-soft">{channel.kind}</span>}
        </p>
        <div role="status">
          {tested !== undefined ? (
            <Came isDelivered={tested.is_delivered}>
              test: {tested.is_delivered ? 'taken' : 'not taken'} ({tested.note})
            </Came>
          ) : last !== undefined ? (
            <Came isDelivered={last.is_delivered}>
              <Moment at={last.item.created_at} />: {last.item.title} ({last.note})
            </Came>
          ) : (
            <p className="text-xs text-soft">nothing was told through it lately</p>
          )}
        </div>
      </div>
      <Button
        isSmall
        isBusy={test.isPending}
        aria-label={`Test ${channel.name}`}
        onClick={() => test.mutate(undefined)}
      >
        Test
      </Button>
    </li>
  );
}

function Came({
  isDelivered,
  children,
}: {
  readonly isDelivered: boolean;
  readonly children: ReactNode;
}) {
  const Icon = isDelivered ? Check : TriangleAlert;
  return (
    <p className={`flex items-start gap-1.5 text-xs ${isDelivered ? 'text-good' : 'text-warn'}`}>
      <Icon aria-hidden size={12} className="mt-0.5 shrink-0" />
      <span className="min-w-0">{children}</span>
    </p>
  );
}
