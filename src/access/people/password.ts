import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** A password as it is kept: what argon2id makes of it, and how. */
export type PasswordHash = {
  readonly salt: string;
  readonly hash: string;
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
};

const MEMORY_KIB = 65_536;
const PASSES = 3;
const SALT_BYTES = 16;
const HASH_BYTES = 32;

export const PASSWORD_CHARS_MIN = 12;
export const PASSWORD_CHARS_MAX = 512;

export async function hashPassword(password: string): Promise<PasswordHash> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await argon2id(password, salt, MEMORY_KIB, PASSES);
  return {
    salt: salt.toString('base64url'),
    hash: hash.toString('base64url'),
    memory: MEMORY_KIB,
    passes: PASSES,
  };
}

export async function isPassword(password: string, kept: PasswordHash): Promise<boolean> {
  if (password.length > PASSWORD_CHARS_MAX) return false;
  const salt = Buffer.from(kept.salt, 'base64url');
  const hash = await argon2id(password, salt, kept.memory, kept.passes);
  return timingSafeEqual(hash, Buffer.from(kept.hash, 'base64url'));
}

const run = promisify(argon2);

/** Takes a quarter of a second and 64 MiB, in a thread of its own. */
function argon2id(
  password: string,
  nonce: Uint8Array,
  memory: number,
  passes: number,
): Promise<Buffer> {
  const message = Buffer.from(password.normalize('NFKC'), 'utf8');
  return run('argon2id', { message, nonce, parallelism: 1, tagLength: HASH_BYTES, memory, passes });
}
