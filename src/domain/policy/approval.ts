import type { Json } from '../json.ts';
import type { Principal } from '../principal.ts';
import { Refusal } from '../refusal.ts';
import type { Act } from './policy.ts';

export type ApprovalId = `appr_${string}`;

/** The service call that waits; its content is the arguments, in order. */
export type ApprovalVerb =
  | 'create_task'
  | 'update_task'
  | 'delete_task'
  | 'undelete_task'
  | 'pause_task'
  | 'resume_task'
  | 'run_task'
  | 'run_action'
  | 'rerun'
  | 'answer_run'
  | 'duplicate_task'
  | 'restore_version'
  | 'create_webhook'
  | 'edit_webhook'
  | 'remove_webhook'
  | 'cancel_run';

export type ApprovalState = 'pending' | 'approved' | 'denied';

/** Something that a principal asked for and a person has to say yes to. */
export type Approval = {
  readonly id: ApprovalId;
  readonly verb: ApprovalVerb;
  readonly act: Act;
  /** Who asked; it is done in this name. */
  readonly principal: Principal;
  readonly content: readonly Json[];
  /** SHA-256 of verb and content: who approves names it, and so has seen what is done. */
  readonly contentHash: string;
  readonly title: string;
  readonly state: ApprovalState;
  readonly createdAt: Temporal.Instant;
  /** Nobody can approve it from then on. */
  readonly expiresAt: Temporal.Instant;
  readonly decidedAt: Temporal.Instant | undefined;
  readonly decidedBy: string | undefined;
  /** What came of doing it, in one sentence; absent until it was tried. */
  readonly outcome: string | undefined;
};

/** How long a person has to decide, in milliseconds. */
export const APPROVAL_MS_MAX = 7 * 24 * 60 * 60_000;

export function hasExpired({ state, expiresAt }: Approval, now: Temporal.Instant): boolean {
  return state === 'pending' && Temporal.Instant.compare(expiresAt, now) <= 0;
}

/**
 * Thrown in place of doing what waits for a person. To doors that do not know it, it is a refusal that
 * says what to do.
 */
export class PendingApproval extends Refusal {
  readonly approval: Approval;
  /** Where a person decides. */
  readonly link: string | undefined;

  constructor(approval: Approval, link: string | undefined) {
    super(
      'forbidden',
      `This waits for a person to approve it: ${approval.id}. It has not been done.`,
      `Ask the person to look at "carillon approvals show ${approval.id}"; do not repeat it in other words.`,
    );
    this.approval = approval;
    this.link = link;
  }
}
