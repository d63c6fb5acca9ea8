import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { Refusal } from '../domain/refusal.ts';

/** The token that the HTTP door wants: made at the first start, readable by its owner alone. */
export function openToken(file: string): string {
  try {
    const token = `carillon_${randomBytes(TOKEN_BYTES).toString('base64url')}`;
    writeFileSync(file, `${token}\n`, { flag: 'wx', mode: 0o600 });
    return token;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  // An editor or a backup may have loosened it.
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
  const token = readToken(file);
  if (token === undefined) {
    throw new Refusal(
      'invalid',
      `The token file ${file} is empty or too short. Delete it, and the next start makes a new one.`,
    );
  }
  return token;
}

/** @returns `undefined` when there is none that could be used. */
export function readToken(file: string): string | undefined {
  try {
    const token = readFileSync(file, 'utf8').trim();
    return token.length >= TOKEN_LENGTH_MIN ? token : undefined;
  } catch {
    return undefined;
  }
}

const TOKEN_BYTES = 32;
/** People may write a token of their own; a shorter one could be guessed. */
const TOKEN_LENGTH_MIN = 24;
