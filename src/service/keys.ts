import type { ApiKey } from '../domain/api-key.ts';
import { requireScope, type Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import type { ApiKeys, IssuedKey } from '../ports/access.ts';
import type { KeyDraft, ServicePorts } from './services.ts';

const NAME_CHARS_MAX = 64;
const LIFETIME_MS_MIN = 60_000;
const LIFETIME_MS_MAX = 10 * 366 * 86_400_000;

/** Makes a key for a program. Its text is in the answer, and in nothing that is kept. */
export async function addKey(
  ports: ServicePorts,
  principal: Principal,
  { name, scopes, lifetimeMs }: KeyDraft,
): Promise<IssuedKey> {
  const keys = keysFor(ports, principal);
  if (!/^[\p{L}\p{N}][\p{L}\p{N} ._@/-]*$/u.test(name) || name.length > NAME_CHARS_MAX) {
    throw new Refusal(
      'invalid',
      `The name of a key begins with a letter or a digit and has up to ${NAME_CHARS_MAX} letters, digits, spaces and "._@/-".`,
    );
  }
  if (scopes.length === 0) {
    throw new Refusal('invalid', 'A key without a scope may do nothing. Name at least one.');
  }
  const isLong = lifetimeMs !== undefined && lifetimeMs > LIFETIME_MS_MAX;
  const isShort = lifetimeMs !== undefined && lifetimeMs < LIFETIME_MS_MIN;
  if (isLong || isShort) {
    throw new Refusal('invalid', 'A key lives from one minute to ten years.');
  }
  const issued = await keys.issue({
    name,
    scopes,
    createdBy: principal.id,
    expiresAt:
      lifetimeMs === undefined ? undefined : ports.clock.now().add({ milliseconds: lifetimeMs }),
  });
  if (issued === 'name_taken') {
    throw new Refusal(
      'conflict',
      `There is a key "${name}" already.`,
      'Revoke it, or choose another name.',
    );
  }
  if (issued === 'too_many') {
    throw new Refusal('conflict', 'There are too many keys. Revoke those that nobody uses.');
  }
  return issued;
}

export async function listKeys(
  ports: ServicePorts,
  principal: Principal,
): Promise<readonly ApiKey[]> {
  return keysFor(ports, principal).list();
}

/** Nobody can use it from now on, nor a token that was got for it. */
export async function revokeKey(
  ports: ServicePorts,
  principal: Principal,
  reference: string,
): Promise<ApiKey> {
  const revoked = await keysFor(ports, principal).revoke(reference);
  if (revoked !== undefined) return revoked;
  throw new Refusal(
    'not_found',
    `There is no key ${JSON.stringify(reference.slice(0, NAME_CHARS_MAX))} that could be revoked.`,
    'GET /api/v1/keys tells those there are.',
  );
}

function keysFor(ports: ServicePorts, principal: Principal): ApiKeys {
  requireScope(principal, 'admin');
  if (principal.kind === 'agent_run') {
    throw new Refusal('forbidden', 'An agent may not make, see or revoke keys. A person may.');
  }
  if (ports.apiKeys === undefined) {
    throw new Refusal('unavailable', 'This process has no keys. Ask the daemon.');
  }
  return ports.apiKeys;
}
