import type { SignatureScheme } from './webhook.ts';

/** What a request says about who sent it, to be checked against a secret. */
export type Claim =
  /** The address was enough. */
  | { readonly kind: 'unsigned'; readonly senderId: string | undefined }
  | {
      readonly kind: 'signed';
      /** Stands before the raw body in what was signed. */
      readonly prefix: string;
      readonly signatures: readonly Uint8Array<ArrayBuffer>[];
      /** When it was signed, in milliseconds since the epoch; absent where the scheme does not say. */
      readonly signedMs: number | undefined;
      /** The sender's own id; absent when the scheme has none that is signed. */
      readonly senderId: string | undefined;
    }
  /** Headers of the scheme are absent or not readable. */
  | { readonly kind: 'unreadable' };

/** How far the time of a signature may be off, in milliseconds. */
const SIGNATURE_MS_MAX = 5 * 60_000;

/** Signatures of one request that are looked at: senders give two while they change secrets. */
const SIGNATURES_MAX = 8;
const SENDER_ID_CHARS_MAX = 200;

type Headers = Readonly<Record<string, string>>;

/** @param headers by their names in lower case. */
export function readClaim(scheme: SignatureScheme, headers: Headers): Claim {
  return READERS[scheme](headers);
}

export function isLate(signedMs: number | undefined, nowMs: number): boolean {
  return signedMs !== undefined && Math.abs(nowMs - signedMs) > SIGNATURE_MS_MAX;
}

const READERS: Readonly<Record<SignatureScheme, (headers: Headers) => Claim>> = {
  standard: readStandard,
  github: readGithub,
  timestamped: readTimestamped,
  path_token: (headers) => ({
    kind: 'unsigned',
    senderId: senderIdOf(
      headers['webhook-id'] ?? headers['x-github-delivery'] ?? headers['idempotency-key'],
    ),
  }),
};

/** Standard Webhooks 1.0: `v1,<base64>` over `id.timestamp.body`. */
function readStandard(headers: Headers): Claim {
  const id = senderIdOf(headers['webhook-id']);
  const time = headers['webhook-timestamp'];
  const signedMs = readSeconds(time);
  const signatures = (headers['webhook-signature'] ?? '')
    .split(' ')
    .filter((part) => part.startsWith('v1,'))
    .map((part) => readBase64(part.slice('v1,'.length)));
  if (id === undefined || time === undefined || signedMs === undefined) return UNREADABLE;
  return signed(`${id}.${time}.`, signatures, signedMs, id);
}

/** GitHub signs the body alone, so nothing tells when; the id of the delivery is what repeats. */
function readGithub(headers: Headers): Claim {
  const [, hex] = /^sha256=([0-9a-f]{64})$/i.exec(headers['x-hub-signature-256'] ?? '') ?? [];
  const id = senderIdOf(headers['x-github-delivery']);
  return signed('', [readHex(hex)], undefined, id);
}

/** As Stripe does it: `t=<seconds>,v1=<hex>` over `t.body`. */
function readTimestamped(headers: Headers): Claim {
  const parts = (headers['stripe-signature'] ?? headers['carillon-signature'] ?? '')
    .split(',')
    .map((part) => part.trim().split('='));
  const time = parts.find(([name]) => name === 't')?.[1];
  const signedMs = readSeconds(time);
  const signatures = parts.filter(([name]) => name === 'v1').map(([, hex]) => readHex(hex));
  if (time === undefined || signedMs === undefined) return UNREADABLE;
  return signed(`${time}.`, signatures, signedMs, undefined);
}

const UNREADABLE: Claim = { kind: 'unreadable' };

function signed(
  prefix: string,
  found: readonly (Uint8Array<ArrayBuffer> | undefined)[],
  signedMs: number | undefined,
  senderId: string | undefined,
): Claim {
  const signatures = found.slice(0, SIGNATURES_MAX).filter((signature) => signature !== undefined);
  return signatures.length === 0
    ? UNREADABLE
    : { kind: 'signed', prefix, signatures, signedMs, senderId };
}

function senderIdOf(text: string | undefined): string | undefined {
  const id = text?.trim() ?? '';
  return id === '' || id.length > SENDER_ID_CHARS_MAX ? undefined : id;
}

function readSeconds(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) * 1_000 : undefined;
}

function readHex(text: string | undefined): Uint8Array<ArrayBuffer> | undefined {
  if (text === undefined || !/^(?:[0-9a-f]{2}){32}$/i.test(text)) return undefined;
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function readBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9+/]{2,200}={0,2}$/.test(text)) return undefined;
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}
