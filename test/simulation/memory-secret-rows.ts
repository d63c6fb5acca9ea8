import { FOR_EVERYTHING } from '../../src/domain/secrets/secret-grants.ts';
import type { SecretListing, SecretRow, SecretRows } from '../../src/ports/secrets.ts';

export type KeptSecret = SecretRow & Pick<SecretListing, 'grants' | 'lastUse'>;

/** The rows of a vault in memory. Each answer takes a turn, so that two vaults interleave. */
export function memorySecretRows(
  secrets: Map<string, KeptSecret>,
  meta: Map<string, Uint8Array>,
): SecretRows {
  const change = (name: string, changed: Partial<KeptSecret>): boolean => {
    const kept = secrets.get(name);
    if (kept !== undefined) secrets.set(name, { ...kept, ...changed });
    return kept !== undefined;
  };
  return {
    getMeta: async (key) => meta.get(key),
    listMeta: async (prefix) =>
      [...meta]
        .filter(([key]) => key.startsWith(prefix))
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, value]) => ({ key, value })),
    insertMeta: async (key, value) => {
      await Promise.resolve();
      if (meta.has(key)) return false;
      meta.set(key, value);
      return true;
    },
    changeMeta: async (written, removed) => {
      await Promise.resolve();
      for (const { key, value } of written) meta.set(key, value);
      for (const key of removed) meta.delete(key);
    },
    put: async (row, grants) => {
      await Promise.resolve();
      const kept = secrets.get(row.name);
      secrets.set(row.name, {
        ...row,
        createdAt: kept?.createdAt ?? row.createdAt,
        grants: grants ?? kept?.grants ?? FOR_EVERYTHING,
        lastUse: kept?.lastUse,
      });
    },
    replaceSealed: async (name, before, after) => {
      await Promise.resolve();
      const sealed = secrets.get(name)?.sealed;
      if (sealed === undefined || Buffer.compare(sealed, before) !== 0) return false;
      return change(name, { sealed: after });
    },
    setGrants: async (name, grants) => change(name, { grants }),
    noteUse: async (names, by, at) => {
      for (const name of names) change(name, { lastUse: { ...by, at } });
    },
    get: async (names) =>
      names
        .flatMap((name) => secrets.get(name) ?? [])
        .map(({ name, sealed, createdAt, updatedAt }) => ({ name, sealed, createdAt, updatedAt })),
    list: async () =>
      [...secrets.values()]
        .toSorted((a, b) => (a.name < b.name ? -1 : 1))
        .map(({ sealed: _sealed, ...listing }) => listing),
    remove: async (name) => secrets.delete(name),
  };
}
