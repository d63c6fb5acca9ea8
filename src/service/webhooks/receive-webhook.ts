import type { Json, JsonObject } from '../../domain/json.ts';
import type { Task } from '../../domain/task.ts';
import { type Claim, isLate, readClaim } from '../../domain/webhooks/read-claim.ts';
import { readPayload } from '../../domain/webhooks/read-payload.ts';
import {
  answersTo,
  type DeliveryCause,
  TOKEN_CHARS,
  TOKEN_CHARS_MAX,
  type Verdict,
  type Webhook,
} from '../../domain/webhooks/webhook.ts';
import type { NewRun } from '../../ports/store.ts';
import type { ServicePorts } from '../services.ts';
import { keptDelivery } from './kept-delivery.ts';
import type { HookAnswer, HookDoor, HookRequest } from './webhook-requests.ts';
import { secretsOfWebhook } from './webhook-secrets.ts';
import { digestOf, isSignedBy } from './webhook-signature.ts';

/** Where senders come in. */
export function hookDoor(ports: ServicePorts): HookDoor {
  return {
    find: async (token) => {
      if (token.length < TOKEN_CHARS || token.length > TOKEN_CHARS_MAX) return undefined;
      const webhook = await ports.store.webhooks.find({ by: 'token', token });
      if (webhook === undefined || !webhook.isEnabled) return undefined;
      return answersTo(webhook, token, await ports.store.now()) ? webhook : undefined;
    },
    receive: (webhook, request) => receiveWebhook(ports, webhook, 'sender', request),
    turnAway: async (webhook, verdict, { source, headers }) => {
      const now = await ports.store.now();
      const request = { source, headers, body: new Uint8Array() };
      const delivery = await keptDelivery(
        ports,
        webhook,
        verdict,
        'sender',
        request,
        undefined,
        now,
      );
      const { taskId } = webhook;
      await ports.store.webhooks.record({ delivery, dedupeKey: undefined, run: undefined, taskId });
    },
  };
}

/**
 * Checks who sent the request, writes it down and queues its run, in one transaction: what was answered
 * is kept. A repeat of what was delivered in the last 7 days starts nothing.
 */
export async function receiveWebhook(
  ports: ServicePorts,
  webhook: Webhook,
  cause: DeliveryCause,
  request: HookRequest,
): Promise<HookAnswer> {
  const now = await ports.store.now();
  const claim = readClaim(webhook.scheme, request.headers);
  const proof = await prove(ports, webhook, claim, request.body, now);
  const payload = proof === 'sound' ? payloadOf(request) : undefined;
  const task = proof === 'sound' ? await findTask(ports, webhook) : undefined;
  const verdict = proof === 'sound' ? verdictFor(task) : proof;
  const senderId = claim.kind === 'unreadable' ? undefined : claim.senderId;
  const recorded = await ports.store.webhooks.record({
    delivery: await keptDelivery(ports, webhook, verdict, cause, request, senderId, now),
    dedupeKey: proof === 'sound' ? await dedupeKeyOf(claim, request, payload) : undefined,
    run:
      verdict === 'accepted' && task !== undefined && payload !== undefined
        ? hookRun(ports, webhook, task, payload, now)
        : undefined,
    taskId: webhook.taskId,
  });
  return { deliveryId: recorded.id, verdict: recorded.verdict, runId: recorded.runId };
}

/** A run of the webhook's task with what was delivered. */
export function hookRun(
  ports: ServicePorts,
  webhook: Webhook,
  task: Task,
  payload: Json,
  now: Temporal.Instant,
): NewRun {
  return {
    id: ports.ids.runId(),
    task,
    trigger: 'webhook',
    overlap: webhook.overlap,
    overrides: { payload },
    origin: { principal: webhook.id, client: undefined, parentRunId: undefined },
    readyAt: now,
  };
}

export function verdictFor(task: Task | undefined): Verdict {
  if (task === undefined) return 'no_task';
  return task.state === 'paused' ? 'skipped' : 'accepted';
}

async function prove(
  ports: ServicePorts,
  webhook: Webhook,
  claim: Claim,
  body: Uint8Array<ArrayBuffer>,
  now: Temporal.Instant,
): Promise<'sound' | 'bad_signature' | 'late'> {
  if (claim.kind === 'unsigned') return 'sound';
  if (claim.kind === 'unreadable') return 'bad_signature';
  const secrets = await secretsOfWebhook(ports, webhook.id, now);
  if (!(await isSignedBy(webhook.scheme, secrets, claim, body))) return 'bad_signature';
  return isLate(claim.signedMs, now.epochMilliseconds) ? 'late' : 'sound';
}

function payloadOf({ headers, body }: HookRequest): Json {
  return readPayload(new TextDecoder().decode(body), headers['content-type']);
}

function findTask(ports: ServicePorts, { taskId }: Webhook): Promise<Task | undefined> {
  return ports.store.findTask({ by: 'id', id: taskId });
}

/**
 * What tells a repeat: the sender's own id of what it tells. Stripe writes it into the body and signs
 * anew each time; who has none is known by what was signed.
 */
async function dedupeKeyOf(
  claim: Claim,
  { headers, body }: HookRequest,
  payload: Json | undefined,
): Promise<string | undefined> {
  if (claim.kind === 'unreadable') return undefined;
  if (claim.senderId !== undefined) return `id:${claim.senderId}`;
  if (claim.kind === 'unsigned') return undefined;
  const eventId = headers['stripe-signature'] === undefined ? undefined : idIn(payload);
  return eventId === undefined ? `sha256:${await digestOf(claim.prefix, body)}` : `id:${eventId}`;
}

const STRIPE_EVENT = /^evt_[A-Za-z0-9_]{1,100}$/;

function idIn(payload: Json | undefined): string | undefined {
  if (payload === undefined || payload === null || typeof payload !== 'object') return undefined;
  const { id } = payload as JsonObject;
  return typeof id === 'string' && STRIPE_EVENT.test(id) ? id : undefined;
}
