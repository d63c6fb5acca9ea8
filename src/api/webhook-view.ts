import { z } from 'zod';
import { toPlainText } from '../domain/masking/plain-text.ts';
import type { WebhookDelivery } from '../domain/webhooks/webhook.ts';
import type { HookAnswer, WebhookDetail } from '../service/webhooks/webhook-requests.ts';
import { timeIn, timeOrNull } from './times.ts';

export const webhookView = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  path: z.string().nullable(),
  scheme: z.string(),
  note: z.string().nullable(),
  task: z.string().nullable(),
  task_id: z.string(),
  has_own_action: z.boolean(),
  overlap: z.string(),
  allowed_addresses: z.array(z.string()),
  is_enabled: z.boolean(),
  former_path_until: z.string().nullable(),
  revision: z.number(),
  timezone: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
});
export type WebhookView = z.output<typeof webhookView>;

export type WebhookWithSecretView = WebhookView & { readonly secret: string | null };

export type DeliveryView = {
  readonly id: number;
  readonly at: string;
  readonly verdict: string;
  readonly cause: string;
  readonly sender_id: string | null;
  readonly source: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly body_bytes: number;
  readonly is_body_cut: boolean;
  readonly run: string | null;
  readonly replay_of: number | null;
};

export const ADDRESS_IS_SECRET =
  'Nothing is signed: whoever knows the address can start runs. Keep it as you keep a password.';

export function viewWebhook(detail: WebhookDetail, zone: string): WebhookView {
  const { webhook, taskName, showsAddress } = detail;
  return {
    id: webhook.id,
    name: webhook.name,
    description: webhook.description ?? null,
    path: showsAddress ? `/hooks/${webhook.token}` : null,
    scheme: webhook.scheme,
    note: webhook.scheme === 'path_token' ? ADDRESS_IS_SECRET : null,
    task: taskName ?? null,
    task_id: webhook.taskId,
    has_own_action: webhook.ownsTask,
    overlap: webhook.overlap,
    allowed_addresses: [...webhook.allowedAddresses],
    is_enabled: webhook.isEnabled,
    former_path_until: timeOrNull(zone, webhook.formerToken?.until),
    revision: webhook.revision,
    timezone: zone,
    created_at: timeIn(zone, webhook.createdAt),
    updated_at: timeIn(zone, webhook.updatedAt),
  };
}

export function viewDelivery(delivery: WebhookDelivery, zone: string): DeliveryView {
  return {
    id: delivery.id,
    at: timeIn(zone, delivery.at),
    verdict: delivery.verdict,
    cause: delivery.cause,
    sender_id: delivery.senderId === undefined ? null : toPlainText(delivery.senderId),
    source: delivery.source ?? null,
    headers: Object.fromEntries(
      Object.entries(delivery.headers).map(([name, value]) => [name, toPlainText(value)]),
    ),
    body: toPlainText(delivery.body),
    body_bytes: delivery.bodyBytes,
    is_body_cut: delivery.isBodyCut,
    run: delivery.runId ?? null,
    replay_of: delivery.replayOf ?? null,
  };
}

export function viewHookAnswer({ deliveryId, verdict, runId }: HookAnswer) {
  return { delivery: deliveryId, verdict, run: runId ?? null };
}
