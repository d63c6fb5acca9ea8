import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

export type Lock = { release(): void };

/**
 * Takes the exclusive lock of a data folder: a transaction on a tiny database, held until it is
 * released. The operating system takes it back when the process dies, however it dies.
 *
 * @returns `undefined` when another process holds it.
 */
export function takeLock(file: string): Lock | undefined {
  createOnce(file);
  const db = new DatabaseSync(file, { timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
  return {
    release: () => {
      db.close();
    },
  };
}

/**
 * Only creates. Opening and closing a file that exists would drop every POSIX lock that this process
 * holds on it.
 */
function createOnce(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return;
    throw error;
  }
}

const SQLITE_BUSY = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}
