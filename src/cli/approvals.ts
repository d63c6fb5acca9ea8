import type { ApprovalDetailView, ApprovalView } from '../api/approval-view.ts';
import { openApi } from './api-client.ts';
import { answer, talk, type Context } from './context.ts';
import { inPath, query } from './read-flags.ts';
import { sayCountdown } from './say-time.ts';
import { sheet, table } from './table.ts';

/** `carillon approvals`: what waits for a person to say yes to. */
export async function listApprovals(
  context: Context,
  flags: { readonly all?: boolean; readonly limit?: string; readonly cursor?: string },
): Promise<void> {
  const api = await openApi(context);
  const state = flags.all === true ? undefined : 'pending';
  const path = `/approvals${query({ state, limit: flags.limit, cursor: flags.cursor })}`;
  const page = (await api.ask({ method: 'GET', path })) as {
    readonly approvals: readonly ApprovalView[];
    readonly next_cursor: string | null;
  };
  const now = Temporal.Now.instant();
  answer(context, page, () =>
    page.approvals.length === 0
      ? 'Nothing waits for approval.'
      : table(
          ['ID', 'STATE', 'ASKED BY', 'ENDS', 'MAY THIS BE DONE?'],
          page.approvals.map((one) => [
            one.id,
            one.state,
            one.asked_by,
            sayCountdown(one.expires_at, now),
            one.title,
          ]),
        ),
  );
  if (page.next_cursor !== null && !context.isJson) {
    talk(context, `There are more: add --cursor ${page.next_cursor}`);
  }
}

/** `carillon approvals show`: exactly what would be done. */
export async function showApproval(context: Context, id: string): Promise<void> {
  const approval = await readApproval(context, id);
  answer(context, approval, () => sayApproval(approval));
}

/** `carillon approvals approve`: what was shown is what is done. */
export async function approve(context: Context, id: string): Promise<void> {
  const { content_hash: hash } = await readApproval(context, id);
  const api = await openApi(context);
  const path = `/approvals/${inPath(id)}/approve`;
  const body = { content_hash: hash };
  const approval = (await api.ask({ method: 'POST', path, body })) as ApprovalView;
  answer(context, approval, () => `Approved. ${approval.outcome ?? ''}`.trim());
}

export async function deny(context: Context, id: string): Promise<void> {
  const api = await openApi(context);
  const path = `/approvals/${inPath(id)}/deny`;
  const approval = (await api.ask({ method: 'POST', path, body: {} })) as ApprovalView;
  answer(context, approval, () => `Denied: ${approval.title}.`);
}

async function readApproval(context: Context, id: string): Promise<ApprovalDetailView> {
  const api = await openApi(context);
  return (await api.ask({ method: 'GET', path: `/approvals/${inPath(id)}` })) as ApprovalDetailView;
}

function sayApproval(approval: ApprovalDetailView): string {
  const now = Temporal.Now.instant();
  return sheet([
    ['Approval', approval.id],
    ['May this be', approval.title],
    ['State', approval.state],
    ['Asked by', [approval.asked_by, approval.client].filter(Boolean).join(' · ')],
    ['Asked', sayCountdown(approval.created_at, now)],
    ['Ends', sayCountdown(approval.expires_at, now)],
    ['Decided by', approval.decided_by ?? undefined],
    ['Outcome', approval.outcome ?? undefined],
    ['Hash', approval.content_hash],
    ...approval.changes.map(
      ({ field, before, after }) =>
        [field, `${JSON.stringify(before)} becomes ${JSON.stringify(after)}`] as const,
    ),
    ['By now', approval.refusal === null ? undefined : `refused: ${approval.refusal}`],
    ['Does', `${approval.verb} ${JSON.stringify(approval.content, undefined, 2)}`],
  ]);
}
