import { useState } from 'react';
import { useLocation } from 'wouter';
import { useAct } from '../../api/actions.ts';
import { send } from '../../api/request.ts';
import { addressOf, type WebhookWithSecret } from '../../api/webhooks.ts';
import { Button } from '../../parts/button.tsx';
import { Snippet } from '../../parts/copy-text.tsx';
import { DialogSheet } from '../../parts/dialog-sheet.tsx';
import { Choice, TextField } from '../../parts/field.tsx';
import { ShownOnce } from '../../parts/shown-once.tsx';
import { explainScheme, SCHEMES } from './scheme.ts';
import { bodyOf, type WebhookFields, WebhookFieldset } from './webhook-fields.tsx';

const EMPTY: WebhookFields = {
  name: '',
  description: '',
  task: '',
  overlap: 'queue_all',
  allowed: '',
};

/** Makes a webhook, and shows its address and, this once, its secret. */
export function NewWebhook({
  isOpen,
  onClose,
}: {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}) {
  const [, go] = useLocation();
  const [made, setMade] = useState<WebhookWithSecret>();
  const close = (): void => {
    onClose();
    setMade(undefined);
  };
  return (
    <DialogSheet title="New webhook" side="right" isOpen={isOpen} onClose={close}>
      {made === undefined ? (
        <Form onMade={setMade} />
      ) : (
        <div className="flex flex-col gap-4">
          <div className="flex flex-col gap-2">
            <p className="text-sm font-medium">Its address</p>
            <Snippet label="Address" text={addressOf(made) ?? ''} />
            <p className="text-sm text-soft">{explainScheme(made.scheme)}</p>
          </div>
          {made.secret === null ? null : <ShownOnce label="Its secret" text={made.secret} />}
          <div>
            <Button
              look="main"
              onClick={() => {
                close();
                go(`/webhooks/${made.id}`);
              }}
            >
              See the webhook
            </Button>
          </div>
        </div>
      )}
    </DialogSheet>
  );
}

function Form({ onMade }: { readonly onMade: (made: WebhookWithSecret) => void }) {
  const [fields, setFields] = useState(EMPTY);
  const [scheme, setScheme] = useState('standard');
  const [secret, setSecret] = useState('');
  const make = useAct(
    () =>
      send<WebhookWithSecret>('POST', '/webhooks', {
        ...bodyOf(fields, false),
        scheme,
        ...(secret === '' ? {} : { secret }),
      }),
    onMade,
  );
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate(undefined);
      }}
    >
      <WebhookFieldset
        fields={fields}
        hasOwnAction={false}
        onChange={(changed) => setFields({ ...fields, ...changed })}
      />
      <Choice
        label="How its sender proves itself"
        hint={explainScheme(scheme)}
        options={SCHEMES}
        value={scheme}
        onChange={(event) => setScheme(event.target.value)}
      />
      {scheme === 'path_token' ? null : (
        <TextField
          label="Secret of the sender"
          hint="Only if its sender has made one, as Stripe does. Empty: one is drawn and shown to you."
          type="password"
          autoComplete="off"
          value={secret}
          onChange={(event) => setSecret(event.target.value)}
        />
      )}
      <div>
        <Button look="main" type="submit" isBusy={make.isPending}>
          Make the webhook
        </Button>
      </div>
    </form>
  );
}
