import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { isKeyUsable, isUseNews, type ApiKey, type KeyId } from '../domain/api-key.ts';
import { idSuffix } from '../domain/id.ts';
import type { Principal } from '../domain/principal.ts';
import type { ApiKeyRow, ApiKeyRows, ApiKeys } from '../ports/access.ts';
import type { Clock } from '../ports/clock.ts';

export type KeyRing = ApiKeys & {
  /** Whom the text of a key speaks for; `undefined` for anything else. */
  read(text: string, client: string | undefined): Promise<Principal | undefined>;
  /** The key of this id, if its text is this. */
  check(id: string, text: string): Promise<ApiKey | undefined>;
  /** The key of this id, if it may be used now; its use is noted. */
  use(id: string): Promise<ApiKey | undefined>;
};

/** Enough for every program of a team, and few enough to be listed at once. */
const KEYS_MAX = 500;

export function openKeyRing(rows: ApiKeyRows, clock: Clock): KeyRing {
  const use = async (id: string): Promise<ApiKeyRow | undefined> => {
    const row = await rows.find(id as KeyId);
    const now = clock.now();
    if (row === undefined || !isKeyUsable(row, now)) return undefined;
    if (isUseNews(row, now)) await rows.noteUse(row.id, now);
    return row;
  };
  const check = async (id: string, text: string): Promise<ApiKey | undefined> => {
    const row = KEY_ID.test(id) ? await rows.find(id as KeyId) : undefined;
    // A key that does not exist takes as long as one that is wrong.
    const isSame = isDigestOf(row?.digest ?? digestOf(id), text);
    return row !== undefined && isSame ? use(row.id) : undefined;
  };
  return {
    issue: async ({ name, scopes, createdBy, expiresAt }) => {
      const now = clock.now();
      const live = (await rows.list(KEYS_MAX)).filter((row) => isKeyUsable(row, now));
      if (live.length >= KEYS_MAX) return 'too_many';
      const id: KeyId = `key_${idSuffix(now.epochMilliseconds, randomBytes(ID_BYTES))}`;
      const text = `${PREFIX}${id}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
      const key: ApiKey = {
        id,
        name,
        scopes,
        createdAt: now,
        createdBy,
        expiresAt,
        revokedAt: undefined,
        lastUsedAt: undefined,
      };
      const inserted = await rows.insert({ ...key, digest: digestOf(text) });
      return inserted === 'name_taken' ? inserted : { key, text };
    },
    list: async () => (await rows.list(KEYS_MAX)).map(withoutDigest),
    revoke: async (reference) => {
      const row =
        (KEY_ID.test(reference) ? await rows.find(reference as KeyId) : undefined) ??
        (await rows.findByName(reference));
      const at = clock.now();
      if (row === undefined || !(await rows.revoke(row.id, at))) return undefined;
      return withoutDigest({ ...row, revokedAt: at });
    },
    read: async (text, client) => {
      const id = KEY_TEXT.exec(text)?.[1];
      const key = id === undefined ? undefined : await check(id, text);
      return key === undefined ? undefined : principalOf(key, 'api_key', key.scopes, client);
    },
    check,
    use: async (id) => (KEY_ID.test(id) ? use(id) : undefined),
  };
}

/** Whoever holds a key, or a token that was got for it. */
export function principalOf(
  key: ApiKey,
  kind: 'api_key' | 'machine',
  scopes: Principal['scopes'],
  client: string | undefined,
): Principal {
  return { kind, id: key.id, scopes, client, parentRunId: undefined, namespace: 'all' };
}

const PREFIX = 'carillon_';
const ID_BYTES = 10;
const SECRET_BYTES = 32;
const KEY_ID = /^key_[0-9a-z]{26}$/;
const KEY_TEXT = /^carillon_(key_[0-9a-z]{26})_[\w-]{43}$/;

function withoutDigest({ digest: _digest, ...key }: ApiKeyRow): ApiKey {
  return key;
}

/** The text is 256 random bits: nothing slower than one digest is needed to keep it. */
function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function isDigestOf(wanted: string, text: string): boolean {
  return timingSafeEqual(Buffer.from(wanted), Buffer.from(digestOf(text)));
}
