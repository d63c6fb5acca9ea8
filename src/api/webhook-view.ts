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
  url: z.string().nullable(),
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

/** The secret is told when it is drawn, and never again. */
export const webhookSecretView = webhookView.extend({ secret: z.string().nullable() });
export const webhookPage = z.object({
  webhooks: z.array(webhookView),
  next_cursor: z.string().nullable(),
});

const hookDeliveryView = z.object({
  id: z.number(),
  at: z.string(),
  verdict: z.string(),
  cause: z.string(),
  sender_id: z.string().nullable(),
  source: z.string().nullable(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  body_bytes: z.number(),
  is_body_cut: z.boolean(),
  run: z.string().nullable(),
  replay_of: z.number().nullable(),
});
export type HookDeliveryView = z.output<typeof hookDeliveryView>;
export const hookDeliveryPage = z.object({
  deliveries: z.array(hookDeliveryView),
  timezone: z.string(),
  next_cursor: z.string().nullable(),
});

export const hookAnswerView = z.object({
  delivery: z.number(),
  verdict: z.string(),
  run: z.string().nullable(),
});
export type HookAnswerView = z.output<typeof hookAnswerView>;

const ADDRESS_IS_SECRET =
  'Nothing is signed: whoever knows the address can start runs. Keep it as you keep a password.';

export function viewWebhook(detail: WebhookDetail, zone: string): WebhookView {
  const { webhook, taskName, showsAddress, base } = detail;
  const path = showsAddress ? `/hooks/${webhook.token}` : null;
  return {
    id: webhook.id,
    name: webhook.name,
    description: webhook.description ?? null,
    path,
    url: path === null || base === undefined ? null : base + path,
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

export function viewHookDelivery(delivery: WebhookDelivery, zone: string): HookDeliveryView {
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

export function viewHookAnswer({ deliveryId, verdict, runId }: HookAnswer): HookAnswerView {
  return { delivery: deliveryId, verdict, run: runId ?? null };
}
