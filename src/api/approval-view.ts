import { z } from 'zod';
import { hasExpired, type Approval, type PendingApproval } from '../domain/policy/approval.ts';
import { timeIn, timeOrNull } from './times.ts';

const APPROVAL_STATES = ['pending', 'approved', 'denied', 'expired'] as const;

export const approvalView = z.object({
  id: z.string(),
  title: z.string(),
  verb: z.string(),
  act: z.string(),
  state: z.enum(APPROVAL_STATES),
  asked_by: z.string(),
  client: z.string().nullable(),
  parent_run: z.string().nullable(),
  content: z.array(z.unknown()),
  content_hash: z.string(),
  created_at: z.string(),
  expires_at: z.string(),
  decided_at: z.string().nullable(),
  decided_by: z.string().nullable(),
  outcome: z.string().nullable(),
});
export type ApprovalView = z.output<typeof approvalView>;

export const approvalPage = z.object({
  approvals: z.array(approvalView),
  next_cursor: z.string().nullable(),
});

/** What its decider has to see: the content is exactly what would be done. */
export function viewApproval(
  approval: Approval,
  zone: string,
  now: Temporal.Instant,
): ApprovalView {
  const { principal } = approval;
  return {
    id: approval.id,
    title: approval.title,
    verb: approval.verb,
    act: approval.act,
    state: hasExpired(approval, now) ? 'expired' : approval.state,
    asked_by: principal.id,
    client: principal.client ?? null,
    parent_run: principal.parentRunId ?? null,
    content: [...approval.content],
    content_hash: approval.contentHash,
    created_at: timeIn(zone, approval.createdAt),
    expires_at: timeIn(zone, approval.expiresAt),
    decided_at: timeOrNull(zone, approval.decidedAt),
    decided_by: approval.decidedBy ?? null,
    outcome: approval.outcome ?? null,
  };
}

/** The answer to a request that waits: an answer like any other, and not an error. */
export function viewPending({ approval, link, message, hint }: PendingApproval, zone: string) {
  return {
    status: 'pending_approval',
    approval_id: approval.id,
    link: link ?? null,
    expires_at: timeIn(zone, approval.expiresAt),
    message: `${message} ${hint ?? ''}`.trim(),
  };
}
