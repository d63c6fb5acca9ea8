import type { Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Idempotency } from '../ports/store.ts';
import { requestHash } from './request-hash.ts';

const KEY_CHARS_MAX = 255;

/** What the store keeps of a request that may be repeated; absent when its caller gave no key. */
export async function idempotencyOf(
  principal: Principal,
  verb: string,
  key: string | undefined,
  request: object,
): Promise<Idempotency | undefined> {
  if (key === undefined) return undefined;
  if (key.trim() === '' || key.length > KEY_CHARS_MAX) {
    throw new Refusal('invalid', `The idempotency key must have 1 to ${KEY_CHARS_MAX} characters.`);
  }
  return {
    // Two profiles of one person are two callers: neither must meet the other's keys.
    principal: `${principal.id}@${principal.namespace}`,
    key: `${verb}:${key}`,
    requestHash: await requestHash(request),
  };
}

export function keyReused(): Refusal {
  return new Refusal(
    'conflict',
    'This idempotency key was used for a different request. Use a new key, or repeat the first request unchanged.',
  );
}
