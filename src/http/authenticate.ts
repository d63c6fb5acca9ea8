import { createHash, timingSafeEqual } from 'node:crypto';
import { owner, type Principal, type Scope } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import type { HttpAuth } from './http-deps.ts';
import { problemResponse } from './problem.ts';

export type Caller = {
  readonly request: Request;
  /** The address it came from, when it is known. */
  readonly from: string | undefined;
  /** A session in a browser is for the API; it is never mixed with the tokens of `/mcp`. */
  readonly door: 'api' | 'mcp';
};

/** Who is asking, or the answer that turns them away. */
export async function authenticate(
  { request, from, door }: Caller,
  auth: HttpAuth,
): Promise<Principal | Response> {
  const client = clientOf(request);
  if (auth.kind === 'none') return owner(client);
  const given =
    /^Bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1] ??
    // As clients of an older system send it.
    (door === 'api' ? request.headers.get('x-api-key')?.trim() : undefined);
  if (given === undefined) {
    const person =
      door === 'api' ? ((await auth.browser?.read(request, from, client)) ?? 'nobody') : 'nobody';
    if (person === 'no_csrf') return unmeant();
    if (person === 'nobody') return turnAway(request, auth, 'A token is needed.', '', door);
    return 'waitSeconds' in person ? tooOften(person.waitSeconds) : person;
  }
  if (isSame(given, auth.token)) return owner(client);
  for (const read of auth.readers) {
    const principal = await read(given, client);
    if (principal !== undefined) return principal;
  }
  return turnAway(request, auth, 'The token is not valid.', ', error="invalid_token"', door);
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

/** What an assistant needs. The person who is asked for it may give less. */
const FIRST_SCOPES: readonly Scope[] = ['tasks:read', 'tasks:write', 'tasks:run'];

function turnAway(
  request: Request,
  auth: HttpAuth,
  message: string,
  detail: string,
  door: Caller['door'],
): Response {
  const refusal = new Refusal(
    'forbidden',
    message,
    'Send the header "Authorization: Bearer <token>". "carillon token" shows the token of the owner of the daemon, "carillon keys add" makes one for a program, and "carillon open" signs a browser in.',
  );
  const asksPerson = door === 'api' && auth.kind === 'token' && auth.browser?.hasBasic === true;
  const challenge = challengeOf(request, auth, FIRST_SCOPES, detail);
  return problemResponse(refusal, 401, {
    'www-authenticate': asksPerson ? `${challenge}, Basic realm="carillon"` : challenge,
  });
}

function unmeant(): Response {
  return problemResponse(
    new Refusal(
      'forbidden',
      'A request from a browser that changes something needs the header "X-CSRF-Token".',
      'Its value is in the cookie "carillon-csrf", and in what GET /session answers.',
    ),
  );
}

function tooOften(waitSeconds: number): Response {
  const refusal = new Refusal('unavailable', 'Too many wrong passwords. Wait, then try again.');
  return problemResponse(refusal, 429, { 'retry-after': String(waitSeconds) });
}

const CLIENT_CHARS_MAX = 100;

function clientOf(request: Request): string | undefined {
  const agent = request.headers.get('user-agent')?.replaceAll(/[^\x20-\x7e]/g, '');
  return agent === undefined || agent === '' ? undefined : agent.slice(0, CLIENT_CHARS_MAX);
}
