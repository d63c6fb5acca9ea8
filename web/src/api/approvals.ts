import { useQuery } from '@tanstack/react-query';
import type { ApprovalDetailView, ApprovalView } from '../../../src/api/approval-view.ts';
import { say } from '../parts/toasts.tsx';
import { useAct } from './actions.ts';
import { get, send } from './request.ts';

type ApprovalPage = {
  readonly approvals: readonly ApprovalView[];
  readonly next_cursor: string | null;
};

/** @param state absent for what was decided as well. */
export function useApprovals(state: string | undefined) {
  return useQuery({
    queryKey: ['approvals', state],
    queryFn: ({ signal }) => get<ApprovalPage>('/approvals', { state, limit: 50 }, signal),
  });
}

/** With what it would change by now. */
export function useApproval(id: string) {
  return useQuery({
    queryKey: ['approvals', 'one', id],
    queryFn: ({ signal }) => get<ApprovalDetailView>(`/approvals/${id}`, undefined, signal),
  });
}

/** Says yes to exactly what was shown: its hash goes with the answer. */
export function useApprove() {
  return useAct(
    (approval: ApprovalView) =>
      send<ApprovalView>('POST', `/approvals/${approval.id}/approve`, {
        content_hash: approval.content_hash,
      }),
    (decided) => say(decided.outcome ?? `Approved: ${decided.title}`),
  );
}

export function useDeny() {
  return useAct(
    (approval: ApprovalView) => send<ApprovalView>('POST', `/approvals/${approval.id}/deny`),
    (decided) => say(`Denied: ${decided.title}`),
  );
}
