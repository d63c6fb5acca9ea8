import { Refusal } from '../../domain/refusal.ts';
import { readBase64 } from '../../domain/webhooks/read-claim.ts';
import type { SignatureScheme, WebhookId } from '../../domain/webhooks/webhook.ts';
import type { ServicePorts } from '../services.ts';

/** Names of the vault that belong to webhooks: no task can be granted them. */
const PREFIX = 'webhook.';

export function isWebhookSecret(name: string): boolean {
  return name.startsWith(PREFIX);
}

/** Of the values of a vault those that belong to webhooks: by id, what counts now. */
export function sealedWebhookSecrets(
  values: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  return new Map(
    [...values]
      .filter(([name]) => isWebhookSecret(name))
      .map(([name, text]) => [name.slice(PREFIX.length), (JSON.parse(text) as Kept).current]),
  );
}

type Kept = {
  readonly current: string;
  readonly former?: string;
  /** Until when the former one works, in milliseconds since the epoch. */
  readonly untilMs?: number;
};

/** The secrets that count now, the current one first; none for a scheme without. */
export async function secretsOfWebhook(
  { secrets }: ServicePorts,
  id: WebhookId,
  now: Temporal.Instant,
): Promise<readonly string[]> {
  const name = nameOf(id);
  const text = (await secrets.resolve([name])).get(name);
  if (text === undefined) return [];
  const { current, former, untilMs = 0 } = JSON.parse(text) as Kept;
  return former !== undefined && now.epochMilliseconds < untilMs ? [current, former] : [current];
}

/** Makes this the current secret. The one before works until `formerUntil`. */
export async function keepWebhookSecret(
  ports: ServicePorts,
  id: WebhookId,
  secret: string,
  before?: { readonly secret: string; readonly until: Temporal.Instant },
): Promise<void> {
  const kept: Kept = {
    current: secret,
    ...(before === undefined
      ? {}
      : { former: before.secret, untilMs: before.until.epochMilliseconds }),
  };
  await ports.secrets.set(nameOf(id), JSON.stringify(kept));
}

export async function forgetWebhookSecret(ports: ServicePorts, id: WebhookId): Promise<void> {
  await ports.secrets.remove(nameOf(id));
}

/** A new secret for the scheme, of 256 bits. */
export function drawSecret(ports: ServicePorts, scheme: SignatureScheme): string {
  const bytes = ports.ids.randomBytes(SECRET_BYTES);
  return scheme === 'standard'
    ? STANDARD_PREFIX + btoa(String.fromCharCode(...bytes))
    : Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Refuses a secret that the scheme cannot use, or that could be guessed. */
export function checkSecret(scheme: SignatureScheme, secret: string): string {
  if (scheme === 'path_token') {
    throw new Refusal(
      'invalid',
      'A webhook of the scheme "path_token" has no secret beside its address. Leave "secret" out.',
    );
  }
  const bytes = keyBytes(scheme, secret);
  if (bytes !== undefined && bytes.length >= SECRET_BYTES_MIN && secret.length <= SECRET_CHARS_MAX)
    return secret;
  throw new Refusal(
    'invalid',
    scheme === 'standard'
      ? 'The secret of a Standard Webhook is "whsec_" and 16 to 300 bytes in base64. Leave "secret" out to have one drawn.'
      : 'The secret needs 16 to 400 characters. Leave "secret" out to have one drawn.',
  );
}

const SECRET_BYTES = 32;
const SECRET_BYTES_MIN = 16;
const SECRET_CHARS_MAX = 400;
const STANDARD_PREFIX = 'whsec_';

/** The key that the scheme makes of a secret. */
export function keyBytes(
  scheme: SignatureScheme,
  secret: string,
): Uint8Array<ArrayBuffer> | undefined {
  if (scheme !== 'standard') return new TextEncoder().encode(secret);
  return secret.startsWith(STANDARD_PREFIX)
    ? readBase64(secret.slice(STANDARD_PREFIX.length))
    : undefined;
}

function nameOf(id: WebhookId): string {
  return PREFIX + id;
}
