import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { Refusal } from '../../domain/refusal.ts';
import { APPLICATION_ID, migrate } from './migrate.ts';
import { BUSY_MS, retryWhileLocked } from './retry-while-locked.ts';
import { damagedRefusal, refusalOf, unreachableRefusal } from './sqlite-error.ts';

/**
 * Opens the database, or makes it where there is none. Anything else that is found there, a damaged
 * file or one of another program, is refused as `unavailable` and left as it is.
 */
export async function openDatabase(file: string): Promise<DatabaseSync> {
  const isFile = file !== ':memory:';
  if (isFile) prepareFile(file);
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: BUSY_MS });
    await checkContent(database, file);
    await configure(database, isFile);
    await migrate(database);
    return database;
  } catch (error) {
    if (database?.isOpen === true) database.close();
    throw refusalOf(error);
  }
}

const HEADER = 'SQLite format 3\0';

/** Makes a new file that only its owner can read, and refuses one that is no database. */
function prepareFile(file: string): void {
  const bytes = Buffer.alloc(HEADER.length);
  let count = 0;
  try {
    // Created before SQLite does it with the rights of any other file; its -wal and -shm follow it.
    const descriptor = openSync(file, 'a+', 0o600);
    count = readSync(descriptor, bytes, 0, bytes.length, 0);
    closeSync(descriptor);
  } catch {
    throw unreachableRefusal();
  }
  if (count === 0 && sizeOf(`${file}-wal`) > 0) throw lostRefusal();
  if (count > 0 && bytes.toString('latin1') !== HEADER) {
    throw new Refusal(
      'unavailable',
      'The data file is not a database. Nothing was changed in it.',
      'Put a backup in its place, or name another data folder.',
    );
  }
}

/** A write-ahead log alone would be thrown away by opening an empty database beside it. */
function lostRefusal(): Refusal {
  return new Refusal(
    'unavailable',
    'The data file is missing or empty, but the log that belongs to it (-wal) is there. Nothing was changed.',
    'Put the data file back beside it, or move the log away to begin anew.',
  );
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** A check reads everything, so a large file is checked only for its length and its first pages. */
const CHECKED_BYTES_MAX = 32 * 1024 * 1024;

async function checkContent(database: DatabaseSync, file: string): Promise<void> {
  const found = await retryWhileLocked(() => ({
    tables: numberOf(database, 'select count(*) from sqlite_schema'),
    applicationId: numberOf(database, 'pragma application_id'),
    bytes: numberOf(database, 'pragma page_count') * numberOf(database, 'pragma page_size'),
  }));
  if (found.tables === 0 && found.applicationId === 0) return;
  if (found.applicationId !== APPLICATION_ID) {
    throw new Refusal(
      'unavailable',
      'The data file is a database of another program. Nothing was changed in it.',
      'Name another data folder.',
    );
  }
  if (found.bytes <= CHECKED_BYTES_MAX) {
    const answer = await retryWhileLocked(() => database.prepare('pragma quick_check(1)').get());
    if (answer?.['quick_check'] !== 'ok') throw damagedRefusal();
  } else if (sizeOf(`${file}-wal`) === 0 && sizeOf(file) < found.bytes) {
    throw damagedRefusal();
  }
}

/** The log is cut back to this after a checkpoint, so that one storm does not leave it large. */
const LOG_BYTES_KEPT = 16 * 1024 * 1024;
/** Of the pages, so that planning for many tasks does not read each of them anew. */
const CACHE_KIB = 16 * 1024;

async function configure(database: DatabaseSync, isFile: boolean): Promise<void> {
  if (isFile) {
    // Fails at once on a read-only file, instead of at the first task.
    await retryWhileLocked(() => database.exec('begin immediate; rollback'));
    const mode = await retryWhileLocked(() => database.prepare('pragma journal_mode = wal').get());
    if (mode?.['journal_mode'] !== 'wal') {
      throw new Refusal(
        'unavailable',
        'The disk of the data folder does not support the log that the data needs, as network drives often do not.',
        'Name a data folder on a local disk.',
      );
    }
  }
  // FULL: what was acknowledged survives a power cut.
  database.exec(
    `pragma synchronous = full;
     pragma temp_store = memory;
     pragma cache_size = -${CACHE_KIB};
     pragma journal_size_limit = ${LOG_BYTES_KEPT}`,
  );
}

function numberOf(database: DatabaseSync, sql: string): number {
  const [value] = Object.values(database.prepare(sql).get() ?? {});
  return Number(value);
}
