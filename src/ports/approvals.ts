import type { NewInboxItem } from '../domain/inbox/inbox-item.ts';
import type { Approval, ApprovalId, ApprovalState } from '../domain/policy/approval.ts';
import type { Page } from './store.ts';

/** What waits for a person, and what became of it. */
export type Approvals = {
  /**
   * Writes it with its inbox item. The same principal asking for the same again, while it waits, gets
   * the one that is there.
   *
   * @param pendingMax the most that may wait for one principal.
   */
  ask(approval: Approval, item: NewInboxItem, pendingMax: number): Promise<Approval | 'too_many'>;
  get(id: ApprovalId): Promise<Approval | undefined>;
  /** Newest first. */
  list(
    state: ApprovalState | undefined,
    limit: number,
    cursor: string | undefined,
  ): Promise<Page<Approval>>;
  /**
   * Decides one that waits and has not expired, and settles its inbox item.
   *
   * @returns `undefined` when it was decided before, has expired, or never was.
   */
  decide(
    id: ApprovalId,
    state: 'approved' | 'denied',
    by: string,
    at: Temporal.Instant,
  ): Promise<Approval | undefined>;
  /** Writes down what came of doing it. */
  conclude(id: ApprovalId, outcome: string): Promise<void>;
};
