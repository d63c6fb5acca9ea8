import { scopesIn, type Scope } from '../../domain/principal.ts';
import type { Clock } from '../../ports/clock.ts';
import { signToken, TOKEN_SECONDS, type TokenParties } from './access-token.ts';
import type { KeyRing } from '../api-keys.ts';
import type { SigningKey } from './signing-key.ts';

export type TokenRequest = {
  readonly form: URLSearchParams;
  readonly authorization: string | undefined;
};

/** The grant of machines (RFC 6749, 4.4): the id of a key and its text for a short-lived token. */
export async function grantClientCredentials(
  { form, authorization }: TokenRequest,
  keys: KeyRing,
  signingKey: SigningKey,
  parties: TokenParties & { readonly isResource: (url: string) => boolean },
  clock: Clock,
): Promise<Response> {
  const client = clientIn(form, authorization);
  const key = client === undefined ? undefined : await keys.check(client.id, client.secret);
  if (key === undefined) {
    return oauthError(401, 'invalid_client', 'The client is not known, or its secret is wrong.', {
      'www-authenticate': 'Basic realm="carillon"',
    });
  }
  if (!form.getAll('resource').every(parties.isResource)) {
    return oauthError(400, 'invalid_target', 'Tokens are made for this server alone.');
  }
  const granted = scopesFor(form.get('scope'), key.scopes);
  if (granted === undefined) {
    return oauthError(400, 'invalid_scope', 'The key does not have these scopes.');
  }
  const scope = granted.join(' ');
  const claims = { sub: key.id, client_id: key.id, scope };
  return Response.json({
    access_token: signToken(signingKey, parties, claims, clock.now()),
    token_type: 'Bearer',
    expires_in: TOKEN_SECONDS,
    scope,
  });
}

/** An error as RFC 6749 section 5.2 writes it. */
export function oauthError(
  status: number,
  error: string,
  description: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return Response.json({ error, error_description: description }, { status, headers });
}

/** By `client_secret_basic` or `client_secret_post`, and never by both. */
export function clientIn(
  form: URLSearchParams,
  authorization: string | undefined,
): { readonly id: string; readonly secret: string } | undefined {
  const id = form.get('client_id');
  const secret = form.get('client_secret');
  if (authorization === undefined) {
    return id === null || secret === null ? undefined : { id, secret };
  }
  const given = /^Basic +([\w+/=-]+)$/i.exec(authorization)?.[1];
  if (given === undefined || secret !== null) return undefined;
  const [name, ...rest] = Buffer.from(given, 'base64').toString().split(':');
  try {
    return { id: decoded(name ?? ''), secret: decoded(rest.join(':')) };
  } catch {
    return undefined;
  }
}

function decoded(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

/** What was asked for, or all that the key has; `undefined` when it asks for more. */
function scopesFor(asked: string | null, held: readonly Scope[]): readonly Scope[] | undefined {
  if (asked === null || asked.trim() === '') return held;
  const scopes = scopesIn(asked);
  const isAdmin = held.includes('admin');
  const isHeld = scopes.every((scope) => isAdmin || held.includes(scope));
  return scopes.length > 0 && isHeld ? scopes : undefined;
}
