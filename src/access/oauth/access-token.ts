import { randomUUID, sign, verify } from 'node:crypto';
import type { SigningKey } from './signing-key.ts';

export type TokenClaims = {
  /** Who is asking: the id of a key, or of a person. */
  readonly sub: string;
  readonly client_id: string;
  readonly scope: string;
  /** Digest of the grant that a person gave; absent for keys. */
  readonly grant?: string;
};

/** Whose tokens are meant (`issuer`), and whom they are for (`audience`). */
export type TokenParties = { readonly issuer: string; readonly audience: string };

/** Access tokens live for so many seconds: a lost one is soon worth nothing. */
export const TOKEN_SECONDS = 600;

/** A JWT access token (RFC 9068), signed with ES256. */
export function signToken(
  key: SigningKey,
  { issuer, audience }: TokenParties,
  claims: TokenClaims,
  now: Temporal.Instant,
): string {
  const iat = secondsOf(now);
  const header = encode({ alg: 'ES256', typ: 'at+jwt', kid: key.kid });
  const times = { iat, exp: iat + TOKEN_SECONDS, jti: randomUUID() };
  const payload = encode({ ...claims, ...times, iss: issuer, aud: audience });
  const signed = `${header}.${payload}`;
  const signature = sign('sha256', Buffer.from(signed), {
    key: key.privateKey,
    dsaEncoding: 'ieee-p1363',
  });
  return `${signed}.${signature.toString('base64url')}`;
}

/**
 * What a token says; `undefined` for one that is not ours, is for somebody else, was changed or has
 * expired. Nothing in it is believed before its signature is known to be good.
 */
export function readToken(
  key: SigningKey,
  { issuer, audience }: TokenParties,
  token: string,
  now: Temporal.Instant,
): TokenClaims | undefined {
  const [header, payload, signature, ...rest] =
    token.length > TOKEN_CHARS_MAX ? [] : token.split('.');
  if (header === undefined || payload === undefined || signature === undefined) return undefined;
  if (rest.length > 0) return undefined;
  const { alg, typ } = decode(header);
  if (alg !== 'ES256' || typ !== 'at+jwt') return undefined;
  const isSigned = verify(
    'sha256',
    Buffer.from(`${header}.${payload}`),
    { key: key.publicKey, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  if (!isSigned) return undefined;
  const { sub, client_id, scope, grant, iss, aud, exp } = decode(payload);
  const isFresh = typeof exp === 'number' && exp > secondsOf(now);
  if (iss !== issuer || aud !== audience || !isFresh) return undefined;
  if (typeof sub !== 'string' || typeof client_id !== 'string') return undefined;
  return {
    sub,
    client_id,
    scope: typeof scope === 'string' ? scope : '',
    ...(typeof grant === 'string' ? { grant } : {}),
  };
}

const TOKEN_CHARS_MAX = 8_192;

function secondsOf(now: Temporal.Instant): number {
  return Math.floor(now.epochMilliseconds / 1_000);
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(part: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
