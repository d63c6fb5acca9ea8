import { createHash, createHmac, randomUUID, timingSafeEqual } from 'node:crypto';

export type TokenKeys = {
  /** What clients show to get a token. */
  readonly apiKey: string;
  /** Signs the tokens; told to nobody. */
  readonly signingKey: string;
};

export const TOKEN_SECONDS = 3_600;

const ISSUER = 'McpScheduler';
const AUDIENCE = 'McpSchedulerClients';
/** The claim under which .NET keeps who somebody is. */
const NAME_IDENTIFIER = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier';
const HEADER = encode({ alg: 'HS256', typ: 'JWT' });
const TOKEN_CHARS_MAX = 4_096;

/** Digests are compared, so that neither length nor content of the key shows in the time it takes. */
export function isApiKey(keys: TokenKeys, given: string): boolean {
  return timingSafeEqual(digest(given), digest(keys.apiKey));
}

/** A JWT (RFC 7519) for a client, signed with HS256. */
export function signToken(keys: TokenKeys, clientId: string, now: Temporal.Instant): string {
  const claims = {
    sub: clientId,
    jti: randomUUID(),
    [NAME_IDENTIFIER]: clientId,
    iss: ISSUER,
    aud: AUDIENCE,
    exp: Math.floor(now.epochMilliseconds / 1_000) + TOKEN_SECONDS,
  };
  const signed = `${HEADER}.${encode(claims)}`;
  return `${signed}.${signature(keys, signed).toString('base64url')}`;
}

/**
 * The client that a token was made for; `undefined` for a token that is not ours, was changed or has
 * expired. Nothing in the token is believed before its signature is known to be good, its algorithm
 * least of all.
 */
export function clientOfToken(
  keys: TokenKeys,
  token: string,
  now: Temporal.Instant,
): string | undefined {
  const [header, payload, given, ...rest] = token.length > TOKEN_CHARS_MAX ? [] : token.split('.');
  if (header !== HEADER || payload === undefined || given === undefined || rest.length > 0) {
    return undefined;
  }
  const wanted = signature(keys, `${header}.${payload}`);
  if (!timingSafeEqual(digest(given), digest(wanted.toString('base64url')))) return undefined;
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<
    string,
    unknown
  >;
  const { sub, iss, aud, exp } = claims;
  const isOurs = iss === ISSUER && aud === AUDIENCE;
  const isFresh = typeof exp === 'number' && exp * 1_000 > now.epochMilliseconds;
  return isOurs && isFresh && typeof sub === 'string' ? sub : undefined;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function signature(keys: TokenKeys, text: string): Buffer {
  return createHmac('sha256', keys.signingKey).update(text).digest();
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
