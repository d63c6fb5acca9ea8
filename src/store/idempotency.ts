import type { Idempotency } from '../ports/store.ts';
import { msOf } from './instants.ts';
import type { Db } from './schema.ts';

/** How long a repeated request is recognised. */
export const IDEMPOTENCY_MS = 7 * 24 * 3_600_000;

export type EarlierRequest =
  | { readonly kind: 'none' }
  | { readonly kind: 'repeated'; readonly madeId: string }
  | { readonly kind: 'key_reused' };

export async function findEarlierRequest(
  db: Db,
  idempotency: Idempotency | undefined,
  now: Temporal.Instant,
): Promise<EarlierRequest> {
  if (idempotency === undefined) return { kind: 'none' };
  const row = await db
    .selectFrom('idempotency')
    .select(['request_hash', 'made_id'])
    .where('principal', '=', idempotency.principal)
    .where('key', '=', idempotency.key)
    .where('created_at', '>', msOf(now) - IDEMPOTENCY_MS)
    .executeTakeFirst();
  if (row === undefined) return { kind: 'none' };
  return row.request_hash === idempotency.requestHash
    ? { kind: 'repeated', madeId: row.made_id }
    : { kind: 'key_reused' };
}

export async function rememberRequest(
  db: Db,
  idempotency: Idempotency | undefined,
  madeId: string,
  now: Temporal.Instant,
): Promise<void> {
  if (idempotency === undefined) return;
  const { principal, key, requestHash } = idempotency;
  const made = { request_hash: requestHash, made_id: madeId, created_at: msOf(now) };
  await db
    .insertInto('idempotency')
    .values({ principal, key, ...made })
    // Only a row too old to count can be in the way.
    .onConflict((conflict) => conflict.columns(['principal', 'key']).doUpdateSet(made))
    .execute();
}
