import type { AlertStep } from '../../src/domain/alerts/decide-alert.ts';
import { firstTry, type InboxItem, type NewInboxItem } from '../../src/domain/inbox/inbox-item.ts';
import { wasShown } from '../../src/domain/inbox/reminder-item.ts';
import type { Inbox } from '../../src/ports/inbox.ts';
import { page } from './memory-queries.ts';
import { tell, type MemoryState, type Told, type Transact } from './memory-state.ts';

const OPEN_KINDS: readonly InboxItem['kind'][] = ['failure', 'budget', 'missed'];
const DAY_MS = 86_400_000;
const DONE_MS_MAX = 30 * DAY_MS;
const ITEM_MS_MAX = 366 * DAY_MS;

export function memoryInbox(state: MemoryState, transact: Transact): Inbox {
  const { items } = state.inbox;
  const seen = (namespace: string): InboxItem[] =>
    [...items.values()].filter((item) => namespace === 'all' || item.namespace === namespace);
  return {
    add: (item, at) => transact(at, (told) => addItem(told, item)),
    get: async (id) => items.get(id),
    list: async ({ namespace, states, kinds }, limit, cursor) => {
      const found = seen(namespace).filter(
        (item) =>
          (states?.includes(item.state.kind) ?? true) && (kinds?.includes(item.kind) ?? true),
      );
      return page(found.toReversed(), limit, cursor);
    },
    countUnread: async (namespace) =>
      seen(namespace).filter((item) => item.state.kind === 'unread').length,
    settle: (id, next, pending, at) =>
      transact(at, (told) => changeItem(told, id, { state: next, pending })),
    listPending: async (now, limit) =>
      [...items.values()]
        .filter((item) => pendingMs(item) <= now.epochMilliseconds)
        .toSorted((a, b) => pendingMs(a) - pendingMs(b))
        .slice(0, limit),
    recordTold: (item, deliveries, next, at) =>
      transact(at, (told) => {
        const found = items.get(item.id);
        if (found === undefined || !isSamePending(found, item)) return false;
        const after = found.state.kind === 'snoozed' ? { kind: 'unread' as const } : found.state;
        changeItem(told, item.id, { deliveries, state: after, pending: next });
        return true;
      }),
    listOpen: async (taskIds) =>
      [...items.values()].filter(
        ({ taskId, kind, recoveredAt }) =>
          taskId !== undefined &&
          taskIds.includes(taskId) &&
          OPEN_KINDS.includes(kind) &&
          recoveredAt === undefined,
      ),
    alertPosition: async () => state.inbox.alertPosition,
    applyAlerts: (from, to, steps, at) =>
      transact(at, (told) => {
        if (state.inbox.alertPosition !== from) return false;
        for (const step of steps) takeStep(told, step);
        state.inbox.alertPosition = to;
        return true;
      }),
  };
}

/**
 * Writes the item unless its cause is known. A reminder that comes again replaces the earlier ones of
 * its task which somebody could see.
 */
export function addItem(told: Told, { isTold, ...item }: NewInboxItem): boolean {
  const { at } = told;
  const { inbox } = told.state;
  const known = [...inbox.items.values()].find(({ cause }) => cause === item.cause);
  if (known !== undefined) {
    if (item.kind === 'reminder') changeItem(told, known.id, { deliveries: item.deliveries });
    return false;
  }
  if (item.kind === 'reminder') closeShown(told, item);
  inbox.lastId += 1;
  inbox.items.set(inbox.lastId, {
    ...item,
    id: inbox.lastId,
    count: 1,
    state: { kind: 'unread' },
    recoveredAt: undefined,
    createdAt: at,
    updatedAt: at,
    pending: isTold ? firstTry('item', at) : undefined,
  });
  tell(told, 'inbox.added', item.taskId, item.runId);
  return true;
}

/** Removes items that are kept no longer. @returns how many. */
export function pruneInbox(state: MemoryState, nowMs: number, limit: number): number {
  let removed = 0;
  for (const item of state.inbox.items.values()) {
    if (removed >= limit) break;
    if (isOld(item, nowMs) && state.inbox.items.delete(item.id)) removed += 1;
  }
  return removed;
}

function isOld({ kind, state, recoveredAt, updatedAt }: InboxItem, nowMs: number): boolean {
  const ageMs = nowMs - updatedAt.epochMilliseconds;
  // A stretch of failures that goes on is remembered, or it would be told anew.
  const isSettled =
    state.kind === 'done' && (recoveredAt !== undefined || !OPEN_KINDS.includes(kind));
  return ageMs > (isSettled ? DONE_MS_MAX : ITEM_MS_MAX);
}

function closeShown({ state, at }: Told, { taskId }: Pick<NewInboxItem, 'taskId'>): void {
  if (taskId === undefined) return;
  for (const item of state.inbox.items.values()) {
    if (item.taskId !== taskId || item.kind !== 'reminder') continue;
    if (item.state.kind !== 'unread' || !wasShown(item)) continue;
    const done = { state: { kind: 'done' }, pending: undefined, updatedAt: at } as const;
    state.inbox.items.set(item.id, { ...item, ...done });
  }
}

function takeStep(told: Told, step: AlertStep): void {
  const { items } = told.state.inbox;
  switch (step.kind) {
    case 'open':
      addItem(told, step.item);
      return;
    case 'again': {
      const item = items.get(step.id);
      if (item === undefined) return;
      items.set(item.id, { ...item, count: item.count + step.count, updatedAt: told.at });
      return;
    }
    case 'recovered': {
      const pending = step.isTold ? firstTry('recovery', told.at) : undefined;
      changeItem(told, step.id, { recoveredAt: told.at, pending });
      return;
    }
  }
}

/** Puts the item of this cause away, when there is one. */
export function settleCause(told: Told, cause: string): void {
  const item = [...told.state.inbox.items.values()].find((one) => one.cause === cause);
  if (item !== undefined) {
    changeItem(told, item.id, { state: { kind: 'done' }, pending: undefined });
  }
}

function changeItem(
  told: Told,
  id: number,
  changes: Partial<Pick<InboxItem, 'state' | 'pending' | 'deliveries' | 'recoveredAt'>>,
): InboxItem | undefined {
  const { items } = told.state.inbox;
  const item = items.get(id);
  if (item === undefined) return undefined;
  const changed = { ...item, ...changes, updatedAt: told.at };
  items.set(id, changed);
  tell(told, 'inbox.changed', item.taskId, item.runId);
  return changed;
}

function pendingMs({ pending }: InboxItem): number {
  return pending?.at.epochMilliseconds ?? Infinity;
}

function isSamePending(found: InboxItem, told: InboxItem): boolean {
  return (
    found.pending !== undefined &&
    told.pending !== undefined &&
    found.pending.what === told.pending.what &&
    found.pending.tries === told.pending.tries &&
    found.pending.at.equals(told.pending.at)
  );
}
