import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { median } from './measure.ts';

const SYNCS = 200;

/** The machine that the figures are from, in one line. Every durable commit waits for its disk. */
export function describeMachine(): string {
  const [cpu] = cpus();
  const memory = `${(totalmem() / 1024 ** 3).toFixed(0)} GiB`;
  const load = loadavg()
    .map((value) => value.toFixed(2))
    .join(' ');
  return [
    `${cpus().length} × ${cpu?.model.trim() ?? 'unknown processor'}`,
    memory,
    `${type()} ${release()}`,
    `Node ${process.versions.node}`,
    `SQLite ${sqliteVersion()}`,
    `fdatasync ${syncMs().toFixed(2)} ms`,
    `load at the start ${load}`,
  ].join(', ');
}

function syncMs(): number {
  const file = join(tmpdir(), `carillon-sync-${process.pid}`);
  const descriptor = openSync(file, 'w', 0o600);
  const block = Buffer.alloc(4_096, 1);
  const times: number[] = [];
  for (let sync = 0; sync < SYNCS; sync += 1) {
    writeSync(descriptor, block);
    const start = performance.now();
    fdatasyncSync(descriptor);
    times.push(performance.now() - start);
  }
  closeSync(descriptor);
  rmSync(file);
  return median(times);
}

function sqliteVersion(): string {
  const db = new DatabaseSync(':memory:');
  const row = db.prepare('select sqlite_version() as version').get();
  db.close();
  return String(row?.['version']);
}
