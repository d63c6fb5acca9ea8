import type { RunId } from '../domain/id.ts';
import type { JsonObject } from '../domain/json.ts';
import type { OverlapPolicy } from '../domain/policies.ts';
import type {
  DeliveryCause,
  SignatureScheme,
  Verdict,
  Webhook,
  WebhookDelivery,
  WebhookId,
} from '../domain/webhooks/webhook.ts';
import { instantOf, msOf } from './instants.ts';
import type { WebhookDeliveryRow, WebhookRow } from './schema.ts';
import { taskIdOf } from './task-row.ts';

export function webhookOf(row: WebhookRow): Webhook {
  return {
    id: row.id as WebhookId,
    namespace: row.namespace,
    foreignId: row.foreign_id ?? undefined,
    ext: JSON.parse(row.ext) as JsonObject,
    name: row.name,
    description: row.description ?? undefined,
    token: row.token,
    formerToken:
      row.former_token === null
        ? undefined
        : { token: row.former_token, until: instantOf(row.former_until ?? 0) },
    scheme: row.scheme as SignatureScheme,
    taskId: taskIdOf(row.task_id),
    ownsTask: row.owns_task === 1,
    overlap: row.overlap as OverlapPolicy,
    allowedAddresses: JSON.parse(row.allowed_addresses) as readonly string[],
    isEnabled: row.is_enabled === 1,
    revision: row.revision,
    origin: {
      principal: row.origin_principal,
      client: row.origin_client ?? undefined,
      parentRunId: (row.origin_parent_run_id ?? undefined) as RunId | undefined,
    },
    createdAt: instantOf(row.created_at),
    updatedAt: instantOf(row.updated_at),
  };
}

export function webhookRowOf(webhook: Webhook): WebhookRow {
  const { formerToken, origin } = webhook;
  return {
    id: webhook.id,
    namespace: webhook.namespace,
    foreign_id: webhook.foreignId ?? null,
    ext: JSON.stringify(webhook.ext),
    name: webhook.name,
    name_key: webhook.namespace === 'native' ? webhook.name : null,
    description: webhook.description ?? null,
    token: webhook.token,
    former_token: formerToken?.token ?? null,
    former_until: formerToken === undefined ? null : msOf(formerToken.until),
    scheme: webhook.scheme,
    task_id: webhook.taskId,
    owns_task: webhook.ownsTask ? 1 : 0,
    overlap: webhook.overlap,
    allowed_addresses: JSON.stringify(webhook.allowedAddresses),
    is_enabled: webhook.isEnabled ? 1 : 0,
    revision: webhook.revision,
    origin_principal: origin.principal,
    origin_client: origin.client ?? null,
    origin_parent_run_id: origin.parentRunId ?? null,
    created_at: msOf(webhook.createdAt),
    updated_at: msOf(webhook.updatedAt),
  };
}

export function deliveryOf(row: WebhookDeliveryRow): WebhookDelivery {
  return {
    id: row.id,
    webhookId: row.webhook_id as WebhookId,
    at: instantOf(row.at),
    verdict: row.verdict as Verdict,
    senderId: row.sender_id ?? undefined,
    source: row.source ?? undefined,
    cause: row.cause as DeliveryCause,
    headers: JSON.parse(row.headers) as Readonly<Record<string, string>>,
    body: row.body,
    bodyBytes: row.body_bytes,
    isBodyCut: row.is_body_cut === 1,
    runId: (row.run_id ?? undefined) as RunId | undefined,
    replayOf: row.replay_of ?? undefined,
  };
}
