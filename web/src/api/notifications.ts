import { useQuery } from '@tanstack/react-query';
import type { AlertRulesView, InboxItemView } from '../../../src/api/inbox-view.ts';
import type { InboxPage } from './inbox.ts';
import { get } from './request.ts';

type Channel = { readonly name: string; readonly kind: string };

/** The channels in the order in which they are tried. */
export function useChannels() {
  return useQuery({
    queryKey: ['channels'],
    queryFn: ({ signal }) =>
      get<{ readonly channels: readonly Channel[] }>('/channels', undefined, signal),
    select: ({ channels }) => channels,
  });
}

/** What is told through them: by default, and by tasks that say it themselves. */
export function useAlertRules() {
  return useQuery({
    queryKey: ['tasks', 'alert-rules'],
    queryFn: ({ signal }) => get<AlertRulesView>('/channels/rules', undefined, signal),
  });
}

export type LastDelivery = InboxItemView['deliveries'][number] & { readonly item: InboxItemView };

/** What came of the latest notice through each channel, among the latest items of the inbox. */
export function useLastDeliveries() {
  return useQuery({
    queryKey: ['inbox', 'all'],
    queryFn: ({ signal }) =>
      get<InboxPage>('/inbox', { states: 'unread,snoozed,done', limit: 50 }, signal),
    select: ({ items }) => {
      const newestLast = items
        .toReversed()
        .flatMap((item) => item.deliveries.map((delivery) => ({ ...delivery, item })));
      return new Map(newestLast.map((delivery) => [delivery.channel, delivery] as const));
    },
  });
}
