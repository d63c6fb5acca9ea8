import type { InboxItem, InboxKind, InboxState } from '../domain/inbox/inbox-item.ts';
import { settleItem, type Settlement } from '../domain/inbox/settle-item.ts';
import { requireScope, type Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Page } from '../ports/store.ts';
import { requireNoRun } from './agent-bounds.ts';
import { sees } from './find-task.ts';
import { pageLimit } from './page-limit.ts';
import type { ServicePorts } from './services.ts';

export type ListInboxQuery = {
  /** Those that are not done when absent. */
  readonly states?: readonly InboxState['kind'][];
  readonly kinds?: readonly InboxKind[];
  readonly limit?: number;
  readonly cursor?: string;
};

/** What a person should know of, newest first. */
export async function listInbox(
  { store }: ServicePorts,
  principal: Principal,
  { states = ['unread', 'snoozed'], kinds, limit, cursor }: ListInboxQuery,
): Promise<Page<InboxItem>> {
  requireScope(principal, 'tasks:read');
  return store.inbox.list(
    { namespace: principal.namespace, states, kinds },
    pageLimit(limit),
    cursor,
  );
}

/** Puts an item away, for good or until a time at which it is told again; or takes it out again. */
export async function settleInboxItem(
  { store }: ServicePorts,
  principal: Principal,
  id: number,
  settlement: Settlement,
): Promise<InboxItem> {
  requireScope(principal, 'tasks:run');
  requireNoRun(principal, 'settle what is in the inbox');
  const item = await store.inbox.get(id);
  if (item === undefined || !sees(principal, item)) throw noItem(id);
  const now = await store.now();
  const { state, pending } = settleItem(item, settlement, now);
  const settled = await store.inbox.settle(id, state, pending, now);
  if (settled === undefined) throw noItem(id);
  return settled;
}

function noItem(id: number): Refusal {
  return new Refusal(
    'not_found',
    `There is no item ${id} in the inbox. List the inbox to see which there are; settled ones are removed after a month.`,
  );
}
