import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { backUp } from '../../src/daemon/backup/back-up.ts';
import { isOutputPath } from '../../src/daemon/backup/output-files.ts';
import { restore } from '../../src/daemon/backup/restore.ts';
import { takeLock } from '../../src/daemon/lock.ts';
import { prepareFolders } from '../../src/daemon/prepare-folders.ts';
import { daemonFiles, type DaemonFiles } from '../../src/installation/daemon-files.ts';
import { openOutputStore } from '../../src/output/open-output-store.ts';
import { openVault } from '../../src/secrets/open-vault.ts';
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts';
import type { Store } from '../../src/ports/store.ts';
import { minuteTask } from '../store/fixtures.ts';
import { recordingAnnouncer } from '../support/announcer.ts';
import { seededIds } from '../support/ids.ts';
import { quietLog } from '../support/quiet-log.ts';
import { removeFolder, temporaryFolder } from '../support/real-daemon.ts';
import { setClock } from '../support/set-clock.ts';

const clock = setClock();
const ids = seededIds(3, clock);
const NOW = clock.now();
const TEXT = new TextEncoder();

let folder: string;
let files: DaemonFiles;
let backup: string;
const stores: Store[] = [];

beforeEach(() => {
  folder = temporaryFolder();
  files = daemonFiles(join(folder, 'data'));
  backup = join(folder, 'a.backup');
  prepareFolders(files);
});
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
  removeFolder(folder);
});

async function open({ database }: DaemonFiles): Promise<Store> {
  const announcer = recordingAnnouncer();
  const store = await openSqliteStore({ file: database, clock, announcer, log: quietLog() });
  stores.push(store);
  return store;
}

async function filled(): Promise<Store> {
  const store = await open(files);
  await store.insertTask(minuteTask(ids, NOW, { definition: { name: 'first' } }), undefined);
  const vault = await openVault({ keyFile: files.keyFile, rows: store.secretRows, clock });
  await vault.set('TOKEN', 'a value that is sealed');
  return store;
}

function make(options: Partial<Parameters<typeof backUp>[4]> = {}) {
  return backUp(files, backup, '1.2.3', NOW, { withoutOutput: false, replaces: false, ...options });
}

const names = async (store: Store) =>
  (await store.listTasks(ALL, 50, undefined)).items.map(({ definition }) => definition.name);
const ALL = { namespace: 'all', states: undefined, tag: undefined, text: undefined } as const;

describe('a backup', () => {
  it('of data in use is put back elsewhere, with output and secrets', async () => {
    const store = await filled();
    const runId = ids.runId();
    const writer = openOutputStore({ folder: files.outputFolder }).open(runId, 1);
    writer.append('stdout', TEXT.encode('what was printed'));
    writer.close();
    const report = make();
    await store.insertTask(minuteTask(ids, NOW, { definition: { name: 'later' } }), undefined);
    expect(report).toMatchObject({ tasks: 1, outputFiles: 1, leftOut: 0 });
    expect(statSync(backup).mode & 0o777).toBe(0o600);

    const there = daemonFiles(join(folder, 'there'));
    expect(restore(there, backup, NOW, false)).toMatchObject({ outputFiles: 1, madeBy: '1.2.3' });
    const restored = await open(there);
    expect(await names(restored)).toEqual(['first']);
    const output = openOutputStore({ folder: there.outputFolder });
    const page = await output.read(runId, 1, { offset: 0, bytesMax: 100, stream: 'all' });
    expect(JSON.stringify(page)).toContain('what was printed');
    const vault = await openVault({ keyFile: files.keyFile, rows: restored.secretRows, clock });
    expect((await vault.resolve(['TOKEN'])).get('TOKEN')).toBe('a value that is sealed');
    expect(readdirSync(there.folder).filter((name) => name.includes('part'))).toEqual([]);
  });

  it('holds neither a key nor a value nor a token', async () => {
    await filled();
    writeFileSync(files.token, 'carillon_token-to-be-looked-for', { mode: 0o600 });
    make();
    const bytes = readFileSync(backup);
    for (const hidden of [
      readFileSync(files.keyFile),
      Buffer.from(readFileSync(files.keyFile).toString('hex')),
      Buffer.from('a value that is sealed'),
      Buffer.from('carillon_token-to-be-looked-for'),
    ]) {
      expect(bytes.includes(hidden)).toBe(false);
    }
  });

  it('does not hold what was deleted before', async () => {
    const store = await filled();
    await store.secretRows.insertMeta('gone', Buffer.from('written-once-and-removed'));
    await store.secretRows.changeMeta([], ['gone']);
    make();
    expect(readFileSync(backup).includes('written-once-and-removed')).toBe(false);
  });

  it('replaces a file only when told to, and leaves no draft when it cannot be made', async () => {
    await filled();
    writeFileSync(backup, 'something of mine');
    expect(() => make()).toThrow('is there already');
    expect(readFileSync(backup, 'utf8')).toBe('something of mine');
    make({ replaces: true, withoutOutput: true });
    expect(restore(daemonFiles(join(folder, 'x')), backup, NOW, false).outputFiles).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(['a.backup', 'data', 'x']);
  });

  it('is refused where there is no data', () => {
    expect(() => make()).toThrow('There is no data');
  });

  it('takes along nothing else that lies in the folder of outputs', async () => {
    await filled();
    mkdirSync(join(files.outputFolder, 'shard', 'run_1'), { recursive: true });
    writeFileSync(join(files.outputFolder, 'shard', 'run_1', 'note.txt'), 'not output');
    if (process.platform !== 'win32') symlinkSync('/', join(files.outputFolder, 'root'));
    expect(make().outputFiles).toBe(0);
  });
});

describe('restoring', () => {
  it('is refused while a daemon has the folder, and where there is data', async () => {
    await filled();
    make();
    const lock = takeLock(files.lock);
    expect(() => restore(files, backup, NOW, true)).toThrow('A daemon is running');
    lock?.release();
    expect(() => restore(files, backup, NOW, false)).toThrow('There is data');
    expect(readdirSync(files.folder).filter((name) => name.includes('restore'))).toEqual([]);
  });

  it('keeps what was there aside when told to, and the keys where they are', async () => {
    const store = await filled();
    make();
    await store.insertTask(minuteTask(ids, NOW, { definition: { name: 'later' } }), undefined);
    await store.close();
    const key = readFileSync(files.keyFile);
    const { keptAside } = restore(files, backup, NOW, true);
    expect(await names(await open(files))).toEqual(['first']);
    expect(await names(await open(daemonFiles(keptAside ?? '')))).toEqual(
      expect.arrayContaining(['first', 'later']),
    );
    expect(readFileSync(files.keyFile)).toEqual(key);
  });

  it('finds out that a backup is damaged, foreign or newer before it changes anything', async () => {
    await filled();
    make();
    const there = daemonFiles(join(folder, 'there'));
    const whole = readFileSync(backup);
    const cut = join(folder, 'cut');
    writeFileSync(cut, whole.subarray(0, whole.length - 8_192));
    expect(() => restore(there, cut, NOW, false)).toThrow(/damaged/);
    const text = join(folder, 'text');
    writeFileSync(text, 'tasks: []');
    expect(() => restore(there, text, NOW, false)).toThrow('not a backup');
    expect(() => restore(there, files.database, NOW, false)).toThrow('not a backup');
    expect(() => restore(there, join(folder, 'none'), NOW, false)).toThrow('cannot be read');
    const newer = new DatabaseSync(backup);
    newer.exec('update backup_info set version = 99');
    newer.close();
    expect(() => restore(there, backup, NOW, false)).toThrow('newer version');
    expect(existsSync(there.database)).toBe(false);
  });

  it('writes nothing outside the folder of outputs', async () => {
    await filled();
    make();
    const bad = new DatabaseSync(backup);
    for (const path of ['../../evil', '/tmp/evil', 'a/run_1/../../../evil', 'a/run_1/a1.out\0']) {
      bad.prepare('insert into backup_file values (?, ?)').run(path, TEXT.encode('x'));
    }
    bad.close();
    expect(restore(daemonFiles(join(folder, 'there')), backup, NOW, false).outputFiles).toBe(0);
    expect(existsSync(join(folder, 'evil'))).toBe(false);
  });
});

it.each([
  ['01m7z/run_01m7zcmz42fdjs4kczx43bc3wc/a1.out', true],
  ['01m7z/run_01m7zcmz42fdjs4kczx43bc3wc/a12.tail', true],
  ['01m7z/../a1.out', false],
  ['run_1/a1.out', false],
  ['01m7z/run_1/a1.out/x', false],
])('takes %j for a file of output: %s', (path, isOne) => {
  expect(isOutputPath(path)).toBe(isOne);
});
