import type { Json } from '../../domain/json.ts';
import { requireScope, type Principal } from '../../domain/principal.ts';
import { Refusal } from '../../domain/refusal.ts';
import { overridesOf } from '../../domain/run-overrides.ts';
import { readPayload } from '../../domain/webhooks/read-payload.ts';
import type { Verdict, Webhook, WebhookDelivery } from '../../domain/webhooks/webhook.ts';
import type { Page } from '../../ports/store.ts';
import { checkLength } from '../check-values.ts';
import { pageLimit } from '../page-limit.ts';
import type { ServicePorts } from '../services.ts';
import { findWebhook } from './find-webhook.ts';
import { hookRun, receiveWebhook, verdictFor } from './receive-webhook.ts';
import type { HookAnswer, ListDeliveriesQuery, TestWebhookRequest } from './webhook-requests.ts';
import { secretsOfWebhook } from './webhook-secrets.ts';
import { signedHeaders } from './webhook-signature.ts';

/** What was delivered to a webhook, newest first. */
export async function listDeliveries(
  ports: ServicePorts,
  principal: Principal,
  { webhook: ref, limit, cursor }: ListDeliveriesQuery,
): Promise<Page<WebhookDelivery>> {
  requireScope(principal, 'tasks:read');
  const webhook = await findWebhook(ports, principal, ref);
  return ports.store.webhooks.listDeliveries(webhook.id, pageLimit(limit), cursor);
}

/** Starts a run with what was delivered earlier, whether or not it started one then. */
export async function replayDelivery(
  ports: ServicePorts,
  principal: Principal,
  id: number,
): Promise<HookAnswer> {
  requireScope(principal, 'tasks:run');
  const delivery = await ports.store.webhooks.getDelivery(id);
  if (delivery === undefined) throw noDelivery(id);
  const webhook = await findWebhook(ports, principal, delivery.webhookId);
  const payload = await payloadOf(ports, delivery);
  const task = await ports.store.findTask({ by: 'id', id: webhook.taskId });
  const verdict = verdictFor(task);
  if (task === undefined || verdict !== 'accepted') throw notStartable(webhook, verdict);
  const now = await ports.store.now();
  const { id: replayOf, runId: _runId, ...kept } = delivery;
  const recorded = await ports.store.webhooks.record({
    delivery: { ...kept, at: now, verdict, source: undefined, cause: 'replay', replayOf },
    dedupeKey: undefined,
    run: hookRun(ports, webhook, task, payload, now),
    taskId: task.id,
  });
  return { deliveryId: recorded.id, verdict: recorded.verdict, runId: recorded.runId };
}

/** Sends the webhook a request as a sender of its scheme would, signed with its secret. It starts a run. */
export async function testWebhook(
  ports: ServicePorts,
  principal: Principal,
  { webhook: ref, payload = TEST_PAYLOAD }: TestWebhookRequest,
): Promise<HookAnswer> {
  requireScope(principal, 'tasks:run');
  const webhook = await findWebhook(ports, principal, ref);
  if (!webhook.isEnabled) {
    throw new Refusal(
      'conflict',
      'The webhook is disabled, so nobody can call it. Enable it first.',
    );
  }
  const text = JSON.stringify(payload);
  checkLength('The payload', text);
  const body = new TextEncoder().encode(text);
  const now = await ports.store.now();
  const [secret] = await secretsOfWebhook(ports, webhook.id, now);
  const signed = await signedHeaders(
    webhook.scheme,
    secret,
    `test-${ports.ids.runId()}`,
    now,
    body,
  );
  const headers = { 'content-type': 'application/json', ...signed };
  return receiveWebhook(ports, webhook, 'test', { source: undefined, headers, body });
}

const TEST_PAYLOAD: Json = { test: true, sent_by: 'carillon' };

/** Verdicts about deliveries whose sender was known to be the right one. */
const SOUND: readonly Verdict[] = ['accepted', 'skipped', 'duplicate', 'late', 'no_task'];

/** What was delivered: whole in the run that it started, else as it was kept. */
async function payloadOf({ store }: ServicePorts, delivery: WebhookDelivery): Promise<Json> {
  const run = delivery.runId === undefined ? undefined : await store.getRun(delivery.runId);
  const payload = run === undefined ? undefined : overridesOf(run.overrides).payload;
  if (payload !== undefined) return payload;
  if (!SOUND.includes(delivery.verdict)) {
    throw new Refusal(
      'forbidden',
      `The delivery was turned away (${delivery.verdict}), so nobody knows who sent it. Have it sent again.`,
    );
  }
  if (delivery.isBodyCut) {
    throw new Refusal(
      'unavailable',
      'Only the beginning of this delivery was kept. Have it sent again.',
    );
  }
  return readPayload(delivery.body, delivery.headers['content-type']);
}

function noDelivery(id: number): Refusal {
  return new Refusal(
    'not_found',
    `There is no delivery ${id}. List the deliveries of the webhook; 200 are kept for a month.`,
  );
}

function notStartable({ name }: Webhook, verdict: Verdict): Refusal {
  return new Refusal(
    'conflict',
    verdict === 'no_task'
      ? `The task of the webhook ${JSON.stringify(name)} was deleted. Give it another first.`
      : `The task of the webhook ${JSON.stringify(name)} is paused. Resume it first.`,
  );
}
