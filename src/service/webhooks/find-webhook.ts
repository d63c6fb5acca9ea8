import { homeNamespace, type Principal } from '../../domain/principal.ts';
import { Refusal } from '../../domain/refusal.ts';
import { isWebhookId, type Webhook } from '../../domain/webhooks/webhook.ts';
import type { WebhookReference } from '../../ports/webhooks.ts';
import { sees } from '../find-task.ts';
import type { ServicePorts } from '../services.ts';
import type { WebhookRef } from './webhook-requests.ts';

/** The webhook that `ref` means to this principal. */
export async function findWebhook(
  { store }: ServicePorts,
  principal: Principal,
  ref: WebhookRef,
): Promise<Webhook> {
  const namespace = homeNamespace(principal);
  const references: readonly WebhookReference[] = [
    ...(isWebhookId(ref) ? [{ by: 'id', id: ref } as const] : []),
    { by: 'foreign_id', foreignId: ref, namespace },
    { by: 'name', name: ref, namespace },
  ];
  for (const reference of references) {
    const webhook = await store.webhooks.find(reference);
    if (webhook !== undefined && sees(principal, webhook)) return webhook;
  }
  throw new Refusal(
    'not_found',
    `There is no webhook ${JSON.stringify(ref.slice(0, 150))}. List the webhooks to see which there are.`,
  );
}
