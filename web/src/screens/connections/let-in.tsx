import { useState } from 'react';
import { useAct } from '../../api/actions.ts';
import { type ConnectionView, useConnections } from '../../api/connections.ts';
import { send } from '../../api/request.ts';
import { Button } from '../../parts/button.tsx';
import { Card, Empty } from '../../parts/card.tsx';
import { DialogSheet } from '../../parts/dialog-sheet.tsx';
import { Moment } from '../../parts/moment.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { say } from '../../parts/toasts.tsx';
import { ScopeMarks } from './scopes.tsx';

/** The programs that a person has let in: remote assistants, each with what it may do. */
export function LetIn() {
  const connections = useConnections();
  return (
    <Card title="Let in by you" aside="by OAuth: remote assistants" isFlush>
      <QueryView query={connections} what="the connections">
        {(list) =>
          list.length === 0 ? (
            <Empty>
              Nobody was let in yet. An assistant elsewhere asks when it connects to{' '}
              <code>{window.location.origin}/mcp</code>.
            </Empty>
          ) : (
            <ul className="divide-y divide-line">
              {list.map((connection) => (
                <Row key={connection.id} connection={connection} />
              ))}
            </ul>
          )
        }
      </QueryView>
    </Card>
  );
}

function Row({ connection }: { readonly connection: ConnectionView }) {
  const [isAsked, setAsked] = useState(false);
  const { name } = connection;
  const revoke = useAct(
    () => send('DELETE', `/connections/${connection.id}`),
    () => {
      setAsked(false);
      say(`${name} is turned away.`);
    },
  );
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 text-sm">
      <div className="flex min-w-0 flex-1 basis-60 flex-col gap-1">
        <p className="font-medium">{name}</p>
        <ScopeMarks scopes={connection.scopes} />
      </div>
      <p className="basis-44 text-xs text-soft">
        let in <Moment at={connection.admitted_at} />
        {connection.expires_at === null ? null : (
          <>
            <br />
            ends <Moment at={connection.expires_at} />
          </>
        )}
      </p>
      <Button isSmall look="danger" aria-label={`Revoke ${name}`} onClick={() => setAsked(true)}>
        Revoke
      </Button>
      <DialogSheet
        title={`Turn ${name} away?`}
        isOpen={isAsked}
        onClose={() => setAsked(false)}
        footer={
          <Button look="danger" isBusy={revoke.isPending} onClick={() => revoke.mutate(undefined)}>
            Turn it away
          </Button>
        }
      >
        <p className="text-sm">
          Every token that it got ends at once. It can ask again, and you decide again.
        </p>
      </DialogSheet>
    </li>
  );
}
