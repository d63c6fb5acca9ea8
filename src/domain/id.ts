/** Ids are a readable prefix and 26 characters of base 32 over a UUIDv7, so they sort by age. */
export type TaskId = `task_${string}`;
export type RunId = `run_${string}`;

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const ID_PATTERN = /^[0-7][0-9a-hjkmnp-tv-z]{25}$/;

/**
 * The 26 characters after an id's prefix: a UUIDv7 (RFC 9562, 5.7) in Crockford's base 32.
 *
 * @param nowMs milliseconds since the epoch, 48 bits.
 * @param random at least 10 random bytes.
 */
export function idSuffix(nowMs: number, random: Uint8Array): string {
  let value = BigInt(nowMs) << 80n;
  for (let index = 0; index < 10; index += 1) {
    value |= BigInt(random[index] ?? 0) << BigInt(8 * (9 - index));
  }
  value = (value & ~(0xfn << 76n)) | (0x7n << 76n);
  value = (value & ~(0x3n << 62n)) | (0x2n << 62n);
  let text = '';
  for (let shift = 125n; shift >= 0n; shift -= 5n) {
    text += ALPHABET.charAt(Number((value >> shift) & 31n));
  }
  return text;
}

export function isTaskId(text: string): text is TaskId {
  return text.startsWith('task_') && ID_PATTERN.test(text.slice(5));
}

export function isRunId(text: string): text is RunId {
  return text.startsWith('run_') && ID_PATTERN.test(text.slice(4));
}
