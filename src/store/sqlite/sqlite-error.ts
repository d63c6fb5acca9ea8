import { Refusal } from '../../domain/refusal.ts';

/** Primary result codes of SQLite (https://www.sqlite.org/rescode.html). */
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

export function isLockedError(error: unknown): boolean {
  const code = resultCode(error);
  return code === BUSY || code === LOCKED;
}

/** The refusal that says what is wrong with the data, or the error itself when it is a defect of ours. */
export function refusalOf(error: unknown): unknown {
  const refusal = tellRefusal(error);
  if (refusal !== error && refusal instanceof Error) refusal.cause = error;
  return refusal;
}

function tellRefusal(error: unknown): unknown {
  switch (resultCode(error)) {
    case BUSY:
    case LOCKED:
      return lockedRefusal();
    case READONLY:
      return new Refusal(
        'unavailable',
        'The data cannot be written: its file or folder is read-only.',
        'Give the user that runs Carillon the right to write there.',
      );
    case IOERR:
      return new Refusal(
        'unavailable',
        'The disk that holds the data reported an error.',
        'Look at the health of the disk, then try again.',
      );
    case FULL:
      return new Refusal(
        'unavailable',
        'The disk that holds the data is full, so nothing can be stored.',
        'Free some space, then try again.',
      );
    case CORRUPT:
    case NOTADB:
      return damagedRefusal();
    case CANTOPEN:
      return unreachableRefusal();
    case undefined:
    default:
      return error;
  }
}

export function lockedRefusal(): Refusal {
  return new Refusal(
    'unavailable',
    'Another process has kept the data locked.',
    'Try again; if it persists, look which other program has the data file open.',
  );
}

export function damagedRefusal(): Refusal {
  return new Refusal(
    'unavailable',
    'The data file is damaged. Nothing was changed in it.',
    'Keep a copy of it, and put a backup in its place.',
  );
}

export function unreachableRefusal(): Refusal {
  return new Refusal(
    'unavailable',
    'The data file cannot be opened for writing.',
    'Look whether its folder exists, and whether the user that runs Carillon may write there.',
  );
}

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}
