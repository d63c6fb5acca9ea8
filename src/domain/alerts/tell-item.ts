import type { InboxItem, NoticeLevel, PendingNotice } from '../inbox/inbox-item.ts';
import type { Delivery } from '../outcome.ts';

const MINUTE_MS = 60_000;
/** Waits between the tries of a notice that no channel took; after the last one it only stays in the inbox. */
const WAITS_MS = [MINUTE_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 120 * MINUTE_MS];

/** The words of what is pending about an item. */
export function wordsOf(
  item: InboxItem,
  pending: PendingNotice,
): {
  readonly key: string;
  readonly title: string;
  readonly body: string;
  readonly level: NoticeLevel;
  readonly sound: string | undefined;
} {
  const { title, body, notice } = item;
  // A snoozed item is told once more, and that is another notice.
  const key = `inbox-${item.id}-${pending.what}-${pending.firstAt.epochMilliseconds}`;
  if (pending.what === 'item') return { key, title, body, ...told(notice) };
  const times = item.count === 1 ? 'once' : `${item.count} times`;
  return {
    key,
    title: `${item.taskName ?? 'A task'} works again`,
    body: `It had failed ${times}.`,
    level: 'info',
    sound: notice.sound,
  };
}

function told({ level, sound }: InboxItem['notice']) {
  return { level, sound };
}

/** When to try again to tell what no channel took; `undefined` when it was taken, or often enough tried. */
export function nextTry(
  pending: PendingNotice,
  deliveries: readonly Delivery[],
  now: Temporal.Instant,
): PendingNotice | undefined {
  if (deliveries.some((delivery) => delivery.isDelivered)) return undefined;
  const waitMs = WAITS_MS[pending.tries];
  if (waitMs === undefined) return undefined;
  return { ...pending, at: now.add({ milliseconds: waitMs }), tries: pending.tries + 1 };
}
