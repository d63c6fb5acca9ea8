import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Refusal } from '../../domain/refusal.ts';
import type { DaemonFiles } from '../../installation/daemon-files.ts';
import { APPLICATION_ID } from '../../store/sqlite/migrate.ts';
import { MIGRATIONS } from '../../store/sqlite/migrations.ts';
import { takeLock } from '../lock.ts';
import { prepareFolders } from '../prepare-folders.ts';
import { BACKUP_VERSION, BUSY_MS, DROP_BACKUP_TABLES } from './backup-format.ts';
import { isOutputPath } from './output-files.ts';

export type RestoreReport = {
  readonly folder: string;
  /** When the backup was made. */
  readonly madeAt: Temporal.Instant;
  readonly madeBy: string;
  readonly outputFiles: number;
  /** Where what was there before has gone. */
  readonly keptAside: string | undefined;
};

/**
 * Puts a backup into a data folder. Refuses as `conflict` while a daemon runs there, and when there is
 * data already, unless it is to be kept aside. Whatever is wrong with the backup is found before
 * anything is changed.
 */
export function restore(
  files: DaemonFiles,
  backup: string,
  now: Temporal.Instant,
  keepsAside: boolean,
): RestoreReport {
  requireDatabase(backup);
  prepareFolders(files);
  const lock = takeLock(files.lock);
  if (lock === undefined) {
    throw new Refusal(
      'conflict',
      `A daemon is running for ${files.folder}. Nothing was changed.`,
      'Stop it first: carillon down',
    );
  }
  const hasData = existsSync(files.database);
  const drafts = draftsOf(files);
  try {
    if (hasData && !keepsAside) {
      throw new Refusal(
        'conflict',
        `There is data in ${files.folder} already. Nothing was changed.`,
        'Name an empty folder with --data, or keep the old data aside with --force.',
      );
    }
    const unpacked = unpack(backup, drafts);
    const aside = hasData ? moveAside(files, now) : undefined;
    // The database comes last: without it the folder counts as empty, and this can be done again.
    rmSync(files.outputFolder, { recursive: true, force: true });
    renameSync(drafts.output, files.outputFolder);
    renameSync(drafts.database, files.database);
    return { folder: files.folder, ...unpacked, keptAside: aside };
  } finally {
    for (const ending of ['', '-journal', '-wal', '-shm']) {
      rmSync(drafts.database + ending, { force: true });
    }
    rmSync(drafts.output, { recursive: true, force: true });
    lock.release();
  }
}

type Drafts = { readonly database: string; readonly output: string };

function draftsOf({ folder }: DaemonFiles): Drafts {
  return { database: join(folder, 'restore.db.part'), output: join(folder, 'restore.output.part') };
}

const HEADER = 'SQLite format 3\0';

function requireDatabase(file: string): void {
  const bytes = Buffer.alloc(HEADER.length);
  try {
    const descriptor = openSync(file, 'r');
    readSync(descriptor, bytes, 0, bytes.length, 0);
    closeSync(descriptor);
  } catch {
    throw new Refusal('not_found', `The file ${file} cannot be read.`);
  }
  if (bytes.toString('latin1') !== HEADER) throw noBackup(file);
}

function unpack(
  backup: string,
  drafts: Drafts,
): Pick<RestoreReport, 'madeAt' | 'madeBy' | 'outputFiles'> {
  rmSync(drafts.output, { recursive: true, force: true });
  mkdirSync(drafts.output, { recursive: true, mode: 0o700 });
  rmSync(drafts.database, { force: true });
  closeSync(openSync(drafts.database, 'wx', 0o600));
  copyFileSync(backup, drafts.database);
  const database = new DatabaseSync(drafts.database, { timeout: BUSY_MS });
  try {
    const info = requireWhole(database, backup);
    const outputFiles = unpackOutput(database, drafts.output);
    database.exec(DROP_BACKUP_TABLES);
    database.exec('vacuum');
    return { ...info, outputFiles };
  } catch (error) {
    if (error instanceof Refusal) throw error;
    // Whatever SQLite says of it, it is not what was written.
    throw damaged(backup);
  } finally {
    database.close();
    flush(drafts.database);
  }
}

function requireWhole(
  database: DatabaseSync,
  backup: string,
): Pick<RestoreReport, 'madeAt' | 'madeBy'> {
  const found = database.prepare('pragma application_id').get();
  const has = database.prepare("select 1 from sqlite_schema where name = 'backup_info'").get();
  if (found?.['application_id'] !== APPLICATION_ID || has === undefined) throw noBackup(backup);
  const info = database.prepare('select version, made_by, made_at from backup_info').get();
  const format = database.prepare('select max(version) as version from data_format').get();
  const known = MIGRATIONS.at(-1)?.version ?? 0;
  if (Number(info?.['version']) > BACKUP_VERSION || Number(format?.['version']) > known) {
    throw new Refusal(
      'unavailable',
      `The backup was made by a newer version of Carillon. Nothing was changed.`,
      'Install that version, then restore it.',
    );
  }
  const check = database.prepare('pragma integrity_check(1)').get();
  if (check?.['integrity_check'] !== 'ok') throw damaged(backup);
  return {
    madeBy: String(info?.['made_by']),
    madeAt: Temporal.Instant.fromEpochMilliseconds(Number(info?.['made_at'])),
  };
}

function unpackOutput(database: DatabaseSync, folder: string): number {
  let count = 0;
  for (const row of database.prepare('select path, bytes from backup_file').iterate()) {
    const path = String(row['path']);
    const bytes = row['bytes'];
    // A backup comes from outside: nothing in it says where else to write.
    if (!isOutputPath(path) || !(bytes instanceof Uint8Array)) continue;
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, bytes, { mode: 0o600 });
    count += 1;
  }
  return count;
}

/** What belongs to the old database goes with it; keys, token and log stay. */
function moveAside(files: DaemonFiles, now: Temporal.Instant): string {
  const stamp = now.toString({ smallestUnit: 'millisecond' }).replaceAll(/[:.]/g, '-');
  const aside = join(files.folder, `before-restore-${stamp}`);
  mkdirSync(aside, { mode: 0o700 });
  for (const path of [
    files.database,
    `${files.database}-wal`,
    `${files.database}-shm`,
    files.outputFolder,
    files.spoolFolder,
  ]) {
    if (existsSync(path)) renameSync(path, join(aside, path.slice(files.folder.length + 1)));
  }
  return aside;
}

function flush(path: string): void {
  const descriptor = openSync(path, 'r+');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

function noBackup(file: string): Refusal {
  return new Refusal(
    'invalid',
    `${file} is not a backup of Carillon. Nothing was changed.`,
    'Name a file that "carillon backup" wrote.',
  );
}

function damaged(file: string): Refusal {
  return new Refusal(
    'unavailable',
    `The backup ${file} is damaged. Nothing was changed.`,
    'Restore another one.',
  );
}
