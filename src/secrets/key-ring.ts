import { createHmac, timingSafeEqual } from 'node:crypto';
import { Refusal } from '../domain/refusal.ts';
import type { SecretMeta, SecretRows } from '../ports/secrets.ts';
import type { MasterKeySource } from './master-key.ts';
import { KEY_BYTES, seal, unseal, type Random, type SealKey } from './seal.ts';

/**
 * The keys that seal the secrets. They lie beside them, themselves sealed by the master key. There are
 * several only while secrets are moved from one to the next.
 */
export type KeyRing = {
  /** What new values are sealed with. */
  readonly active: SealKey;
  readonly byId: ReadonlyMap<number, SealKey>;
};

/** @returns `undefined` when no key was ever made. Refuses when the master key is missing or another one. */
export async function findKeyRing(
  rows: SecretRows,
  source: MasterKeySource,
  random: Random,
): Promise<KeyRing | undefined> {
  const wrapped = await rows.listMeta(DATA_KEY_META);
  const [first] = wrapped;
  if (first === undefined) return undefined;
  const keys = await source.read();
  const [usual] = keys;
  if (usual === undefined) throw missing(source);
  const master = keys.find((key) => isKeyOf(key.bytes, first.value));
  if (master === undefined) throw wrong(source);
  const ring = unwrapped(master.bytes, wrapped);
  switch (master.kind) {
    case 'usual':
      break;
    case 'staged':
      // The change of the master key came as far as the database; the rest is to move the file.
      await source.promote?.();
      break;
    case 'previous':
      await rows.changeMeta(wrapAll(ring, usual.bytes, random), []);
      break;
  }
  return ring;
}

/** Makes the master key and a data key where there are none. Of several processes the first one wins. */
export async function findOrMakeKeyRing(
  rows: SecretRows,
  source: MasterKeySource,
  random: Random,
): Promise<KeyRing> {
  const found = await findKeyRing(rows, source, random);
  if (found !== undefined) return found;
  const master = (await source.read())[0]?.bytes ?? (await source.create?.());
  if (master === undefined) throw missing(source);
  const { key, value } = wrap({ id: FIRST_ID, bytes: random(KEY_BYTES) }, master, random);
  await rows.insertMeta(key, value);
  // Read back in any case: it may be that of another process.
  return requireRing(rows, source, random);
}

/** Adds a data key, with which new values are sealed from now on. */
export async function addDataKey(
  rows: SecretRows,
  source: MasterKeySource,
  random: Random,
): Promise<KeyRing> {
  const { active } = await findOrMakeKeyRing(rows, source, random);
  const master = (await source.read())[0]?.bytes;
  if (master === undefined) throw missing(source);
  const { key, value } = wrap({ id: active.id + 1, bytes: random(KEY_BYTES) }, master, random);
  await rows.insertMeta(key, value);
  return requireRing(rows, source, random);
}

/** Takes data keys away under which nothing is sealed any more. */
export function removeDataKeys(rows: SecretRows, ids: readonly number[]): Promise<void> {
  return rows.changeMeta([], ids.map(metaKeyOf));
}

/**
 * Seals the data keys under a new master key. The new one lies beside the old one before the database
 * changes, and takes its place afterwards: whenever this stops, one of the two files opens everything.
 */
export async function changeMasterKey(
  rows: SecretRows,
  source: MasterKeySource,
  random: Random,
): Promise<void> {
  const ring = await findOrMakeKeyRing(rows, source, random);
  if (source.stage === undefined || source.promote === undefined) throw notOurs(source);
  const next = await source.stage();
  await rows.changeMeta(wrapAll(ring, next, random), []);
  await source.promote();
}

const DATA_KEY_META = 'secrets.data_key.';
const FIRST_ID = 1;
const MASTER_KEY_ID = 0;
const CHECK_BYTES = 16;

function metaKeyOf(id: number): string {
  return `${DATA_KEY_META}${String(id)}`;
}

/** What a sealed data key belongs to, so that it cannot be moved to another number. */
function identityOf(metaKey: string): string {
  return `meta|${metaKey}|value`;
}

function wrapAll(ring: KeyRing, master: Uint8Array, random: Random): readonly SecretMeta[] {
  return [...ring.byId.values()].map((key) => wrap(key, master, random));
}

function wrap(dataKey: SealKey, master: Uint8Array, random: Random): SecretMeta {
  const key = metaKeyOf(dataKey.id);
  const sealed = seal({ id: MASTER_KEY_ID, bytes: master }, identityOf(key), dataKey.bytes, random);
  return { key, value: Buffer.concat([checkValueOf(master), sealed]) };
}

function unwrapped(master: Uint8Array, wrapped: readonly SecretMeta[]): KeyRing {
  const byId = new Map<number, SealKey>();
  for (const { key, value } of wrapped) {
    const id = Number(key.slice(DATA_KEY_META.length));
    const masterKey = { id: MASTER_KEY_ID, bytes: master };
    const bytes = unseal(masterKey, identityOf(key), value.subarray(CHECK_BYTES));
    if (bytes?.length !== KEY_BYTES || !Number.isSafeInteger(id)) throw damaged();
    byId.set(id, { id, bytes });
  }
  const active = byId.get(Math.max(...byId.keys()));
  if (active === undefined) throw damaged();
  return { active, byId };
}

async function requireRing(
  rows: SecretRows,
  source: MasterKeySource,
  random: Random,
): Promise<KeyRing> {
  const made = await findKeyRing(rows, source, random);
  if (made === undefined) throw damaged();
  return made;
}

function isKeyOf(master: Uint8Array, wrapped: Uint8Array): boolean {
  const expected = wrapped.subarray(0, CHECK_BYTES);
  return expected.length === CHECK_BYTES && timingSafeEqual(expected, checkValueOf(master));
}

/** Tells a wrong master key from damaged data, and tells nothing about the key. */
function checkValueOf(master: Uint8Array): Buffer {
  const hash = createHmac('sha256', master).update('carillon master key check 1').digest();
  return hash.subarray(0, CHECK_BYTES);
}

function missing(source: MasterKeySource): Refusal {
  return new Refusal(
    'unavailable',
    'The master key of the secrets is missing, so no secret can be read or set.',
    `Put it back from where you keep a copy: ${source.name}. Nothing else opens the stored secrets.`,
  );
}

function wrong(source: MasterKeySource): Refusal {
  return new Refusal(
    'unavailable',
    'The master key is not the one that the stored secrets were encrypted with, so no secret can be read or set.',
    `Put the right key back: ${source.name}. The stored secrets are unchanged.`,
  );
}

function notOurs(source: MasterKeySource): Refusal {
  return new Refusal(
    'conflict',
    `The master key comes from ${source.name}, which is not written from here.`,
    'Put a new key there, name a file with the old one as previous_key_file, and start the daemon again: the secrets then move to the new key.',
  );
}

function damaged(): Refusal {
  return new Refusal(
    'unavailable',
    'The stored key of the secrets is damaged, so no secret can be read or set.',
    'Restore the database from a backup.',
  );
}
