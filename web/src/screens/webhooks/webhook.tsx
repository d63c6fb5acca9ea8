import { useState } from 'react';
import { useLocation, useParams } from 'wouter';
import type { WebhookView } from '../../../../src/api/webhook-view.ts';
import { useAct } from '../../api/actions.ts';
import { send } from '../../api/request.ts';
import {
  addressOf,
  useSwitchWebhook,
  useWebhook,
  type WebhookWithSecret,
} from '../../api/webhooks.ts';
import { ActionMenu } from '../../parts/action-menu.tsx';
import { Button } from '../../parts/button.tsx';
import { Card, Facts } from '../../parts/card.tsx';
import { Snippet } from '../../parts/copy-text.tsx';
import { DialogSheet } from '../../parts/dialog-sheet.tsx';
import { Choice } from '../../parts/field.tsx';
import { HowTo } from '../../parts/how-to.tsx';
import { Stamp } from '../../parts/moment.tsx';
import { Warnings } from '../../parts/notes.tsx';
import { Page } from '../../parts/page.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { ShownOnce } from '../../parts/shown-once.tsx';
import { say } from '../../parts/toasts.tsx';
import { Deliveries } from './deliveries.tsx';
import { curlOf, explainScheme, nameScheme } from './scheme.ts';
import { SendTest } from './send-test.tsx';
import { bodyOf, WebhookFieldset } from './webhook-fields.tsx';
import { Target } from './webhooks.tsx';

/** One webhook: its address, who may call it, and what was delivered. */
export function Webhook() {
  const { id } = useParams<{ id: string }>();
  const webhook = useWebhook(id);
  return (
    <QueryView query={webhook} what="the webhook">
      {(view) => <WebhookPage webhook={view} />}
    </QueryView>
  );
}

type Sheet = 'edit' | 'rotate' | 'delete';

function WebhookPage({ webhook }: { readonly webhook: WebhookView }) {
  const [sheet, setSheet] = useState<Sheet>();
  const turn = useSwitchWebhook();
  const address = addressOf(webhook);
  const close = (): void => setSheet(undefined);
  return (
    <Page
      title={webhook.name}
      lead={webhook.description}
      actions={
        <>
          <Button
            isBusy={turn.isPending}
            onClick={() => turn.mutate({ webhook, isOn: !webhook.is_enabled })}
          >
            Turn {webhook.is_enabled ? 'off' : 'on'}
          </Button>
          <Button onClick={() => setSheet('edit')}>Edit</Button>
          <ActionMenu
            label="More to do with the webhook"
            choices={[
              {
                kind: 'action',
                text: webhook.scheme === 'path_token' ? 'New address' : 'New secret',
                act: () => setSheet('rotate'),
              },
              { kind: 'line' },
              { kind: 'action', text: 'Delete', isDanger: true, act: () => setSheet('delete') },
            ]}
          />
        </>
      }
    >
      <Warnings texts={warningsOf(webhook)} />
      <div className="grid gap-4 lg:grid-cols-2">
        <Card title="Address">
          <div className="flex flex-col gap-4">
            {address === undefined ? (
              <p className="text-sm text-soft">Only who may start runs is shown the address.</p>
            ) : (
              <Snippet label="Address" text={address} />
            )}
            <p className="text-sm">{explainScheme(webhook.scheme)}</p>
            <Facts
              facts={[
                ['Starts', <Target key="target" webhook={webhook} />],
                ['Proof', nameScheme(webhook.scheme)],
                ['While a run goes on', webhook.overlap.replaceAll('_', ' ')],
                [
                  'May call',
                  webhook.allowed_addresses.length === 0
                    ? 'every address'
                    : webhook.allowed_addresses.join(', '),
                ],
                ['Made', <Stamp key="made" at={webhook.created_at} />],
                webhook.former_path_until === null
                  ? undefined
                  : ['Former address until', <Stamp key="former" at={webhook.former_path_until} />],
              ]}
            />
          </div>
        </Card>
        <SendTest webhook={webhook} />
      </div>
      <Deliveries id={webhook.id} />
      {address === undefined ? null : (
        <Card title="From a terminal">
          <Snippet label="Request from a terminal" text={curlOf(webhook.scheme, address)} />
        </Card>
      )}
      <HowTo cli={`carillon webhooks show ${webhook.id}`} />
      <EditSheet webhook={webhook} isOpen={sheet === 'edit'} onClose={close} />
      <RotateSheet webhook={webhook} isOpen={sheet === 'rotate'} onClose={close} />
      <DeleteSheet webhook={webhook} isOpen={sheet === 'delete'} onClose={close} />
    </Page>
  );
}

function warningsOf(webhook: WebhookView): readonly string[] {
  return [
    ...(webhook.is_enabled ? [] : ['It is off: whoever calls is told that there is nothing.']),
    ...(webhook.task === null ? ['The task that it starts was deleted. Give it another.'] : []),
  ];
}

type SheetProps = {
  readonly webhook: WebhookView;
  readonly isOpen: boolean;
  readonly onClose: () => void;
};

function EditSheet({ webhook, isOpen, onClose }: SheetProps) {
  return (
    <DialogSheet title="Edit the webhook" side="right" isOpen={isOpen} onClose={onClose}>
      <EditForm webhook={webhook} onDone={onClose} />
    </DialogSheet>
  );
}

function EditForm({
  webhook,
  onDone,
}: {
  readonly webhook: WebhookView;
  readonly onDone: () => void;
}) {
  const [fields, setFields] = useState({
    name: webhook.name,
    description: webhook.description ?? '',
    task: webhook.task ?? '',
    overlap: webhook.overlap,
    allowed: webhook.allowed_addresses.join('\n'),
  });
  const { revision, has_own_action: hasOwnAction } = webhook;
  const edit = useAct(
    () => send('PATCH', `/webhooks/${webhook.id}`, { ...bodyOf(fields, hasOwnAction), revision }),
    () => {
      say('The webhook is changed.');
      onDone();
    },
  );
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        edit.mutate(undefined);
      }}
    >
      <WebhookFieldset
        fields={fields}
        hasOwnAction={hasOwnAction}
        onChange={(changed) => setFields({ ...fields, ...changed })}
      />
      <p className="text-sm text-soft">
        How its sender proves itself stays: {nameScheme(webhook.scheme)}. A sender that signs
        otherwise needs a webhook of its own.
      </p>
      <div>
        <Button look="main" type="submit" isBusy={edit.isPending}>
          Save
        </Button>
      </div>
    </form>
  );
}

const OVERLAPS = [
  ['24h', 'One day more'],
  ['1h', 'One hour more'],
  ['7d', 'Seven days more'],
  ['0s', 'Not any more'],
] as const;

function RotateSheet({ webhook, isOpen, onClose }: SheetProps) {
  const [overlap, setOverlap] = useState('24h');
  const isAddress = webhook.scheme === 'path_token';
  const what = isAddress ? 'address' : 'secret';
  const rotate = useAct(() =>
    send<WebhookWithSecret>('POST', `/webhooks/${webhook.id}/rotate`, { overlap }),
  );
  const { data } = rotate;
  const close = (): void => {
    onClose();
    rotate.reset();
  };
  return (
    <DialogSheet title={`New ${what}`} isOpen={isOpen} onClose={close}>
      {data === undefined ? (
        <div className="flex flex-col gap-4">
          <p className="text-sm">
            A new {what} is drawn. Tell it to the sender while the former one still works.
          </p>
          <Choice
            label={`The former ${what} works`}
            options={OVERLAPS}
            value={overlap}
            onChange={(event) => setOverlap(event.target.value)}
          />
          <div>
            <Button look="main" isBusy={rotate.isPending} onClick={() => rotate.mutate(undefined)}>
              Draw a new {what}
            </Button>
          </div>
        </div>
      ) : data.secret === null ? (
        <div role="status" className="flex flex-col gap-2">
          <p className="text-sm font-medium">Its new address</p>
          <Snippet label="New address" text={addressOf(data) ?? ''} />
        </div>
      ) : (
        <ShownOnce label="Its new secret" text={data.secret} />
      )}
    </DialogSheet>
  );
}

function DeleteSheet({ webhook, isOpen, onClose }: SheetProps) {
  const [, go] = useLocation();
  const turn = useSwitchWebhook();
  const remove = useAct(
    () => send('DELETE', `/webhooks/${webhook.id}`),
    () => {
      say(`"${webhook.name}" is deleted.`);
      go('/webhooks', { replace: true });
    },
  );
  return (
    <DialogSheet
      title="Delete the webhook?"
      isOpen={isOpen}
      onClose={onClose}
      footer={
        <>
          {webhook.is_enabled ? (
            <Button
              onClick={() => {
                turn.mutate({ webhook, isOn: false });
                onClose();
              }}
            >
              Turn it off instead
            </Button>
          ) : null}
          <Button look="danger" isBusy={remove.isPending} onClick={() => remove.mutate(undefined)}>
            Delete it for good
          </Button>
        </>
      }
    >
      <p className="text-sm">
        Its address, its secret and what was delivered to it are forgotten
        {webhook.has_own_action ? ', and the action that was made for it' : ''}. Its runs stay. This
        cannot be undone: the address never comes again.
      </p>
    </DialogSheet>
  );
}
