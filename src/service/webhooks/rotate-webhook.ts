import { requireScope, type Principal } from '../../domain/principal.ts';
import { Refusal } from '../../domain/refusal.ts';
import { TOKEN_CHARS, tokenOf } from '../../domain/webhooks/webhook.ts';
import type { ServicePorts } from '../services.ts';
import { changeWebhook } from './edit-webhook.ts';
import { findWebhook } from './find-webhook.ts';
import type { RotateRequest, WebhookRef, WebhookWithSecret } from './webhook-requests.ts';
import { checkSecret, drawSecret, keepWebhookSecret, secretsOfWebhook } from './webhook-secrets.ts';

const DAY_MS = 24 * 3_600_000;
const OVERLAP_MS_DEFAULT = DAY_MS;
const OVERLAP_MS_MAX = 30 * DAY_MS;

/**
 * Gives the webhook a new secret, or a new address when the address is its secret. The former one works
 * until the overlap is over, a day unless the caller says otherwise.
 */
export async function rotateWebhook(
  ports: ServicePorts,
  principal: Principal,
  ref: WebhookRef,
  { secret: given, overlapMs = OVERLAP_MS_DEFAULT }: RotateRequest,
): Promise<WebhookWithSecret> {
  requireScope(principal, 'tasks:write');
  if (!(overlapMs >= 0 && overlapMs <= OVERLAP_MS_MAX)) {
    throw new Refusal('invalid', 'The former secret may work for 0 seconds to 30 days more.');
  }
  const webhook = await findWebhook(ports, principal, ref);
  const now = await ports.store.now();
  const until = now.add({ milliseconds: Math.trunc(overlapMs) });
  if (webhook.scheme === 'path_token') {
    if (given !== undefined) checkSecret(webhook.scheme, given);
    const token = tokenOf(ports.ids.randomBytes(TOKEN_CHARS));
    const changed = await changeWebhook(ports, principal, webhook.id, (current) => ({
      ...current,
      token,
      formerToken: { token: current.token, until },
    }));
    return { ...changed, secret: undefined };
  }
  const secret =
    given === undefined ? drawSecret(ports, webhook.scheme) : checkSecret(webhook.scheme, given);
  const [before] = await secretsOfWebhook(ports, webhook.id, now);
  await keepWebhookSecret(
    ports,
    webhook.id,
    secret,
    before === undefined || before === secret ? undefined : { secret: before, until },
  );
  // Nothing of the webhook itself is another, but who watches it wants to know.
  const changed = await changeWebhook(ports, principal, webhook.id, (current) => current);
  return { ...changed, secret: given === undefined ? secret : undefined };
}
