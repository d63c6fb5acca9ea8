import {
  boundText,
  INBOX_BODY_CHARS_MAX,
  INBOX_TITLE_CHARS_MAX,
} from '../domain/inbox/inbox-item.ts';
import type { Json } from '../domain/json.ts';
import {
  APPROVAL_MS_MAX,
  hasExpired,
  PendingApproval,
  type Approval,
  type ApprovalId,
  type ApprovalState,
  type ApprovalVerb,
} from '../domain/policy/approval.ts';
import type { Act } from '../domain/policy/policy.ts';
import { homeNamespace, requireScope, type Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Page } from '../ports/store.ts';
import type { Decisions } from './await-approval.ts';
import { effectOf, type ApprovalEffect } from './approval-effect.ts';
import { performApproved } from './perform-approved.ts';
import { pageLimit } from './page-limit.ts';
import { requestHash } from './request-hash.ts';
import type { ServicePorts, ServicesFor } from './services.ts';

/** The most that may wait for a person in the name of one principal. */
const PENDING_MAX = 20;

export type ListApprovalsQuery = {
  readonly state?: ApprovalState;
  readonly limit?: number;
  readonly cursor?: string;
};

export type ApprovalDecision = {
  readonly decision: 'approve' | 'deny';
  /** Of what its decider has seen; wanted for an approval. */
  readonly contentHash?: string;
};

/** Keeps what a principal asks for until a person decides, tells the person, and throws what to answer. */
export async function askForApproval(
  ports: ServicePorts,
  principal: Principal,
  asked: {
    readonly verb: ApprovalVerb;
    readonly act: Act;
    readonly content: readonly Json[];
    readonly title: string;
  },
): Promise<PendingApproval> {
  const createdAt = ports.clock.now();
  const id: ApprovalId = `appr_${ports.ids.runId().slice('run_'.length)}`;
  const { verb, content } = asked;
  const approval: Approval = {
    ...asked,
    id,
    principal,
    contentHash: await requestHash([verb, content]),
    state: 'pending',
    createdAt,
    expiresAt: createdAt.add({ milliseconds: APPROVAL_MS_MAX }),
    decidedAt: undefined,
    decidedBy: undefined,
    outcome: undefined,
  };
  const kept = await ports.store.approvals.ask(approval, itemOf(approval), PENDING_MAX);
  if (kept === 'too_many') {
    throw new Refusal(
      'forbidden',
      `${PENDING_MAX} requests of yours wait for a person already.`,
      'Wait until some of them are decided.',
    );
  }
  const { address } = ports.daemon();
  const link = address === undefined ? undefined : `${address}/approvals/${kept.id}`;
  return new PendingApproval(kept, link);
}

function itemOf(approval: Approval) {
  const { id, principal, title } = approval;
  return {
    kind: 'approval',
    cause: id,
    namespace: homeNamespace(principal),
    taskId: undefined,
    taskName: undefined,
    runId: principal.parentRunId,
    title: boundText(`May this be done? ${title}`, INBOX_TITLE_CHARS_MAX),
    body: boundText(
      `${principal.id} asks. Look: carillon approvals show ${id}`,
      INBOX_BODY_CHARS_MAX,
    ),
    notice: { channels: [], level: 'warning', sound: undefined },
    deliveries: [],
    isTold: true,
  } as const;
}

export async function listApprovals(
  { store }: ServicePorts,
  principal: Principal,
  { state, limit, cursor }: ListApprovalsQuery,
): Promise<Page<Approval>> {
  requireScope(principal, 'admin');
  return store.approvals.list(state, pageLimit(limit), cursor);
}

/** An approval, with what it would do by now. */
export type ApprovalDetail = {
  readonly approval: Approval;
  readonly effect: ApprovalEffect | undefined;
};

export async function getApproval(
  ports: ServicePorts,
  principal: Principal,
  id: ApprovalId,
): Promise<ApprovalDetail> {
  requireScope(principal, 'admin');
  const approval = await findApproval(ports, id);
  return { approval, effect: await effectOf(ports, approval) };
}

async function findApproval({ store }: ServicePorts, id: ApprovalId): Promise<Approval> {
  const approval = await store.approvals.get(id);
  if (approval !== undefined) return approval;
  throw new Refusal(
    'not_found',
    'There is no approval of this id. List them to see which there are.',
  );
}

/**
 * Decides, and does exactly what was asked for, once, in the name of who asked. What comes of it is
 * kept with the approval: it may be refused by now.
 */
export async function decideApproval(
  ports: ServicePorts,
  servicesFor: ServicesFor,
  decisions: Decisions,
  principal: Principal,
  id: ApprovalId,
  { decision, contentHash }: ApprovalDecision,
): Promise<Approval> {
  requireScope(principal, 'admin');
  const seen = await findApproval(ports, id);
  if (decision === 'approve' && contentHash !== seen.contentHash) {
    throw new Refusal(
      'conflict',
      'The hash is not that of what would be done.',
      'Read the approval, and send its content_hash.',
    );
  }
  const now = ports.clock.now();
  const state = decision === 'approve' ? 'approved' : 'denied';
  const decided = await ports.store.approvals.decide(id, state, principal.id, now);
  if (decided === undefined) {
    const why = hasExpired(seen, now) ? 'It has expired.' : 'It has been decided before.';
    throw new Refusal('conflict', `${why} What is still wanted has to be asked for anew.`);
  }
  try {
    if (state === 'denied') return decided;
    const services = servicesFor(decided.principal);
    const outcome = await performApproved(services, decided, (done) => decisions.keep(id, done));
    await ports.store.approvals.conclude(id, outcome);
    return { ...decided, outcome };
  } finally {
    decisions.tell();
  }
}
