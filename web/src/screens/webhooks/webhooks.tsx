import { Plus } from 'lucide-react';
import { useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import type { WebhookView } from '../../../../src/api/webhook-view.ts';
import { addressOf, useDeliveries, useSwitchWebhook, useWebhooks } from '../../api/webhooks.ts';
import { Button } from '../../parts/button.tsx';
import { Card, Empty } from '../../parts/card.tsx';
import { CopyButton } from '../../parts/copy-text.tsx';
import { HowTo } from '../../parts/how-to.tsx';
import { Page } from '../../parts/page.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { NewWebhook } from './new-webhook.tsx';
import { nameScheme } from './scheme.ts';
import { VerdictMark } from './verdict-mark.tsx';

const LAST_SHOWN = 5;

/** Addresses on which somebody else starts runs. */
export function Webhooks() {
  const [search, setSearch] = useSearchParams();
  const webhooks = useWebhooks(search.get('cursor') ?? undefined);
  const isNew = search.has('new');
  const openNew = (isOpen: boolean): void =>
    setSearch(isOpen ? { new: '' } : {}, { replace: !isOpen });
  return (
    <Page
      title="Webhooks"
      lead="Addresses on which somebody else starts runs: a code host after a push, a shop after a payment."
      actions={
        <Button look="main" onClick={() => openNew(true)}>
          <Plus aria-hidden size={16} />
          New webhook
        </Button>
      }
    >
      <Card isFlush>
        <QueryView query={webhooks} what="the webhooks">
          {(page) =>
            page.webhooks.length === 0 ? (
              <Empty action={<Button onClick={() => openNew(true)}>Make a webhook</Button>}>
                Nobody can start runs from outside yet.
              </Empty>
            ) : (
              <>
                <ul className="divide-y divide-line">
                  {page.webhooks.map((webhook) => (
                    <Row key={webhook.id} webhook={webhook} />
                  ))}
                </ul>
                {page.next_cursor === null ? null : (
                  <div className="border-t border-line p-3">
                    <Button onClick={() => setSearch({ cursor: page.next_cursor ?? '' })}>
                      Older ones
                    </Button>
                  </div>
                )}
              </>
            )
          }
        </QueryView>
      </Card>
      <HowTo cli="carillon webhooks list" />
      <NewWebhook isOpen={isNew} onClose={() => openNew(false)} />
    </Page>
  );
}

function Row({ webhook }: { readonly webhook: WebhookView }) {
  const turn = useSwitchWebhook();
  const [isBusy, setBusy] = useState(false);
  const address = addressOf(webhook);
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 text-sm">
      <div className="min-w-0 flex-1 basis-64">
        <p className="flex flex-wrap items-center gap-x-2">
          <Link href={`/webhooks/${webhook.id}`} className="font-medium hover:underline">
            {webhook.name}
          </Link>
          {webhook.is_enabled ? null : (
            <span className="rounded-full bg-sunk px-2 py-0.5 text-xs text-soft">off</span>
          )}
        </p>
        <p className="text-soft">
          {nameScheme(webhook.scheme)}
          {' → '}
          <Target webhook={webhook} />
        </p>
        {address === undefined ? null : (
          <div className="flex min-w-0 items-center gap-1">
            <code className="min-w-0 truncate text-[13px] text-soft">{address}</code>
            <CopyButton text={address} label={`Copy the address of ${webhook.name}`} />
          </div>
        )}
      </div>
      <LastDeliveries id={webhook.id} />
      <Button
        isSmall
        isBusy={isBusy}
        aria-label={`Turn ${webhook.is_enabled ? 'off' : 'on'} ${webhook.name}`}
        onClick={() => {
          setBusy(true);
          turn.mutate({ webhook, isOn: !webhook.is_enabled }, { onSettled: () => setBusy(false) });
        }}
      >
        Turn {webhook.is_enabled ? 'off' : 'on'}
      </Button>
    </li>
  );
}

export function Target({ webhook }: { readonly webhook: WebhookView }) {
  if (webhook.task === null) return <span className="text-bad">a deleted task</span>;
  return (
    <Link href={`/tasks/${webhook.task_id}`} className="hover:text-ink hover:underline">
      {webhook.has_own_action ? 'an action of its own' : webhook.task}
    </Link>
  );
}

/** The last few, oldest first. */
function LastDeliveries({ id }: { readonly id: string }) {
  const deliveries = useDeliveries(id, LAST_SHOWN).data?.deliveries;
  if (deliveries === undefined) return null;
  if (deliveries.length === 0) return <span className="text-xs text-soft">no deliveries yet</span>;
  return (
    <div role="group" aria-label="Last deliveries" className="flex gap-1">
      {deliveries.toReversed().map((delivery) => (
        <VerdictMark key={delivery.id} verdict={delivery.verdict} isBrief />
      ))}
    </div>
  );
}
