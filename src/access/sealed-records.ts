import { createHash, randomBytes } from 'node:crypto';
import type { AccessRecord, AccessRecords } from '../ports/access.ts';
import { seal, unseal } from '../secrets/seal.ts';

export type RecordPlace = {
  readonly group?: string | undefined;
  readonly alias?: string | undefined;
  readonly expiresAt?: Temporal.Instant | undefined;
};

export type OpenedRecord = { readonly value: unknown; readonly record: AccessRecord };

/**
 * Records by names that may be secrets themselves: the names are kept as digests and the values are
 * sealed, so that a copy of the database is good for nothing.
 */
export type SealedRecords = {
  put(kind: string, name: string, value: unknown, place: RecordPlace): Promise<void>;
  insert(kind: string, name: string, value: unknown, place: RecordPlace): Promise<boolean>;
  /** One that cannot be opened is not there: the key behind it was lost or changed. */
  find(kind: string, name: string): Promise<OpenedRecord | undefined>;
  findByAlias(kind: string, alias: string): Promise<OpenedRecord | undefined>;
  consume(kind: string, name: string, at: Temporal.Instant): Promise<boolean>;
  remove(kind: string, name: string): Promise<boolean>;
  removeGroup(kind: string, group: string): Promise<void>;
  removeKind(kind: string): Promise<void>;
  count(kind: string): Promise<number>;
  /** Those that can be opened. */
  list(kind: string, limit: number): Promise<readonly OpenedRecord[]>;
};

export function sealedRecords(rows: AccessRecords, key: Uint8Array): SealedRecords {
  const sealKey = { id: KEY_ID, bytes: key };
  const recordOf = (
    kind: string,
    name: string,
    value: unknown,
    place: RecordPlace,
  ): AccessRecord => {
    const id = digest(name);
    const plain = Buffer.from(JSON.stringify(value), 'utf8');
    return {
      kind,
      id,
      sealed: seal(sealKey, identityOf(kind, id), plain, randomBytes),
      group: place.group === undefined ? undefined : digest(place.group),
      alias: place.alias === undefined ? undefined : digest(place.alias),
      expiresAt: place.expiresAt,
      consumedAt: undefined,
    };
  };
  const opened = (record: AccessRecord | undefined): OpenedRecord | undefined => {
    if (record === undefined) return undefined;
    const plain = unseal(sealKey, identityOf(record.kind, record.id), record.sealed);
    return plain === undefined
      ? undefined
      : { value: JSON.parse(plain.toString('utf8')) as unknown, record };
  };
  return {
    put: (kind, name, value, place) => rows.put(recordOf(kind, name, value, place)),
    insert: (kind, name, value, place) => rows.insert(recordOf(kind, name, value, place)),
    find: async (kind, name) => opened(await rows.find(kind, digest(name))),
    findByAlias: async (kind, alias) => opened(await rows.findByAlias(kind, digest(alias))),
    consume: (kind, name, at) => rows.consume(kind, digest(name), at),
    remove: (kind, name) => rows.remove(kind, digest(name)),
    removeGroup: (kind, group) => rows.removeGroup(kind, digest(group)),
    removeKind: (kind) => rows.removeKind(kind),
    count: (kind) => rows.count(kind),
    list: async (kind, limit) =>
      (await rows.list(kind, limit)).flatMap((record) => opened(record) ?? []),
  };
}

const KEY_ID = 1;

function identityOf(kind: string, id: string): string {
  return `access_record|${kind}|${id}`;
}

function digest(name: string): string {
  return createHash('sha256').update(name).digest('base64url');
}
