import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { Clock } from '../../ports/clock.ts';
import type { ClientMetadata } from './client-metadata.ts';
import type { SealedRecords } from '../sealed-records.ts';

/**
 * How long a code or a refresh token that was just used may come again without harm: clients send
 * two requests at once, or lose an answer. Later it means that somebody else has it.
 */
const REPEAT_MS_MAX = 10_000;
/** A client that nobody has let in is forgotten after this long. */
const NEW_CLIENT_SECONDS = 24 * 3_600;

export type AdapterOptions = {
  readonly records: SealedRecords;
  readonly clock: Clock;
  /** Clients that did not register. */
  readonly findClient: (id: string) => Promise<ClientMetadata | undefined>;
  /** Makes what is thrown when a code or token was used up by somebody else meanwhile. */
  readonly usedUp: () => Error;
};

/** The library's memory over our store; `kind` is the name of one of its models. */
export function storeAdapter(
  kind: string,
  { records, clock, findClient, usedUp }: AdapterOptions,
): Adapter {
  type Found = Awaited<ReturnType<SealedRecords['find']>>;
  const payloadOf = (found: Found): AdapterPayload | undefined => {
    if (found === undefined) return undefined;
    const { expiresAt, consumedAt } = found.record;
    const nowMs = clock.now().epochMilliseconds;
    if (expiresAt !== undefined && expiresAt.epochMilliseconds <= nowMs) return undefined;
    const payload = found.value as AdapterPayload;
    if (consumedAt === undefined) return payload;
    const isRepeat = nowMs - consumedAt.epochMilliseconds < REPEAT_MS_MAX;
    // A code has been exchanged; a refresh token gives another pair.
    if (isRepeat) return kind === 'AuthorizationCode' ? undefined : payload;
    return { ...payload, consumed: Math.floor(consumedAt.epochMilliseconds / 1_000) };
  };
  return {
    upsert: async (id, payload, expiresIn) => {
      const seconds = expiresIn ?? (kind === 'Client' ? NEW_CLIENT_SECONDS : undefined);
      await records.put(kind, id, payload, {
        group: payload.grantId,
        alias: payload.uid,
        expiresAt: seconds === undefined ? undefined : clock.now().add({ seconds }),
      });
    },
    find: async (id) =>
      payloadOf(await records.find(kind, id)) ??
      (kind === 'Client' ? await findClient(id) : undefined),
    findByUid: async (uid) => payloadOf(await records.findByAlias(kind, uid)),
    findByUserCode: async () => undefined,
    consume: async (id) => {
      if (await records.consume(kind, id, clock.now())) return;
      const found = payloadOf(await records.find(kind, id));
      // A refresh token that comes twice within a moment may be consumed twice.
      if (kind !== 'RefreshToken' || found === undefined || found.consumed !== undefined) {
        throw usedUp();
      }
    },
    destroy: async (id) => {
      await records.remove(kind, id);
    },
    revokeByGrantId: async (grantId) => records.removeGroup(kind, grantId),
  };
}
