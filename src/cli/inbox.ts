import type { InboxItemView } from '../api/inbox-view.ts';
import { openApi } from './api-client.ts';
import { answer, talk, type Context } from './context.ts';
import { inPath, query } from './read-flags.ts';
import { sayCountdown } from './say-time.ts';
import { table } from './table.ts';

/** `carillon inbox`: what waits for somebody. */
export async function listInbox(
  context: Context,
  flags: { readonly all?: boolean; readonly limit?: string; readonly cursor?: string },
): Promise<void> {
  const api = await openApi(context);
  const states = flags.all === true ? 'unread,snoozed,done' : undefined;
  const path = `/inbox${query({ states, limit: flags.limit, cursor: flags.cursor })}`;
  const page = (await api.ask({ method: 'GET', path })) as {
    readonly items: readonly InboxItemView[];
    readonly next_cursor: string | null;
  };
  answer(context, page, () =>
    page.items.length === 0 ? 'The inbox is empty.' : sayItems(page.items),
  );
  if (page.next_cursor !== null && !context.isJson) {
    talk(context, `There are more: add --cursor ${page.next_cursor}`);
  }
}

/** `carillon inbox done`, `snooze` and `unread`. */
export async function settleItem(
  context: Context,
  item: string,
  as: 'done' | 'snooze' | 'unread',
  until?: string,
): Promise<void> {
  const api = await openApi(context);
  const settled = (await api.ask({
    method: 'POST',
    path: `/inbox/${inPath(item)}/settle`,
    body: { as, ...(until === undefined ? {} : { until }) },
  })) as InboxItemView;
  answer(context, settled, () => saySettled(settled));
}

function saySettled(item: InboxItemView): string {
  const now = Temporal.Now.instant();
  return item.snoozed_until === null
    ? `Item ${String(item.id)} is ${item.state}.`
    : `Item ${String(item.id)} comes back ${sayCountdown(item.snoozed_until, now)}.`;
}

function sayItems(items: readonly InboxItemView[]): string {
  const now = Temporal.Now.instant();
  return table(
    ['ITEM', 'KIND', 'STATE', 'WHEN', 'TIMES', 'TITLE', 'TEXT'],
    items.map((item) => [
      String(item.id),
      item.kind,
      item.recovered_at === null ? item.state : `${item.state}, recovered`,
      sayCountdown(item.snoozed_until ?? item.created_at, now),
      String(item.count),
      item.title,
      item.body.split('\n', 1)[0] ?? '',
    ]),
  );
}
