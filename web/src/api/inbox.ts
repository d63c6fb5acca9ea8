import { useQuery } from '@tanstack/react-query';
import type { InboxItemView } from '../../../src/api/inbox-view.ts';
import { get } from './request.ts';

export type InboxPage = {
  readonly items: readonly InboxItemView[];
  readonly next_cursor: string | null;
};

/** What a person should know of and has not settled, newest first. */
export function useOpenInbox() {
  return useQuery({
    queryKey: ['inbox', 'open'],
    queryFn: ({ signal }) => get<InboxPage>('/inbox', { limit: 50 }, signal),
  });
}

/** How many items nobody has looked at, as far as the first page tells. */
export function useUnreadCount(): number {
  return useOpenInbox().data?.items.filter((item) => item.state === 'unread').length ?? 0;
}
