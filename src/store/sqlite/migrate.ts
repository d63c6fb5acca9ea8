import type { DatabaseSync } from 'node:sqlite';
import { Refusal } from '../../domain/refusal.ts';
import { MIGRATIONS } from './migrations.ts';
import type { Migration } from './migrations.ts';
import { retryWhileLocked } from './retry-while-locked.ts';

/** "Cari" as a number: tells a database of this program from any other. */
export const APPLICATION_ID = 0x43617269;

/**
 * Brings the data to the newest format, one step per transaction: killed in between, it goes on from
 * the last whole step. Data of a newer program is refused as `unavailable` and left as it is.
 */
export async function migrate(
  database: DatabaseSync,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<void> {
  const known = migrations.at(-1)?.version ?? 0;
  const found = await retryWhileLocked(() => readFormat(database));
  if (found.version > known) throw newerRefusal(found, known);
  for (const migration of migrations) {
    if (migration.version > found.version) {
      await retryWhileLocked(() => applyMigration(database, migration));
    }
  }
}

type Format = { readonly version: number; readonly name: string };

const NOTHING: Format = { version: 0, name: 'nothing' };

function readFormat(database: DatabaseSync): Format {
  const hasTable = database
    .prepare("select 1 from sqlite_schema where type = 'table' and name = 'data_format'")
    .get();
  if (hasTable === undefined) return NOTHING;
  const row = database
    .prepare('select version, name from data_format order by version desc limit 1')
    .get();
  if (row === undefined) return NOTHING;
  return { version: Number(row['version']), name: String(row['name']) };
}

function applyMigration(database: DatabaseSync, migration: Migration): void {
  database.exec('begin immediate');
  try {
    // Another process may have done this step while this one waited for the lock.
    if (readFormat(database).version < migration.version) {
      database.exec(`pragma application_id = ${APPLICATION_ID}`);
      database.exec(
        'create table if not exists data_format (version integer primary key, name text not null) strict',
      );
      database.exec(migration.sql);
      database
        .prepare('insert into data_format (version, name) values (?, ?)')
        .run(migration.version, migration.name);
    }
    database.exec('commit');
  } catch (error) {
    if (database.isTransaction) database.exec('rollback');
    throw error;
  }
}

function newerRefusal(found: Format, known: number): Refusal {
  return new Refusal(
    'unavailable',
    `The data has format ${found.version}, and this version of Carillon knows formats up to ${known}. Nothing was changed in it.`,
    `Use a version of Carillon that knows data format ${found.version}, or put back a backup made before the upgrade.`,
  );
}
