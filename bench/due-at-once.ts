import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite';
import { noopExecutor, openBench, RUN_TRUE, type Bench } from './engine-for-bench.ts';
import { copyTasks, progressTable } from './load-tasks.ts';
import { median, nowMs, timed, until } from './measure.ts';
import type { Size } from './size.ts';
import { count, ms, type Row } from './table.ts';

const TASKS = 10_000;
/** As many as the engine plans in one transaction. */
const BATCH = 500;
const ROUNDS = 5;
const WITHIN_MS = 60_000;

/**
 * 10,000 tasks due at one instant: until all are recorded, queued and moved on, beside writing the
 * very rows that this left behind with prepared statements, in transactions of the same size.
 */
export async function benchDueAtOnce({ isQuick }: Size): Promise<readonly Row[]> {
  const times = { ours: [] as number[], byHand: [] as number[] };
  for (let round = 0; round < (isQuick ? 1 : ROUNDS); round += 1) {
    const bench = await openLoaded();
    const before = join(bench.folder, 'before.db');
    copyFileSync(join(bench.folder, 'carillon.db'), before);
    times.ours.push(await planAll(bench));
    times.byHand.push(writeByHand(before, writtenRows(join(bench.folder, 'carillon.db'))));
    await bench.close();
  }
  const [ours, byHand] = [median(times.ours), median(times.byHand)];
  return [
    {
      what: `${count(TASKS)} tasks due at once, recorded, queued and moved on`,
      ours: ms(ours),
      other: `${ms(byHand)} the same rows by hand`,
      ratio: ours / byHand,
      aim: undefined,
    },
  ];
}

async function openLoaded(): Promise<Bench> {
  const bench = await openBench();
  const { task } = await bench.services.createTask({
    name: 'template',
    when: { every: '1 hour' },
    action: RUN_TRUE,
  });
  copyTasks(join(bench.folder, 'carillon.db'), task.id, TASKS, Math.floor(nowMs()) - 1, 0);
  return bench;
}

async function planAll(bench: Bench): Promise<number> {
  // No worker: only planning is measured here.
  const now = nowMs();
  return timed(async () => {
    bench.start(
      noopExecutor(() => {}),
      0,
    );
    const isOver = async (): Promise<boolean> =>
      ((await bench.store.nextWakeAt()).dueAt?.epochMilliseconds ?? 0) > now;
    await until(isOver, WITHIN_MS, 2);
  });
}

type Written = {
  /** The statement for one row. */
  readonly sql: string;
  readonly rows: readonly (readonly SQLInputValue[])[];
};

/** What planning has written, as statements that would have done the same. */
function writtenRows(file: string): readonly Written[] {
  const db = new DatabaseSync(file, { readOnly: true });
  const progress = progressTable(db);
  const written = [
    ...['ledger', 'run', 'queue'].map((table) => inserted(table, readRows(db, table))),
    updated(progress, readRows(db, progress, 'where plans_applied > 0')),
    inserted('change', readRows(db, 'change', `where kind = 'run.queued'`)),
  ];
  db.close();
  return written;
}

type StoredRow = Readonly<Record<string, SQLOutputValue>>;

function readRows(db: DatabaseSync, table: string, where = ''): readonly StoredRow[] {
  const rows = db.prepare(`select * from "${table}" ${where}`).all();
  if (rows.length !== TASKS) throw new Error(`${table} has ${rows.length} new rows.`);
  return rows;
}

function inserted(table: string, rows: readonly StoredRow[]): Written {
  const names = Object.keys(rows[0] ?? {});
  return {
    sql: `insert into "${table}" (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`,
    rows: rows.map((row) => Object.values(row) as SQLInputValue[]),
  };
}

function updated(table: string, rows: readonly StoredRow[]): Written {
  const names = Object.keys(rows[0] ?? {}).filter((name) => name !== 'task_id');
  return {
    sql: `update "${table}" set ${names.map((name) => `${name} = ?`).join(', ')} where task_id = ?`,
    rows: rows.map((row) => [...names, 'task_id'].map((name) => row[name] as SQLInputValue)),
  };
}

/** Milliseconds that writing the rows takes, as durably as the store writes. */
function writeByHand(file: string, written: readonly Written[]): number {
  const db = new DatabaseSync(file);
  db.exec('pragma journal_mode = wal; pragma synchronous = full; pragma temp_store = memory');
  const statements = written.map(({ sql, rows }) => ({ statement: db.prepare(sql), rows }));
  const start = performance.now();
  for (let from = 0; from < TASKS; from += BATCH) {
    db.exec('begin immediate');
    for (const { statement, rows } of statements) {
      for (const row of rows.slice(from, from + BATCH)) statement.run(...row);
    }
    db.exec('commit');
  }
  const took = performance.now() - start;
  db.close();
  return took;
}
