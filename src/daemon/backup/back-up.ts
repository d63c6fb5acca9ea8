import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { Refusal } from '../../domain/refusal.ts';
import type { DaemonFiles } from '../../installation/daemon-files.ts';
import { APPLICATION_ID } from '../../store/sqlite/migrate.ts';
import { BACKUP_TABLES, BACKUP_VERSION, BUSY_MS } from './backup-format.ts';
import { listOutputFiles } from './output-files.ts';

export type BackupOptions = {
  /** Whether kept output is left out. */
  readonly withoutOutput: boolean;
  /** Whether a file that is there already is replaced. */
  readonly replaces: boolean;
};

export type BackupReport = {
  readonly file: string;
  readonly bytes: number;
  readonly tasks: number;
  readonly runs: number;
  readonly outputFiles: number;
  /** Files of kept output that are larger than a backup takes. */
  readonly leftOut: number;
};

/** A larger file of kept output is left out, and counted. */
const OUTPUT_FILE_BYTES_MAX = 256 * 1024 * 1024;
/** Files that are written in one transaction, which bounds what is held in memory. */
const BATCH_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Copies the database, and kept output with it, into one file: as they were at one moment, whether or
 * not a daemon runs. Keys and tokens are not part of it. The file takes its name only after it was read
 * back and found whole.
 */
export function backUp(
  files: DaemonFiles,
  file: string,
  version: string,
  now: Temporal.Instant,
  options: BackupOptions,
): BackupReport {
  if (!existsSync(files.database)) {
    throw new Refusal('not_found', `There is no data in ${files.folder}.`);
  }
  if (existsSync(file) && !options.replaces) {
    throw new Refusal(
      'conflict',
      `${file} is there already.`,
      'Name another file, or use --force.',
    );
  }
  const draft = `${file}.${String(process.pid)}.part`;
  try {
    copyDatabase(files.database, draft);
    const report = completeCopy(draft, files, version, now, options);
    flush(draft);
    renameSync(draft, file);
    return { file, bytes: statSync(file).size, ...report };
  } finally {
    for (const ending of ['', '-journal', '-wal', '-shm']) rmSync(draft + ending, { force: true });
  }
}

/** SQLite's own copy: one moment of the database without what was deleted from it. */
function copyDatabase(from: string, to: string): void {
  // Empty files may be filled; so it is ours alone from its first byte.
  closeSync(openSync(to, 'wx', 0o600));
  const database = new DatabaseSync(from, { timeout: BUSY_MS });
  try {
    const found = database.prepare('pragma application_id').get();
    if (found?.['application_id'] !== APPLICATION_ID) {
      throw new Refusal('unavailable', `${from} is not a database of Carillon.`);
    }
    database.prepare('vacuum into ?').run(to);
  } finally {
    database.close();
  }
}

function completeCopy(
  draft: string,
  files: DaemonFiles,
  version: string,
  now: Temporal.Instant,
  options: BackupOptions,
): Pick<BackupReport, 'tasks' | 'runs' | 'outputFiles' | 'leftOut'> {
  const database = new DatabaseSync(draft);
  try {
    // A failed copy is thrown away, so nothing has to be undone.
    database.exec('pragma journal_mode = off');
    database.exec(BACKUP_TABLES);
    const output = options.withoutOutput ? NOTHING : copyOutput(database, files.outputFolder);
    database
      .prepare('insert into backup_info (version, made_by, made_at) values (?, ?, ?)')
      .run(BACKUP_VERSION, version, now.epochMilliseconds);
    const check = database.prepare('pragma integrity_check(1)').get();
    if (check?.['integrity_check'] !== 'ok') {
      throw new Refusal('unavailable', 'The copy is damaged. Nothing was written.', 'Try again.');
    }
    return {
      tasks: countOf(database, 'select count(*) as n from task where deleted_at is null'),
      runs: countOf(database, 'select count(*) as n from run'),
      ...output,
    };
  } finally {
    database.close();
  }
}

type Copied = Pick<BackupReport, 'outputFiles' | 'leftOut'>;
const NOTHING: Copied = { outputFiles: 0, leftOut: 0 };

function copyOutput(database: DatabaseSync, folder: string): Copied {
  const insert = database.prepare('insert into backup_file (path, bytes) values (?, ?)');
  let outputFiles = 0;
  let leftOut = 0;
  let batchBytes = 0;
  database.exec('begin');
  for (const path of listOutputFiles(folder)) {
    const bytes = readOutput(join(folder, path));
    if (bytes === 'too_large') leftOut += 1;
    if (typeof bytes === 'string') continue;
    insert.run(path, bytes);
    outputFiles += 1;
    batchBytes += bytes.length;
    if (batchBytes < BATCH_BYTES_MAX) continue;
    database.exec('commit');
    database.exec('begin');
    batchBytes = 0;
  }
  database.exec('commit');
  return { outputFiles, leftOut };
}

/** Output may be pruned while it is copied: then it is in nobody's way. */
function readOutput(path: string): Uint8Array | 'gone' | 'too_large' {
  try {
    if (statSync(path).size > OUTPUT_FILE_BYTES_MAX) return 'too_large';
    return readFileSync(path);
  } catch {
    return 'gone';
  }
}

function countOf(database: DatabaseSync, sql: string): number {
  return Number(database.prepare(sql).get()?.['n']);
}

function flush(path: string): void {
  const descriptor = openSync(path, 'r+');
  fsyncSync(descriptor);
  closeSync(descriptor);
}
