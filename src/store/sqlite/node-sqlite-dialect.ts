import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import type { CompiledQuery, DatabaseConnection, Dialect, Driver, QueryResult } from 'kysely';
import { retryWhileLocked } from './retry-while-locked.ts';
import { refusalOf } from './sqlite-error.ts';

/** Called before every statement; what it throws, the statement fails with. */
export type BeforeStatement = (sql: string) => void;

/** Kysely over an open database of `node:sqlite`, which it does not close. */
export function nodeSqliteDialect(
  database: DatabaseSync,
  beforeStatement: BeforeStatement | undefined,
): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => createDriver(new Connection(database, beforeStatement)),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

function createDriver(connection: Connection): Driver {
  return {
    init: async () => {},
    // There is one connection; Kysely hands it to one transaction at a time.
    acquireConnection: async () => {
      // Left over when a disk failed so that even the rollback did.
      await connection.rollback();
      return connection;
    },
    // A transaction that begins by reading fails at once when it wants to write and another process
    // has written meanwhile. So every transaction takes the write lock first.
    beginTransaction: () => connection.run('begin immediate'),
    commitTransaction: () => connection.run('commit'),
    rollbackTransaction: () => connection.rollback(),
    releaseConnection: async () => {},
    destroy: async () => {},
  };
}

class Connection implements DatabaseConnection {
  readonly #database: DatabaseSync;
  readonly #beforeStatement: BeforeStatement | undefined;
  readonly #statements = new Map<string, Prepared>();

  constructor(database: DatabaseSync, beforeStatement: BeforeStatement | undefined) {
    this.#database = database;
    this.#beforeStatement = beforeStatement;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    return await this.#attempt(() => this.#execute<Row>(query));
  }

  // oxlint-disable-next-line require-yield -- nothing of the store streams, but the interface has it.
  async *streamQuery(): AsyncIterableIterator<never> {
    throw new Error('Streaming is not supported: ask for a page.');
  }

  async run(sql: string): Promise<void> {
    await this.#attempt(() => {
      this.#beforeStatement?.(sql);
      this.#database.exec(sql);
    });
  }

  /** Some errors, a full disk among them, have ended the transaction already. */
  async rollback(): Promise<void> {
    if (this.#database.isTransaction) await this.run('rollback');
  }

  async #attempt<Result>(work: () => Result): Promise<Result> {
    try {
      // Inside a transaction the lock is ours already.
      return this.#database.isTransaction ? work() : await retryWhileLocked(work);
    } catch (error) {
      throw refusalOf(error);
    }
  }

  #execute<Row>(query: CompiledQuery): QueryResult<Row> {
    this.#beforeStatement?.(query.sql);
    const { statement, isReader } = this.#prepare(query.sql);
    const parameters = query.parameters as readonly SQLInputValue[];
    if (isReader) return { rows: statement.all(...parameters) as Row[] };
    const { changes } = statement.run(...parameters);
    return { numAffectedRows: BigInt(changes), rows: [] };
  }

  /** Prepares the statement, or takes the one prepared before. The one unused for longest goes first. */
  #prepare(sql: string): Prepared {
    let prepared = this.#statements.get(sql);
    if (prepared === undefined) {
      const statement = this.#database.prepare(sql);
      prepared = { statement, isReader: statement.columns().length > 0 };
    } else {
      this.#statements.delete(sql);
    }
    this.#statements.set(sql, prepared);
    if (this.#statements.size > STATEMENTS_MAX) {
      for (const oldest of this.#statements.keys()) {
        this.#statements.delete(oldest);
        break;
      }
    }
    return prepared;
  }
}

type Prepared = { readonly statement: StatementSync; readonly isReader: boolean };

const STATEMENTS_MAX = 300;
