import { createHmac, timingSafeEqual } from 'node:crypto';
import { Refusal } from '../domain/refusal.ts';
import type { SecretRows } from '../ports/secrets.ts';
import { KEY_BYTES, seal, unseal, type Random, type SealKey } from './seal.ts';

/** The key that seals the secrets. It lies beside them, itself sealed by the master key. */
export type DataKey = SealKey;

/** Where the master key comes from. A source that cannot make one lacks `create`. */
export type MasterKeySource = {
  /** What to name in a refusal. */
  readonly name: string;
  /** @returns `undefined` when there is none. Refuses one that is unsafe or of the wrong length. */
  read(): Promise<Uint8Array | undefined>;
  /** Makes one unless another process was faster, and answers with the one that holds. */
  readonly create?: () => Promise<Uint8Array>;
};

/** @returns `undefined` when none was ever made. Refuses when the master key is missing or another one. */
export async function findDataKey(
  rows: SecretRows,
  source: MasterKeySource,
): Promise<DataKey | undefined> {
  const wrapped = await rows.getMeta(DATA_KEY_META);
  if (wrapped === undefined) return undefined;
  const master = await source.read();
  if (master === undefined) throw missing(source);
  const expected = wrapped.subarray(0, CHECK_BYTES);
  const actual = checkValueOf(master);
  if (expected.length !== CHECK_BYTES || !timingSafeEqual(expected, actual)) throw wrong(source);
  const masterKey = { id: MASTER_KEY_ID, bytes: master };
  const bytes = unseal(masterKey, DATA_KEY_IDENTITY, wrapped.subarray(CHECK_BYTES));
  if (bytes?.length !== KEY_BYTES) throw damaged();
  return { id: DATA_KEY_ID, bytes };
}

/** Makes the master key and the data key where there are none. Of several processes the first one wins. */
export async function findOrMakeDataKey(
  rows: SecretRows,
  source: MasterKeySource,
  random: Random,
): Promise<DataKey> {
  const found = await findDataKey(rows, source);
  if (found !== undefined) return found;
  const master = (await source.read()) ?? (await source.create?.());
  if (master === undefined) throw missing(source);
  const masterKey = { id: MASTER_KEY_ID, bytes: master };
  const sealed = seal(masterKey, DATA_KEY_IDENTITY, random(KEY_BYTES), random);
  await rows.insertMeta(DATA_KEY_META, Buffer.concat([checkValueOf(master), sealed]));
  // Read back in any case: it may be that of another process.
  const made = await findDataKey(rows, source);
  if (made === undefined) throw damaged();
  return made;
}

const DATA_KEY_META = 'secrets.data_key.1';
const DATA_KEY_IDENTITY = 'meta|secrets.data_key.1|value';
const DATA_KEY_ID = 1;
const MASTER_KEY_ID = 0;
const CHECK_BYTES = 16;

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

function damaged(): Refusal {
  return new Refusal(
    'unavailable',
    'The stored key of the secrets is damaged, so no secret can be read or set.',
    'Restore the database from a backup.',
  );
}
