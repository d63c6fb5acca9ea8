import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

/**
 * The key that seals what a client holds while its user is asked for consent; kept, because the
 * answer may come back to the next process. A file that was damaged is replaced: at worst somebody
 * is asked once more.
 */
export function openConsentKey(file: string): Uint8Array {
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
