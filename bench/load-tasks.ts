import { closeSync, fsyncSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** Rows copied in one transaction, so that the write-ahead log stays small. */
const COPIES_PER_TRANSACTION = 50_000;

/**
 * Copies the task `template` until the file holds `count` more of them, in bulk: a million tasks in
 * well under a minute. Ids go on in the order of time, as made ids do. The copies come due from
 * `firstDueAt` on, `dueEveryMs` apart from one another; both are milliseconds.
 */
export function copyTasks(
  file: string,
  template: string,
  count: number,
  firstDueAt: number,
  dueEveryMs: number,
): void {
  const db = new DatabaseSync(file, { timeout: 5_000 });
  db.exec('pragma synchronous = off');
  const tables = tablesOf(db);
  for (let from = 0; from < count; from += COPIES_PER_TRANSACTION) {
    const to = Math.min(count, from + COPIES_PER_TRANSACTION);
    db.exec('begin immediate');
    for (const { table, key, changed } of tables) {
      copyRows(db, { table, key, changed: changed(firstDueAt, dueEveryMs) }, template, from, to);
    }
    db.exec('commit');
  }
  db.exec('pragma optimize');
  db.exec('pragma wal_checkpoint(truncate)');
  db.close();
  writeOut(file);
}

/** Puts on the disk what is only in memory yet: whoever syncs next, the daemon, would wait for it. */
function writeOut(file: string): void {
  const descriptor = openSync(file, 'r+');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

/** The table that planning moves. */
export function progressTable(db: DatabaseSync): string {
  const row = db
    .prepare(
      `select m.name from sqlite_schema m join pragma_table_info(m.name) c
       where m.type = 'table' and c.name = 'next_due_at'`,
    )
    .get();
  return String(row?.['name']);
}

type Copied = {
  readonly table: string;
  /** The column that names the task. */
  readonly key: string;
  /** What is different in a copy: SQL over its number `n`, from 1. */
  readonly changed: (firstDueAt: number, dueEveryMs: number) => Readonly<Record<string, string>>;
};

function tablesOf(db: DatabaseSync): readonly Copied[] {
  const id = `'task_7' || printf('%025d', n)`;
  const name = `'copy ' || n`;
  return [
    {
      table: 'task',
      key: 'id',
      changed: () => ({ id, name, name_key: name, search_text: name }),
    },
    { table: 'task_version', key: 'task_id', changed: () => ({ task_id: id }) },
    {
      table: progressTable(db),
      key: 'task_id',
      changed: (firstDueAt, dueEveryMs) => {
        const due = `${firstDueAt} + n * ${dueEveryMs}`;
        return { task_id: id, next_for: due, next_due_at: due, due_at: due };
      },
    },
  ];
}

/** Copies number `from` + 1 up to `to`. */
function copyRows(
  db: DatabaseSync,
  { table, key, changed }: Omit<Copied, 'changed'> & { changed: Readonly<Record<string, string>> },
  template: string,
  from: number,
  to: number,
): void {
  const columns = db
    .prepare(`select name from pragma_table_info('${table}')`)
    .all()
    .map((row) => String(row['name']));
  const values = columns.map((column) => changed[column] ?? `t.${column}`);
  db.prepare(
    `insert into "${table}" (${columns.join(', ')})
     with recursive counter(n) as (select ${from + 1} union all select n + 1 from counter where n < ${to})
     select ${values.join(', ')} from counter cross join "${table}" t where t.${key} = ?`,
  ).run(template);
}
