import { useState } from 'react';
import { useAct } from '../../api/actions.ts';
import { type IssuedKeyView, type KeyView, useKeys } from '../../api/keys.ts';
import { send } from '../../api/request.ts';
import { Button } from '../../parts/button.tsx';
import { Card, Empty } from '../../parts/card.tsx';
import { DialogSheet } from '../../parts/dialog-sheet.tsx';
import { Choice, TextField, Tick } from '../../parts/field.tsx';
import { Moment } from '../../parts/moment.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { ShownOnce } from '../../parts/shown-once.tsx';
import { say } from '../../parts/toasts.tsx';
import { ScopeMarks, SCOPES } from './scopes.tsx';

/** The keys by which programs are let in. */
export function Keys() {
  const [isNew, setNew] = useState(false);
  const keys = useKeys();
  return (
    <Card
      title="Keys of programs"
      isFlush
      aside={
        <Button isSmall onClick={() => setNew(true)}>
          New key
        </Button>
      }
    >
      <QueryView query={keys} what="the keys">
        {(list) =>
          list.length === 0 ? (
            <Empty>
              No program has a key. Scripts and servers of yours get one each, with no more scopes
              than they need.
            </Empty>
          ) : (
            <ul className="divide-y divide-line">
              {list.map((key) => (
                <Row key={key.id} held={key} />
              ))}
            </ul>
          )
        }
      </QueryView>
      <NewKey isOpen={isNew} onClose={() => setNew(false)} />
    </Card>
  );
}

function Row({ held }: { readonly held: KeyView }) {
  const [isAsked, setAsked] = useState(false);
  const revoke = useAct(
    () => send('DELETE', `/keys/${held.id}`),
    () => {
      setAsked(false);
      say(`The key ${held.name} lets nobody in any more.`);
    },
  );
  const isRevoked = held.revoked_at !== null;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 text-sm">
      <div className="flex min-w-0 flex-1 basis-60 flex-col gap-1">
        <p className={isRevoked ? 'text-soft line-through' : 'font-medium'}>{held.name}</p>
        <ScopeMarks scopes={held.scopes} />
      </div>
      <p className="basis-44 text-xs text-soft">
        {held.last_used_at === null ? (
          'never used'
        ) : (
          <>
            used <Moment at={held.last_used_at} />
          </>
        )}
        <br />
        {held.revoked_at !== null ? (
          <>
            revoked <Moment at={held.revoked_at} />
          </>
        ) : held.expires_at === null ? (
          'never ends'
        ) : (
          <>
            ends <Moment at={held.expires_at} />
          </>
        )}
      </p>
      {isRevoked ? null : (
        <Button
          isSmall
          look="danger"
          aria-label={`Revoke the key ${held.name}`}
          onClick={() => setAsked(true)}
        >
          Revoke
        </Button>
      )}
      <DialogSheet
        title={`Revoke the key ${held.name}?`}
        isOpen={isAsked}
        onClose={() => setAsked(false)}
        footer={
          <Button look="danger" isBusy={revoke.isPending} onClick={() => revoke.mutate(undefined)}>
            Revoke it for good
          </Button>
        }
      >
        <p className="text-sm">
          Its program is turned away from now on, with every token that it got for the key. Nobody
          knows the text of the key, so it cannot come back: its program would need a new one.
        </p>
      </DialogSheet>
    </li>
  );
}

const LIFETIMES = [
  ['90d', '90 days'],
  ['30d', '30 days'],
  ['365d', 'One year'],
  ['', 'For good'],
] as const;

function NewKey({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  const [issued, setIssued] = useState<IssuedKeyView>();
  const close = (): void => {
    onClose();
    setIssued(undefined);
  };
  return (
    <DialogSheet title="New key" isOpen={isOpen} onClose={close}>
      {issued === undefined ? (
        <Form onIssued={setIssued} />
      ) : (
        <ShownOnce label={`The key ${issued.name}`} text={issued.text}>
          <p className="text-sm text-soft">
            Its program sends it as <code>Authorization: Bearer …</code>.
          </p>
        </ShownOnce>
      )}
    </DialogSheet>
  );
}

function Form({ onIssued }: { readonly onIssued: (issued: IssuedKeyView) => void }) {
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly string[]>(['tasks:read']);
  const [lifetime, setLifetime] = useState('90d');
  const add = useAct(
    () =>
      send<IssuedKeyView>('POST', '/keys', {
        name: name.trim(),
        scopes,
        ...(lifetime === '' ? {} : { lifetime }),
      }),
    onIssued,
  );
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate(undefined);
      }}
    >
      <TextField
        label="Name"
        hint="What the program is, such as build-server."
        required
        maxLength={64}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1 text-sm font-medium">It may</legend>
        {SCOPES.map(([scope, text]) => (
          <Tick
            key={scope}
            label={text}
            checked={scopes.includes(scope)}
            onChange={(event) =>
              setScopes(
                event.target.checked
                  ? [...scopes, scope]
                  : scopes.filter((chosen) => chosen !== scope),
              )
            }
          />
        ))}
      </fieldset>
      <Choice
        label="It works for"
        options={LIFETIMES}
        value={lifetime}
        onChange={(event) => setLifetime(event.target.value)}
      />
      <div>
        <Button look="main" type="submit" disabled={scopes.length === 0} isBusy={add.isPending}>
          Make the key
        </Button>
      </div>
    </form>
  );
}
