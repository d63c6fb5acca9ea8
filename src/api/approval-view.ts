import { z } from 'zod';
import { hasExpired, type Approval, type PendingApproval } from '../domain/policy/approval.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import type { Task } from '../domain/task.ts';
import type { ApprovalDetail } from '../service/approvals.ts';
import { viewAction } from './action-view.ts';
import { HIDDEN } from './hidden-values.ts';
import { viewTask } from './task-view.ts';
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

/** What is about a task that is there: the task, what would change of it, and whether that would be refused by now. */
export const approvalDetailView = approvalView.extend({
  task: z.object({ id: z.string(), name: z.string() }).nullable(),
  changes: z.array(z.object({ field: z.string(), before: z.unknown(), after: z.unknown() })),
  refusal: z.string().nullable(),
});
export type ApprovalDetailView = z.output<typeof approvalDetailView>;

export function viewApprovalDetail(
  { approval, effect }: ApprovalDetail,
  zone: string,
  now: Temporal.Instant,
): ApprovalDetailView {
  const task = effect?.task;
  const becomes = effect?.becomes;
  return {
    ...viewApproval(approval, zone, now),
    task: task === undefined ? null : { id: task.id, name: task.definition.name },
    changes: task === undefined || becomes === undefined ? [] : changesOf(task, becomes, zone),
    refusal: effect?.refusal ?? null,
  };
}

/** Every field that differs, as a person reads it. Values that look like secrets are not shown here. */
function changesOf(before: Task, after: Task, zone: string): ApprovalDetailView['changes'] {
  const old = fieldsOf(before, zone);
  const asked = fieldsOf(after, zone);
  const seen = [...new Set([...old.keys(), ...asked.keys()])].flatMap((field) => {
    const [one = null, other = null] = [old.get(field), asked.get(field)];
    return JSON.stringify(one) === JSON.stringify(other)
      ? []
      : [{ field, before: one, after: other }];
  });
  const isSameAction =
    JSON.stringify(before.definition.action) === JSON.stringify(after.definition.action);
  const isSeen =
    JSON.stringify(viewAction(before.definition.action)) !==
    JSON.stringify(viewAction(after.definition.action));
  return isSameAction || isSeen ? seen : [...seen, HIDDEN_CHANGE];
}

const HIDDEN_CHANGE = { field: 'values', before: HIDDEN, after: 'Other values: see what is done.' };

/** What is empty is not there: a task that gets no variables changes nothing in those. */
function fieldsOf(task: Task, zone: string): Map<string, Json> {
  const { name, description, schedule, after, action, policies, tags } = viewTask(task, zone);
  const flat = { name, description, ...schedule, after, ...action, ...policies, tags };
  const told = Object.entries(flat as JsonObject).filter(([, value]) => !isEmpty(value));
  return new Map(told);
}

function isEmpty(value: Json): boolean {
  return typeof value === 'object' && (value === null || Object.keys(value).length === 0);
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
