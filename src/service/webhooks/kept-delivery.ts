import { createMasker, maskText } from '../../domain/masking/masker.ts';
import { Refusal } from '../../domain/refusal.ts';
import { keptHeaders } from '../../domain/webhooks/kept-headers.ts';
import type {
  DeliveryCause,
  NewDelivery,
  Verdict,
  Webhook,
} from '../../domain/webhooks/webhook.ts';
import type { ServicePorts } from '../services.ts';
import type { HookRequest } from './webhook-requests.ts';
import { isWebhookSecret, secretsOfWebhook } from './webhook-secrets.ts';

/** What is kept of a body, in bytes. */
const KEPT_BYTES_MAX = 65_536;

/** What is written down of a request: its beginning, without what is secret. */
export async function keptDelivery(
  ports: ServicePorts,
  webhook: Webhook,
  verdict: Verdict,
  cause: DeliveryCause,
  { source, headers, body }: HookRequest,
  senderId: string | undefined,
  at: Temporal.Instant,
): Promise<NewDelivery> {
  const secrets = await secretValues(ports, webhook, at);
  const isBodyCut = secrets === undefined || body.length > KEPT_BYTES_MAX;
  const masked = (text: string) => (secrets === undefined ? '' : maskText(text, secrets));
  return {
    webhookId: webhook.id,
    at,
    verdict,
    senderId: senderId === undefined ? undefined : masked(senderId),
    source,
    cause,
    headers: Object.fromEntries(
      Object.entries(keptHeaders(headers)).map(([name, value]) => [name, masked(value)]),
    ),
    body: secrets === undefined ? '' : maskBytes(body, secrets),
    bodyBytes: body.length,
    isBodyCut,
    replayOf: undefined,
  };
}

function maskBytes(body: Uint8Array, secrets: readonly string[]): string {
  const masker = createMasker(secrets);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const head = masker.push(body.subarray(0, KEPT_BYTES_MAX));
  const tail = body.length > KEPT_BYTES_MAX ? masker.gap() : masker.end();
  return decoder.decode(head, { stream: true }) + decoder.decode(tail);
}

/** Everything that the vault holds; `undefined` when it cannot be opened, and nothing can be masked. */
async function secretValues(
  ports: ServicePorts,
  webhook: Webhook,
  now: Temporal.Instant,
): Promise<readonly string[] | undefined> {
  try {
    const listed = await ports.secrets.list();
    const names = listed.map(({ name }) => name).filter((name) => !isWebhookSecret(name));
    const values = [...(await ports.secrets.resolve(names)).values()];
    return [...values, ...(await secretsOfWebhook(ports, webhook.id, now))];
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
