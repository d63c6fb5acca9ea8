import type { KeyRing } from '../api-keys.ts';
import { clientIn, oauthError } from './client-credentials.ts';
import type { ClientMetadata } from './client-metadata.ts';
import { CLAUDE_CALLBACKS } from './known-clients.ts';
import type { PlainRequest } from './node-exchange.ts';

/**
 * A key as the client of a remote assistant that wants an id and a secret typed in, as clients of the older Claude
 * Runner do: the person still lets it in. `undefined` when there is no such key.
 */
export async function keyClient(keys: KeyRing, id: string): Promise<ClientMetadata | undefined> {
  const key = await keys.use(id);
  if (key === undefined) return undefined;
  return {
    client_id: key.id,
    client_name: key.name,
    redirect_uris: CLAUDE_CALLBACKS,
    // The digest of its secret is all that is kept: it is compared before the library sees the request.
    token_endpoint_auth_method: 'none',
  };
}

/** Lets a request of such a client pass without its secret when that is right; others pass as they are. */
export async function checkKeyClient(
  keys: KeyRing,
  plain: PlainRequest,
): Promise<PlainRequest | Response> {
  const form = new URLSearchParams(plain.body);
  const { authorization, ...headers } = plain.headers;
  const client = clientIn(form, authorization);
  const id = client?.id ?? form.get('client_id');
  if (id === null || (await keys.use(id)) === undefined) return plain;
  if (client === undefined || (await keys.check(id, client.secret)) === undefined) {
    return oauthError(401, 'invalid_client', 'The secret of this client is missing or wrong.');
  }
  form.delete('client_secret');
  form.set('client_id', id);
  return { ...plain, headers, body: form.toString() };
}
