import { Refusal } from '../refusal.ts';
import { firstTry, type InboxItem, type InboxState, type PendingNotice } from './inbox-item.ts';

/** What a person does with an item. */
export type Settlement =
  | { readonly kind: 'done' }
  | { readonly kind: 'unread' }
  | { readonly kind: 'snooze'; readonly until: Temporal.Instant };

const SNOOZE_DAYS_MAX = 366;

/** Where an item goes. One that is snoozed is told again through its channels when its time has come. */
export function settleItem(
  item: InboxItem,
  settlement: Settlement,
  now: Temporal.Instant,
): { readonly state: InboxState; readonly pending: PendingNotice | undefined } {
  switch (settlement.kind) {
    case 'done':
      return { state: { kind: 'done' }, pending: undefined };
    case 'unread':
      return {
        state: { kind: 'unread' },
        pending: item.state.kind === 'snoozed' ? undefined : item.pending,
      };
    case 'snooze': {
      requireReachable(settlement.until, now);
      return {
        state: { kind: 'snoozed', until: settlement.until },
        pending: firstTry('item', settlement.until),
      };
    }
  }
}

function requireReachable(until: Temporal.Instant, now: Temporal.Instant): void {
  const latest = now.add({ hours: SNOOZE_DAYS_MAX * 24 });
  if (Temporal.Instant.compare(until, now) > 0 && Temporal.Instant.compare(until, latest) <= 0) {
    return;
  }
  throw new Refusal(
    'invalid',
    `An item can be snoozed until a time from now to ${SNOOZE_DAYS_MAX} days ahead.`,
    'Write a length of time such as "2h", or a later time.',
  );
}
