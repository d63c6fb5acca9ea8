import type { Scope } from './principal.ts';

export type KeyId = `key_${string}`;

/**
 * A key by which a program asks for things. It may be shown as it is, or its id and itself may be
 * handed in for a short-lived token. What it consists of is kept by nobody.
 */
export type ApiKey = {
  readonly id: KeyId;
  /** Unique among the keys that are not revoked. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: Temporal.Instant;
  /** Id of the principal that made it. */
  readonly createdBy: string;
  readonly expiresAt: Temporal.Instant | undefined;
  readonly revokedAt: Temporal.Instant | undefined;
  /** To the minute. */
  readonly lastUsedAt: Temporal.Instant | undefined;
};

/** How long it is before the use of a key is noted again. */
const USE_NOTED_EVERY_MS = 60_000;

export function isKeyUsable(key: ApiKey, now: Temporal.Instant): boolean {
  if (key.revokedAt !== undefined) return false;
  return key.expiresAt === undefined || Temporal.Instant.compare(now, key.expiresAt) < 0;
}

/** Whether a use at `now` is worth a write. */
export function isUseNews(key: ApiKey, now: Temporal.Instant): boolean {
  const sinceMs = now.epochMilliseconds - (key.lastUsedAt?.epochMilliseconds ?? -Infinity);
  return sinceMs >= USE_NOTED_EVERY_MS;
}
