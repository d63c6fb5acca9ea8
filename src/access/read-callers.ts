import { SCOPES, scopesIn, type Principal } from '../domain/principal.ts';
import { principalOf } from './api-keys.ts';
import { readToken } from './oauth/access-token.ts';
import { ACCOUNT } from './oauth/account.ts';
import type { AccessInside } from './open-access.ts';
import { isSame, type TooOften } from './people/people.ts';

/** Whom an access token speaks for: a machine with a key, or a program that a person let in. */
export async function readJwt(
  inside: AccessInside,
  token: string,
  client: string | undefined,
): Promise<Principal | undefined> {
  const { clock, keys, records, addresses } = inside;
  const { issuer, resource: audience } = addresses();
  const now = clock.now();
  const claims = readToken(await inside.signingKey(), { issuer, audience }, token, now);
  if (claims === undefined) return undefined;
  const scopes = scopesIn(claims.scope);
  if (claims.grant === undefined) {
    const key = await keys.use(claims.sub);
    if (key === undefined) return undefined;
    const isHeld = (scope: (typeof scopes)[number]): boolean =>
      key.scopes.includes(scope) || key.scopes.includes('admin');
    return principalOf(key, 'machine', scopes.filter(isHeld), client);
  }
  // What a person takes back is gone at once, though its tokens would live on for minutes.
  const grant = await records.find('Grant', claims.grant);
  if (grant === undefined || claims.sub !== ACCOUNT) return undefined;
  return {
    kind: 'remote_client',
    id: `client:${claims.client_id}`,
    scopes,
    client,
    parentRunId: undefined,
    namespace: 'all',
  };
}

/** Who sits at a browser: by a session, whose unsafe requests show its token, or by name and password. */
export async function readBrowser(
  { people, cookie }: AccessInside,
  request: Request,
  from: string | undefined,
  client: string | undefined,
): Promise<Principal | 'nobody' | 'no_csrf' | TooOften> {
  const { method, headers } = request;
  const authorization = headers.get('authorization') ?? '';
  if (authorization !== '') {
    const isBasic = people.isBasic(authorization, from ?? '');
    if (typeof isBasic === 'object') return isBasic;
    return isBasic ? personAt(client) : 'nobody';
  }
  const token = cookie().read(headers.get('cookie'));
  const session = token === undefined ? undefined : await people.find(token);
  if (session === undefined) return 'nobody';
  const isSafe = method === 'GET' || method === 'HEAD';
  if (!isSafe && !isSame(headers.get('x-csrf-token') ?? '', session.csrf)) return 'no_csrf';
  return personAt(client);
}

function personAt(client: string | undefined): Principal {
  return {
    kind: 'person',
    id: ACCOUNT,
    scopes: SCOPES,
    client,
    parentRunId: undefined,
    namespace: 'all',
  };
}
