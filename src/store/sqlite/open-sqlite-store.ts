import { Kysely } from 'kysely';
import type { Announcer } from '../../ports/announcer.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Store } from '../../ports/store.ts';
import { createStore } from '../create-store.ts';
import type { Tables } from '../schema.ts';
import { nodeSqliteDialect } from './node-sqlite-dialect.ts';
import type { BeforeStatement } from './node-sqlite-dialect.ts';
import { openDatabase } from './open-database.ts';

export type SqliteStoreOptions = {
  /** Path of the database, or `:memory:`. */
  readonly file: string;
  readonly clock: Clock;
  readonly announcer: Announcer;
  readonly log: Log;
  readonly beforeStatement?: BeforeStatement;
};

/** Opens the store in a file of its own. Refuses a file that is not its own as `unavailable`. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { file, clock, announcer, log, beforeStatement } = options;
  const database = await openDatabase(file);
  const dialect = nodeSqliteDialect(database, beforeStatement);
  const db = new Kysely<Tables>({ dialect, log: [] });
  const context = { db, clock, announcer, log, insertTexts: new Map<string, string>() };
  return createStore(context, {
    now: async () => clock.now(),
    close: async () => {
      if (!database.isOpen) return;
      // Getting the connection means that whatever was using it is done.
      await db.connection().execute(async () => {});
      await db.destroy();
      if (database.isOpen) database.close();
    },
  });
}
