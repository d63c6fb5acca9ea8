import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

/**
 * A key that outlives the process, for what is signed or sealed and read again soon. A file that was
 * damaged is replaced: at worst somebody is asked for consent once more, or an agent that is running
 * loses its way in.
 */
export function openRandomKey(file: string): Uint8Array {
  const known = readIfWhole(file);
  if (known !== undefined) return known;
  const key = randomBytes(KEY_BYTES);
  writeFileSync(file, key, { mode: 0o600 });
  return key;
}

const KEY_BYTES = 32;

function readIfWhole(file: string): Uint8Array | undefined {
  try {
    const key = readFileSync(file);
    return key.length === KEY_BYTES ? key : undefined;
  } catch {
    return undefined;
  }
}
