import type { ReactNode } from 'react';
import { Link, useParams } from 'wouter';
import type { ApprovalDetailView } from '../../../../src/api/approval-view.ts';
import { useApproval, useApprove, useDeny } from '../../api/approvals.ts';
import { useRun } from '../../api/run.ts';
import { useNowMs } from '../../live/server-clock.ts';
import { Button } from '../../parts/button.tsx';
import { Card, Facts } from '../../parts/card.tsx';
import { Snippet } from '../../parts/copy-text.tsx';
import { HowTo } from '../../parts/how-to.tsx';
import { Moment, Stamp } from '../../parts/moment.tsx';
import { Warnings } from '../../parts/notes.tsx';
import { Page } from '../../parts/page.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { toMs } from '../../time/instant.ts';
import { Changes } from './changes.tsx';
import { Content } from './content.tsx';
import { plainly } from './plainly.ts';

/** Something that a program asks for and a person decides, with exactly what would be done. */
export function Approval() {
  const { id } = useParams<{ id: string }>();
  const approval = useApproval(id);
  return (
    <QueryView query={approval} what="the approval">
      {(view) => <ApprovalPage approval={view} />}
    </QueryView>
  );
}

function ApprovalPage({ approval }: { readonly approval: ApprovalDetailView }) {
  const nowMs = useNowMs();
  const hasRunOut = approval.state === 'pending' && toMs(approval.expires_at) <= nowMs;
  const state = hasRunOut ? 'expired' : approval.state;
  return (
    <Page
      title="May this be done?"
      lead={<span className="break-words">{plainly(approval.title)}</span>}
      actions={state === 'pending' ? <Decide approval={approval} /> : null}
    >
      <Warnings texts={state === 'pending' ? warningsOf(approval) : []} />
      <div className="grid gap-4 lg:grid-cols-2">
        <Card title="Who asks">
          <WhoAsks approval={approval} />
        </Card>
        <Card title="State" aside={<StateMark state={state} />}>
          <Decided approval={approval} state={state} />
        </Card>
      </div>
      <Changes changes={approval.changes} task={approval.task} />
      <Card title="Exactly what is done">
        <Content verb={approval.verb} content={approval.content} />
        <details className="mt-4 text-sm text-soft">
          <summary className="w-fit rounded px-1 hover:text-ink">
            As it is kept, with its hash
          </summary>
          <div className="mt-2 flex flex-col gap-2 text-ink">
            <Snippet
              label="What is done, as JSON"
              text={plainly(JSON.stringify(approval.content, undefined, 2))}
            />
            <Snippet label="SHA-256" text={approval.content_hash} />
          </div>
        </details>
      </Card>
      <Link href="/approvals" className="w-fit text-sm text-bronze hover:underline">
        All approvals
      </Link>
      <HowTo cli={`carillon approvals show ${approval.id}`} />
    </Page>
  );
}

function Decide({ approval }: { readonly approval: ApprovalDetailView }) {
  const approve = useApprove();
  const deny = useDeny();
  const isBusy = approve.isPending || deny.isPending;
  return (
    <>
      <Button look="danger" disabled={isBusy} onClick={() => deny.mutate(approval)}>
        Deny
      </Button>
      <Button
        look="main"
        isBusy={approve.isPending}
        disabled={isBusy}
        onClick={() => approve.mutate(approval)}
      >
        Approve
      </Button>
    </>
  );
}

function warningsOf({ refusal }: ApprovalDetailView): readonly string[] {
  return refusal === null ? [] : [`By now it would be refused: ${plainly(refusal)}`];
}

function WhoAsks({ approval }: { readonly approval: ApprovalDetailView }) {
  const { asked_by: by, client, parent_run: run } = approval;
  return (
    <Facts
      facts={[
        [
          'Principal',
          <span key="by" className="break-all">
            {by}
          </span>,
        ],
        client === null
          ? undefined
          : [
              'Program',
              <span key="client" className="break-words">
                {plainly(client)}
              </span>,
            ],
        ...(run === null ? [] : [['From its run', <OfRun key="run" id={run} />] as const]),
        ['Asked', <Moment key="at" at={approval.created_at} />],
      ]}
    />
  );
}

function OfRun({ id }: { readonly id: string }) {
  const run = useRun(id);
  return (
    <Link href={`/runs/${id}`} className="break-all text-bronze hover:underline">
      {run.data?.task ?? id}
    </Link>
  );
}

const SAID: Readonly<Record<ApprovalDetailView['state'], string>> = {
  pending:
    'Nothing is done before somebody approves it. It is then done once, at once, in the name of who asked.',
  approved: 'It was approved.',
  denied: 'It was denied, and nothing was done.',
  expired:
    'Nobody decided in time, and nothing was done. What is still wanted has to be asked for anew.',
};

function Decided({
  approval,
  state,
}: {
  readonly approval: ApprovalDetailView;
  readonly state: ApprovalDetailView['state'];
}) {
  const { outcome, decided_at: at, decided_by: by } = approval;
  return (
    <div className="flex flex-col gap-3">
      <p className="text-sm">{SAID[state]}</p>
      {state === 'approved' ? (
        <p className="text-sm font-medium break-words">
          {outcome === null ? 'What came of it is not known.' : <Outcome text={outcome} />}
        </p>
      ) : null}
      <Facts
        facts={[
          at === null
            ? [
                state === 'expired' ? 'Ended' : 'Ends',
                <Stamp key="ends" at={approval.expires_at} />,
              ]
            : ['Decided', <Stamp key="at" at={at} />],
          by === null ? undefined : ['By', by],
        ]}
      />
    </div>
  );
}

/** The sentence, in which the task or the run that came of it is a link. */
function Outcome({ text }: { readonly text: string }): ReactNode {
  const [id] = /\b(?:task|run)_[0-9a-z]{26}\b/.exec(text) ?? [];
  if (id === undefined) return plainly(text);
  const [before, after] = text.split(id, 2);
  const href = id.startsWith('task_') ? `/tasks/${id}` : `/runs/${id}`;
  return (
    <>
      {before}
      <Link href={href} className="break-all text-bronze hover:underline">
        {id}
      </Link>
      {after}
    </>
  );
}
