import { createCipheriv, createDecipheriv } from 'node:crypto';

export type Random = (bytes: number) => Uint8Array;

/** A key with the number by which sealed values name it, so that a later key can replace it. */
export type SealKey = {
  readonly id: number;
  readonly bytes: Uint8Array;
};

export const KEY_BYTES = 32;

/**
 * Encrypts with AES-256-GCM: version | key id | nonce | tag | ciphertext. `identity` says what the
 * value is; it is not stored, and the value opens only under the same one.
 */
export function seal(
  key: SealKey,
  identity: string,
  plain: Uint8Array,
  random: Random,
): Uint8Array {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(VERSION, 0);
  header.writeUInt32BE(key.id, 1);
  const nonce = random(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key.bytes, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.concat([header, Buffer.from(identity, 'utf8')]));
  const text = Buffer.concat([cipher.update(plain), cipher.final()]);
  return new Uint8Array(Buffer.concat([header, nonce, cipher.getAuthTag(), text]));
}

/** The plain bytes, or `undefined` when key, identity or bytes are not those that were sealed. */
export function unseal(key: SealKey, identity: string, sealed: Uint8Array): Buffer | undefined {
  if (sealedKeyId(sealed) !== key.id) return undefined;
  const header = sealed.subarray(0, HEADER_BYTES);
  const nonce = sealed.subarray(HEADER_BYTES, NONCE_END);
  const decipher = createDecipheriv(ALGORITHM, key.bytes, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.concat([header, Buffer.from(identity, 'utf8')]));
  decipher.setAuthTag(sealed.subarray(NONCE_END, TAG_END));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(TAG_END)), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** The number of the key that a value was sealed with, or `undefined` when it has another form. */
export function sealedKeyId(sealed: Uint8Array): number | undefined {
  if (sealed.length < TAG_END || sealed[0] !== VERSION) return undefined;
  return Buffer.from(sealed.subarray(1, HEADER_BYTES)).readUInt32BE(0);
}

const ALGORITHM = 'aes-256-gcm';
const VERSION = 1;
const HEADER_BYTES = 5;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const NONCE_END = HEADER_BYTES + NONCE_BYTES;
const TAG_END = NONCE_END + TAG_BYTES;
