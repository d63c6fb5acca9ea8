import { createHash, timingSafeEqual } from 'node:crypto';
import { owner, type Principal, type Scope } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import type { HttpAuth } from './http-deps.ts';
import { problemResponse } from './problem.ts';

/** Who is asking, or the answer that turns them away. */
export async function authenticate(
  request: Request,
  auth: HttpAuth,
): Promise<Principal | Response> {
  const client = clientOf(request);
  if (auth.kind === 'none') return owner(client);
  const given = /^Bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
  if (given === undefined) return turnAway(request, auth, 'A token is needed.', '');
  if (isSame(given, auth.token)) return owner(client);
  for (const read of auth.readers) {
    const principal = await read(given, client);
    if (principal !== undefined) return principal;
  }
  return turnAway(request, auth, 'The token is not valid.', ', error="invalid_token"');
}

/** The challenge of RFC 6750 and RFC 9728: where to learn how to get a token, and which scopes are wanted. */
export function challengeOf(
  request: Request,
  auth: HttpAuth,
  scopes: readonly Scope[],
  detail: string,
): string {
  const metadata =
    auth.kind === 'token'
      ? auth.metadataUrl?.(request.headers.get('host') ?? undefined)
      : undefined;
  const where = metadata === undefined ? '' : `, resource_metadata="${metadata}"`;
  return `Bearer realm="carillon"${detail}, scope="${scopes.join(' ')}"${where}`;
}

/** Digests are compared, so that neither length nor content of the token shows in the time it takes. */
function isSame(given: string, wanted: string): boolean {
  return timingSafeEqual(digest(given), digest(wanted));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Enough to look around; more is asked for when it is needed. */
const FIRST_SCOPES: readonly Scope[] = ['tasks:read'];

function turnAway(request: Request, auth: HttpAuth, message: string, detail: string): Response {
  const refusal = new Refusal(
    'forbidden',
    message,
    'Send the header "Authorization: Bearer <token>". "carillon token" shows the token of the owner of the daemon, "carillon keys add" makes one for a program.',
  );
  return problemResponse(refusal, 401, {
    'www-authenticate': challengeOf(request, auth, FIRST_SCOPES, detail),
  });
}

const CLIENT_CHARS_MAX = 100;

function clientOf(request: Request): string | undefined {
  const agent = request.headers.get('user-agent')?.replaceAll(/[^\x20-\x7e]/g, '');
  return agent === undefined || agent === '' ? undefined : agent.slice(0, CLIENT_CHARS_MAX);
}
