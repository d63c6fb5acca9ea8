import { z } from 'zod';
import type { ApprovalId } from '../../domain/policy/approval.ts';
import { Refusal } from '../../domain/refusal.ts';
import { defineRoute } from '../api-route.ts';
import {
  approvalDetailView,
  approvalPage,
  approvalView,
  viewApproval,
  viewApprovalDetail,
} from '../approval-view.ts';
import { auditCheckView, auditPage, VERDICTS, viewAuditEntry } from '../audit-view.ts';
import { given } from '../given.ts';
import { nothing, pageShape } from '../route-inputs.ts';
import { standstillView, viewStandstill } from '../status-view.ts';

const REASON_CHARS_MAX = 500;

const approvalPath = z.strictObject({ approval: z.string() });

/** What is asked of people, what was done, and how everything is stopped. */
export const POLICY_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/approvals',
    summary: 'What waits for a person to say yes to, and what was decided, newest first, by page.',
    scope: 'admin',
    input: z.strictObject({
      state: z.enum(['pending', 'approved', 'denied']).optional(),
      ...pageShape,
    }),
    answer: approvalPage,
    handle: async (services, query, { zone, now }) => {
      const page = await services.listApprovals(given(query));
      return {
        body: {
          approvals: page.items.map((one) => viewApproval(one, zone, now())),
          next_cursor: page.cursor ?? null,
        },
      };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/approvals/:approval',
    summary:
      'One approval with exactly what would be done, and what that would change of a task as it is now.',
    scope: 'admin',
    input: approvalPath,
    answer: approvalDetailView,
    handle: async (services, { approval }, { zone, now }) => ({
      body: viewApprovalDetail(await services.getApproval(idOf(approval)), zone, now()),
    }),
  }),
  defineRoute({
    method: 'POST',
    path: '/approvals/:approval/approve',
    summary: 'Does what was asked for, once; for people alone, who name the hash of what they saw.',
    scope: 'admin',
    input: z.strictObject({ approval: z.string(), content_hash: z.string() }),
    answer: approvalView,
    handle: async (services, { approval, content_hash: contentHash }, { zone, now }) => {
      const decision = { decision: 'approve', contentHash } as const;
      return {
        body: viewApproval(await services.decideApproval(idOf(approval), decision), zone, now()),
      };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/approvals/:approval/deny',
    summary: 'Says no to what was asked for; for people alone.',
    scope: 'admin',
    input: approvalPath,
    answer: approvalView,
    handle: async (services, { approval }, { zone, now }) => ({
      body: viewApproval(
        await services.decideApproval(idOf(approval), { decision: 'deny' }),
        zone,
        now(),
      ),
    }),
  }),
  defineRoute({
    method: 'GET',
    path: '/audit',
    summary: 'Who did what, asked for what and was refused what, newest first, by page.',
    scope: 'admin',
    input: z.strictObject({
      principal: z.string().optional(),
      verb: z.string().optional(),
      verdict: z.enum(VERDICTS).optional(),
      ...pageShape,
    }),
    answer: auditPage,
    handle: async (services, query, { zone }) => {
      const page = await services.listAudit(given(query));
      return {
        body: {
          entries: page.items.map((one) => viewAuditEntry(one, zone)),
          next_cursor: page.cursor ?? null,
        },
      };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/audit/check',
    summary: 'Whether every entry of the audit trail follows from the one before it.',
    scope: 'admin',
    input: nothing,
    answer: auditCheckView,
    handle: async (services) => {
      const { checked, brokenAt } = await services.checkAudit();
      return {
        body: { is_whole: brokenAt === undefined, checked, broken_at: brokenAt ?? null },
      };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/stop-all',
    summary: 'Cancels everything in progress and lets nothing start until it is resumed.',
    scope: 'admin',
    input: z.strictObject({ reason: z.string().max(REASON_CHARS_MAX).optional() }),
    answer: z.object({ standstill: standstillView, cancelled: z.number() }),
    handle: async (services, { reason }, { zone }) => {
      const { standstill, cancelled } = await services.stopAll(reason);
      return { body: { standstill: viewStandstill(standstill, zone), cancelled } };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/resume-all',
    summary: 'Lets everything go on that was stopped.',
    scope: 'admin',
    input: nothing,
    answer: z.object({ was_stopped: z.boolean() }),
    handle: async (services) => ({ body: { was_stopped: await services.resumeAll() } }),
  }),
] as const;

function idOf(text: string): ApprovalId {
  if (/^appr_[0-9a-z]{26}$/.test(text)) return text as ApprovalId;
  throw new Refusal(
    'not_found',
    'That is not the id of an approval. List them to see which there are.',
  );
}
