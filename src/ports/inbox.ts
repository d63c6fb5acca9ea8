import type { AlertStep } from '../domain/alerts/decide-alert.ts';
import type { TaskId } from '../domain/id.ts';
import type {
  InboxItem,
  InboxKind,
  InboxState,
  NewInboxItem,
  PendingNotice,
} from '../domain/inbox/inbox-item.ts';
import type { Delivery } from '../domain/outcome.ts';
import type { Namespace } from '../domain/principal.ts';
import type { Page } from './store.ts';

export type InboxFilter = {
  readonly namespace: Namespace | 'all';
  readonly states: readonly InboxState['kind'][] | undefined;
  /** Every kind when absent. */
  readonly kinds?: readonly InboxKind[] | undefined;
};

/** What a person should know of, kept until it is settled. */
export type Inbox = {
  /** Writes the item unless its cause is known. @returns whether it was written. */
  add(item: NewInboxItem, at: Temporal.Instant): Promise<boolean>;
  get(id: number): Promise<InboxItem | undefined>;
  /** Newest first. */
  list(filter: InboxFilter, limit: number, cursor: string | undefined): Promise<Page<InboxItem>>;
  countUnread(namespace: Namespace | 'all'): Promise<number>;
  /** @returns the item as it is then; `undefined` when there is none. */
  settle(
    id: number,
    state: InboxState,
    pending: PendingNotice | undefined,
    at: Temporal.Instant,
  ): Promise<InboxItem | undefined>;

  /** Items that are to be told at or before now, the longest waiting first. */
  listPending(now: Temporal.Instant, limit: number): Promise<readonly InboxItem[]>;
  /**
   * Writes down what came of telling the item, unless what is pending has changed meanwhile. One that
   * was snoozed is unread again.
   *
   * @param next the next try, when there is to be one.
   */
  recordTold(
    item: InboxItem,
    deliveries: readonly Delivery[],
    next: PendingNotice | undefined,
    at: Temporal.Instant,
  ): Promise<boolean>;

  /** Failures, spent budgets and missed stretches of these tasks that have not recovered. */
  listOpen(taskIds: readonly TaskId[]): Promise<readonly InboxItem[]>;
  /** The change up to which alerts were decided; `undefined` before the first time. */
  alertPosition(): Promise<number | undefined>;
  /**
   * Takes the steps and moves the position, in one transaction.
   *
   * @returns `false`, with nothing written, when the position is not `from` any more.
   */
  applyAlerts(
    from: number | undefined,
    to: number,
    steps: readonly AlertStep[],
    at: Temporal.Instant,
  ): Promise<boolean>;
};
