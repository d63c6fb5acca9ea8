import { Link } from 'wouter';
import type { ApprovalView } from '../../../../src/api/approval-view.ts';
import { useApprove, useDeny } from '../../api/approvals.ts';
import { Button } from '../../parts/button.tsx';
import { Facts } from '../../parts/card.tsx';
import { Snippet } from '../../parts/copy-text.tsx';
import { Moment, Stamp } from '../../parts/moment.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { plainly } from './plainly.ts';

/** Who asks for what, exactly, and the two answers that a person can give. */
export function ApprovalCard({ approval }: { readonly approval: ApprovalView }) {
  const approve = useApprove();
  const deny = useDeny();
  const isOpen = approval.state === 'pending';
  return (
    <section
      aria-label={approval.title}
      className="flex min-w-0 flex-col gap-3 rounded-lg border border-line bg-sheet p-4"
    >
      <div className="flex flex-wrap items-center gap-3">
        <StateMark state={approval.state} />
        <h2 className="min-w-0 font-semibold">
          <Link href={`/approvals/${approval.id}`} className="hover:underline">
            {plainly(approval.title)}
          </Link>
        </h2>
      </div>
      <Facts
        facts={[
          ['What', approval.verb.replaceAll('_', ' ')],
          ['Asked by', [approval.asked_by, approval.client].filter(Boolean).join(', by ')],
          approval.parent_run === null
            ? undefined
            : [
                'In the run',
                <Link
                  key="r"
                  href={`/runs/${approval.parent_run}`}
                  className="text-bronze hover:underline"
                >
                  {approval.parent_run}
                </Link>,
              ],
          ['Asked', <Moment key="a" at={approval.created_at} />],
          isOpen ? ['Can be decided until', <Stamp key="u" at={approval.expires_at} />] : undefined,
          approval.decided_at === null
            ? undefined
            : [
                'Decided',
                <span key="d">
                  <Moment at={approval.decided_at} /> by {approval.decided_by}
                </span>,
              ],
        ]}
      />
      <Snippet
        label="Exactly what would be done"
        text={plainly(JSON.stringify(approval.content, undefined, 2))}
      />
      <p className="font-mono text-xs text-soft">SHA-256 {approval.content_hash}</p>
      {approval.outcome === null ? null : <p className="text-sm">{approval.outcome}</p>}
      {isOpen ? (
        <div className="flex flex-wrap gap-2">
          <Button look="main" isBusy={approve.isPending} onClick={() => approve.mutate(approval)}>
            Approve
          </Button>
          <Button look="danger" isBusy={deny.isPending} onClick={() => deny.mutate(approval)}>
            Deny
          </Button>
        </div>
      ) : null}
    </section>
  );
}
