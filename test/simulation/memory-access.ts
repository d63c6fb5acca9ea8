import type { AccessRecord, AccessRecords, ApiKeyRow, ApiKeyRows } from '../../src/ports/access.ts';
import type { MemoryState } from './memory-state.ts';

export function memoryApiKeys({ apiKeys }: MemoryState): ApiKeyRows {
  const inUse = (name: string): ApiKeyRow | undefined =>
    [...apiKeys.values()].find((row) => row.name === name && row.revokedAt === undefined);
  return {
    insert: async (row) => {
      if (inUse(row.name) !== undefined) return 'name_taken';
      apiKeys.set(row.id, row);
      return 'inserted';
    },
    find: async (id) => apiKeys.get(id),
    findByName: async (name) => inUse(name),
    list: async (limit) =>
      [...apiKeys.values()].toSorted((a, b) => (a.id < b.id ? 1 : -1)).slice(0, limit),
    revoke: async (id, at) => {
      const row = apiKeys.get(id);
      if (row === undefined || row.revokedAt !== undefined) return false;
      apiKeys.set(id, { ...row, revokedAt: at });
      return true;
    },
    noteUse: async (id, at) => {
      const row = apiKeys.get(id);
      if (row !== undefined) apiKeys.set(id, { ...row, lastUsedAt: at });
    },
  };
}

export function memoryAccessRecords({ accessRecords: records }: MemoryState): AccessRecords {
  const keep = (record: AccessRecord): void => {
    records.set(keyOf(record.kind, record.id), record);
  };
  const ofKind = (kind: string): readonly AccessRecord[] =>
    [...records.values()].filter((record) => record.kind === kind);
  return {
    put: async (record) => keep(record),
    insert: async (record) => {
      if (records.has(keyOf(record.kind, record.id))) return false;
      keep(record);
      return true;
    },
    find: async (kind, id) => records.get(keyOf(kind, id)),
    findByAlias: async (kind, alias) => ofKind(kind).find((record) => record.alias === alias),
    consume: async (kind, id, at) => {
      const record = records.get(keyOf(kind, id));
      if (record === undefined || record.consumedAt !== undefined) return false;
      keep({ ...record, consumedAt: at });
      return true;
    },
    remove: async (kind, id) => records.delete(keyOf(kind, id)),
    removeGroup: async (kind, group) => {
      for (const record of ofKind(kind)) {
        if (record.group === group) records.delete(keyOf(kind, record.id));
      }
    },
    removeKind: async (kind) => {
      for (const { id } of ofKind(kind)) records.delete(keyOf(kind, id));
    },
    list: async (kind, limit) =>
      ofKind(kind)
        .toSorted((a, b) => endOf(b) - endOf(a) || (a.id < b.id ? -1 : 1))
        .slice(0, limit),
    count: async (kind) => ofKind(kind).length,
  };
}

/** Removes what has expired. @returns how many. */
export function pruneAccess(
  { accessRecords: records }: MemoryState,
  nowMs: number,
  limit: number,
): number {
  const old = [...records].filter(
    ([, { expiresAt }]) => expiresAt !== undefined && expiresAt.epochMilliseconds <= nowMs,
  );
  const gone = old.slice(0, Math.max(0, limit));
  for (const [key] of gone) records.delete(key);
  return gone.length;
}

/** One without an end comes last, as null does in SQL. */
function endOf({ expiresAt }: AccessRecord): number {
  return expiresAt?.epochMilliseconds ?? -1;
}

function keyOf(kind: string, id: string): string {
  return `${kind}\0${id}`;
}
