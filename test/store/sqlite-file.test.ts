import { PROOF_FACTOR } from '../support/proof-size.ts';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import type { Store } from '../../src/ports/store.ts';
import { migrate } from '../../src/store/sqlite/migrate.ts';
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts';
import { retryWhileLocked } from '../../src/store/sqlite/retry-while-locked.ts';
import { recordingAnnouncer } from '../support/announcer.ts';
import { seededIds, seededRandom } from '../support/ids.ts';
import { quietLog } from '../support/quiet-log.ts';
import { setClock } from '../support/set-clock.ts';
import { MANY_STEPS, ROWS, STEPS } from './children/many-steps.ts';
import { ANY_TASK } from './conformance/world.ts';
import { minuteTask, planOne } from './fixtures.ts';

const folder = mkdtempSync(join(tmpdir(), 'store-file-'));
const clock = setClock();
const ids = seededIds(1, clock);
let files = 0;

afterAll(() => rmSync(folder, { recursive: true }));

function newFile(): string {
  files += 1;
  return join(folder, `${files}.db`);
}

function open(file: string): Promise<Store> {
  return openSqliteStore({ file, clock, announcer: recordingAnnouncer(), log: quietLog() });
}

async function addTasks(store: Store, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await store.insertTask(minuteTask(ids, clock.now()), undefined);
  }
}

/** A closed store with tasks in it. */
async function filledFile(tasks = 60): Promise<string> {
  const file = newFile();
  const store = await open(file);
  await addTasks(store, tasks);
  await store.close();
  return file;
}

async function expectRefusal(file: string, message: RegExp): Promise<void> {
  const before = readFileSync(file);
  const refusal = { name: 'Refusal', code: 'unavailable' };
  const error: unknown = await open(file).catch((error: unknown) => error);
  expect(error).toMatchObject(refusal);
  expect(String(error)).toMatch(message);
  expect(readFileSync(file).equals(before)).toBe(true);
}

function child(script: string, ...values: readonly string[]): ChildProcess {
  const path = join(import.meta.dirname, 'children', script);
  return spawn(process.execPath, [path, ...values], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function firstOutput(process: ChildProcess): Promise<string> {
  if (process.stdout === null) throw new Error('There is no output.');
  const [bytes] = await once(process.stdout, 'data');
  return String(bytes);
}

describe('a data file', () => {
  it('is made for its owner alone, and holds what was stored when it is opened again', async () => {
    const file = await filledFile(3);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const store = await open(file);
    expect((await store.listTasks(ANY_TASK, 10, undefined)).items).toHaveLength(3);
    await store.close();
    await store.close();
    expect(existsSync(`${file}-wal`)).toBe(false);
  });

  it('is refused when it is not a database', async () => {
    const file = newFile();
    writeFileSync(file, 'These are my notes. '.repeat(400));
    await expectRefusal(file, /not a database/);
    writeFileSync(file, 'x');
    await expectRefusal(file, /not a database/);
  });

  it('is refused when it is the database of another program', async () => {
    for (const applicationId of [0, 7]) {
      const file = newFile();
      const database = new DatabaseSync(file);
      database.exec(`create table song (title text); pragma application_id = ${applicationId}`);
      database.close();
      await expectRefusal(file, /another program/);
    }
  });

  it('is refused when a newer program wrote it, with the format that is needed', async () => {
    const file = await filledFile(1);
    const database = new DatabaseSync(file);
    database.exec("insert into data_format values (41, 'later')");
    database.close();
    await expectRefusal(file, /format 41/);
  });

  it('is refused when it is damaged', async () => {
    const random = seededRandom(5);
    const whole = await filledFile();
    for (let trial = 0; trial < 8; trial += 1) {
      const file = newFile();
      copyFileSync(whole, file);
      const pages = Math.floor(statSync(file).size / 4096);
      const descriptor = openSync(file, 'r+');
      const page = 1 + Math.floor(random() * (pages - 1));
      writeSync(descriptor, Buffer.alloc(4096, 0xa5), 0, 4096, page * 4096);
      closeSync(descriptor);
      await expectRefusal(file, /damaged/);
    }
  });

  it('is refused when its end is missing', async () => {
    const file = await filledFile();
    truncateSync(file, Math.floor(statSync(file).size / 8192) * 4096);
    await expectRefusal(file, /damaged/);
  });

  it('is refused when only its log is left', async () => {
    const file = newFile();
    const store = await open(file);
    await addTasks(store, 2);
    const log = readFileSync(`${file}-wal`);
    await store.close();
    writeFileSync(file, '');
    writeFileSync(`${file}-wal`, log);
    await expectRefusal(file, /log that belongs to it/);
    expect(readFileSync(`${file}-wal`).equals(log)).toBe(true);
  });

  it('is refused when its folder is missing', async () => {
    await expect(open(join(folder, 'nowhere', 'x.db'))).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('is refused when it is read-only', async () => {
    const file = await filledFile(1);
    chmodSync(file, 0o444);
    if (process.getuid?.() !== 0) return expectRefusal(file, /opened for writing/);
    // Nothing is read-only for root, so somebody else tries.
    chmodSync(folder, 0o755);
    const path = join(import.meta.dirname, 'children', 'open-store.ts');
    const somebody = spawn(process.execPath, [path, file], {
      stdio: ['ignore', 'pipe', 'inherit'],
      uid: 65_534,
      gid: 65_534,
    });
    expect(await firstOutput(somebody)).toMatch(/^unavailable: .*opened for writing/);
  });

  it('waits for another process that has locked it, and lets everything else go on', async () => {
    const file = newFile();
    const store = await open(file);
    const holder = child('hold-lock.ts', file, '1000');
    await firstOutput(holder);
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    const begun = performance.now();
    await addTasks(store, 1);
    clearInterval(timer);
    expect(performance.now() - begun).toBeGreaterThan(500);
    expect(longest).toBeLessThan(500);
    expect((await store.countStates('all')).tasks.active).toBe(1);
    await store.close();
  });

  it('is given up as unavailable when the lock stays', async () => {
    let attempts = 0;
    const locked = (): never => {
      attempts += 1;
      throw Object.assign(new Error('database is locked'), { errcode: 5 });
    };
    await expect(retryWhileLocked(locked, 3)).rejects.toMatchObject({ code: 'unavailable' });
    expect(attempts).toBe(3);
  });

  it('opens clean after its log was cut or damaged anywhere, with the first of its commits', async () => {
    const commits = 12;
    const file = await filledFile(1);
    const store = await open(file);
    const ends = [statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0];
    for (let commit = 0; commit < commits; commit += 1) {
      await addTasks(store, 1);
      ends.push(statSync(`${file}-wal`).size);
    }
    const main = readFileSync(file);
    const log = readFileSync(`${file}-wal`);
    await store.close();
    const random = seededRandom(9);
    const trial = newFile();
    for (let count = 0; count < 200 * PROOF_FACTOR; count += 1) {
      const at = Math.floor(random() * log.length);
      const damaged = count % 2 === 0 ? log.subarray(0, at) : Buffer.from(log);
      if (count % 2 === 1) damaged[at] = (damaged[at] ?? 0) ^ (1 + Math.floor(random() * 255));
      writeFileSync(trial, main);
      writeFileSync(`${trial}-wal`, damaged);
      const reopened = await open(trial);
      const found = (await reopened.countStates('all')).tasks.active - 1;
      const changes = await reopened.lastChangeId();
      await reopened.close();
      // Whole commits before the damage are there, and nothing but whole commits.
      const whole = ends.filter((end) => end <= at).length - 1;
      expect({ at, found, changes }).toEqual({ at, found: Math.max(whole, 0), changes: found + 1 });
    }
  });

  it('goes on from the last whole step when its upgrade is killed', async () => {
    const random = seededRandom(11);
    let unfinished = 0;
    for (let trial = 0; trial < 10; trial += 1) {
      const file = newFile();
      const upgrade = child('migrate.ts', file);
      const ended = once(upgrade, 'exit');
      await firstOutput(upgrade);
      await pause(random() * 60);
      upgrade.kill('SIGKILL');
      await ended;
      const database = new DatabaseSync(file);
      const steps = "select count(*) as count from sqlite_schema where name like 'step%'";
      if (Number(database.prepare(steps).get()?.['count']) < STEPS) unfinished += 1;
      await migrate(database, MANY_STEPS);
      const done = database.prepare('select step from done order by step').all();
      expect(done.map((row) => row['step'])).toEqual(MANY_STEPS.map((step) => step.version));
      for (const { version } of MANY_STEPS) {
        const rows = database.prepare(`select count(*) as count from step_${version}`).get();
        expect(rows?.['count']).toBe(ROWS);
      }
      database.close();
    }
    expect(unfinished).toBeGreaterThan(0);
  }, 60_000);

  it('is read by another process while this one writes', async () => {
    const file = newFile();
    const store = await open(file);
    const reader = child('read-tasks.ts', file, '40');
    await firstOutput(reader);
    const ended = once(reader, 'exit');
    await addTasks(store, 40);
    expect(await ended).toEqual([0, null]);
    await store.close();
  });

  it('gives each occurrence to one of two stores that plan on it at the same time', async () => {
    const file = newFile();
    const stores = [await open(file), await open(file)];
    const [first] = stores;
    if (first !== undefined) await addTasks(first, 60);
    const moved = await Promise.all(
      stores.map(async (store) => {
        let moved = 0;
        for (let due = await store.listDueTasks(clock.now(), 10); due.length > 0;) {
          moved += await store.applyPlans(
            due.map((task) => planOne(ids, task)),
            clock.now(),
          );
          await pause(1);
          due = await store.listDueTasks(clock.now(), 10);
        }
        return moved;
      }),
    );
    expect(moved.reduce((sum, count) => sum + count, 0)).toBe(60);
    expect((await first?.countStates('all'))?.runs.queued).toBe(60);
    for (const store of stores) await store.close();
  });
});
