import type { Claim } from '../../domain/webhooks/read-claim.ts';
import type { SignatureScheme } from '../../domain/webhooks/webhook.ts';
import { keyBytes } from './webhook-secrets.ts';

/** Whether one of the secrets made one of the signatures; compared in constant time. */
export async function isSignedBy(
  scheme: SignatureScheme,
  secrets: readonly string[],
  claim: Extract<Claim, { kind: 'signed' }>,
  body: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const content = joined(claim.prefix, body);
  for (const secret of secrets) {
    const key = await keyOf(scheme, secret);
    if (key === undefined) continue;
    for (const signature of claim.signatures) {
      if (await crypto.subtle.verify('HMAC', key, signature, content)) return true;
    }
  }
  return false;
}

/** The headers with which a sender of this scheme would send the body. */
export async function signedHeaders(
  scheme: SignatureScheme,
  secret: string | undefined,
  id: string,
  now: Temporal.Instant,
  body: Uint8Array<ArrayBuffer>,
): Promise<Readonly<Record<string, string>>> {
  const key = secret === undefined ? undefined : await keyOf(scheme, secret);
  const time = String(Math.floor(now.epochMilliseconds / 1_000));
  if (key === undefined || scheme === 'path_token') return { 'webhook-id': id };
  const sign = async (prefix: string) =>
    new Uint8Array(await crypto.subtle.sign('HMAC', key, joined(prefix, body)));
  switch (scheme) {
    case 'standard': {
      const signature = btoa(String.fromCharCode(...(await sign(`${id}.${time}.`))));
      return {
        'webhook-id': id,
        'webhook-timestamp': time,
        'webhook-signature': `v1,${signature}`,
      };
    }
    case 'github':
      return { 'x-github-delivery': id, 'x-hub-signature-256': `sha256=${hex(await sign(''))}` };
    case 'timestamped':
      return { 'carillon-signature': `t=${time},v1=${hex(await sign(`${time}.`))}` };
  }
}

/** SHA-256 of the bytes behind the prefix, in hex. */
export async function digestOf(prefix: string, body: Uint8Array<ArrayBuffer>): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', joined(prefix, body))));
}

async function keyOf(scheme: SignatureScheme, secret: string) {
  const bytes = keyBytes(scheme, secret);
  if (bytes === undefined) return undefined;
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  return crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign', 'verify']);
}

function joined(prefix: string, body: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(prefix);
  const whole = new Uint8Array(head.length + body.length);
  whole.set(head);
  whole.set(body, head.length);
  return whole;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
