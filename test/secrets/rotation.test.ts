import { copyFile, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FOR_EVERYTHING } from '../../src/domain/secrets/secret-grants.ts';
import type { SecretRows, Secrets } from '../../src/ports/secrets.ts';
import { openVault } from '../../src/secrets/open-vault.ts';
import { sealedKeyId } from '../../src/secrets/seal.ts';
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts';
import type { Store } from '../../src/ports/store.ts';
import { setClock } from '../support/set-clock.ts';
import { recordingAnnouncer } from '../support/announcer.ts';
import { quietLog } from '../support/quiet-log.ts';

const clock = setClock();
const VALUES = new Map(Array.from({ length: 5 }, (_, at) => [`S${at}`, `a value, number ${at}`]));

let folder: string;
let store: Store;
let key: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'carillon-rotation-'));
  key = join(folder, 'keys', 'master.key');
  store = await openStore();
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

function openStore(): Promise<Store> {
  const file = join(folder, 'carillon.db');
  return openSqliteStore({
    file,
    clock,
    announcer: recordingAnnouncer(),
    log: quietLog(),
  });
}

function vault(rows: SecretRows = store.secretRows, path = key): Promise<Secrets> {
  return openVault({ keyFile: path, rows, clock });
}

async function filled(): Promise<Secrets> {
  const secrets = await vault();
  for (const [name, value] of VALUES) await secrets.set(name, value);
  return secrets;
}

async function keyIds(): Promise<readonly (number | undefined)[]> {
  const rows = await store.secretRows.get([...VALUES.keys()]);
  return [...new Set(rows.map(({ sealed }) => sealedKeyId(sealed)))];
}

/** Rows of a process that dies at its call number `last`: before it takes effect, or after. */
function mortal(
  rows: SecretRows,
  last: number,
  when: 'before' | 'after',
): SecretRows & { calls: number } {
  const counted = { calls: 0 };
  const dying = new Proxy(rows, {
    get: (target, name: keyof SecretRows | 'calls') => {
      if (name === 'calls') return counted.calls;
      const method = target[name] as (...given: unknown[]) => Promise<unknown>;
      return async (...given: unknown[]) => {
        counted.calls += 1;
        if (counted.calls === last && when === 'before') throw new Error('killed');
        if (counted.calls > last) throw new Error('killed');
        const answer = await method(...given);
        if (counted.calls === last) throw new Error('killed');
        return answer;
      };
    },
  });
  return dying as SecretRows & { calls: number };
}

/** How many calls of the rows a piece of work makes when nothing dies. */
async function callsOf(work: (secrets: Secrets) => Promise<unknown>): Promise<number> {
  const rows = mortal(store.secretRows, Number.POSITIVE_INFINITY, 'before');
  const secrets = await vault(rows);
  const before = rows.calls;
  await work(secrets);
  return rows.calls - before;
}

describe('a rotation of the data key', () => {
  it('seals every value anew and leaves one key', async () => {
    const secrets = await filled();
    expect(await keyIds()).toEqual([1]);
    expect(await secrets.rotateDataKey()).toEqual({ resealed: VALUES.size });
    expect(await keyIds()).toEqual([2]);
    expect((await store.secretRows.listMeta('secrets.data_key.')).length).toBe(1);
    expect(await secrets.resolve([...VALUES.keys()])).toEqual(VALUES);
    expect(await (await vault()).resolve([...VALUES.keys()])).toEqual(VALUES);
  });

  it('loses no value that is set meanwhile', async () => {
    const secrets = await filled();
    const rotated = secrets.rotateDataKey();
    const set = secrets.set('S0', 'another value');
    await Promise.all([rotated, set, secrets.resolve([...VALUES.keys()])]);
    expect((await secrets.resolve(['S0'])).get('S0')).toBe('another value');
    expect(await keyIds()).toEqual([2]);
  });

  it.each(['before', 'after'] as const)(
    'that dies %s any of its steps loses nothing, and the next opening completes it',
    async (when) => {
      await filled();
      const calls = await callsOf((secrets) => secrets.rotateDataKey());
      expect(calls).toBeGreaterThan(VALUES.size);
      for (let last = 1; last <= calls; last += 1) {
        const rows = mortal(store.secretRows, Number.POSITIVE_INFINITY, when);
        const opening = await vault(rows).then(() => rows.calls);
        const dying = await vault(mortal(store.secretRows, opening + last, when));
        await expect(dying.rotateDataKey()).rejects.toThrow('killed');
        const next = await vault();
        expect(await next.resolve([...VALUES.keys()])).toEqual(VALUES);
        expect((await store.secretRows.listMeta('secrets.data_key.')).length).toBe(1);
        expect((await keyIds()).length).toBe(1);
      }
    },
  );
});

describe('a change of the master key', () => {
  it('replaces the file, and the old key opens nothing any more', async () => {
    const secrets = await filled();
    const old = await readFile(key);
    await secrets.rotateMasterKey();
    expect(await readFile(key)).not.toEqual(old);
    expect(await secrets.resolve([...VALUES.keys()])).toEqual(VALUES);
    expect(await (await vault()).resolve([...VALUES.keys()])).toEqual(VALUES);
    await writeFile(key, old);
    await expect((await vault()).resolve(['S0'])).rejects.toThrow('not the one');
  });

  it.each(['before', 'after'] as const)(
    'that dies %s any of its steps loses nothing',
    async (when) => {
      await filled();
      const calls = await callsOf((secrets) => secrets.rotateMasterKey());
      for (let last = 1; last <= calls; last += 1) {
        const rows = mortal(store.secretRows, Number.POSITIVE_INFINITY, when);
        const opening = await vault(rows).then(() => rows.calls);
        const dying = await vault(mortal(store.secretRows, opening + last, when));
        await dying.rotateMasterKey().catch(() => undefined);
        const next = await vault();
        expect(await next.resolve([...VALUES.keys()])).toEqual(VALUES);
        await next.rotateMasterKey();
        expect(await (await vault()).resolve([...VALUES.keys()])).toEqual(VALUES);
      }
    },
  );

  it('that died before the new file took its place is completed by the next opening', async () => {
    const secrets = await filled();
    await copyFile(key, join(folder, 'old'));
    await secrets.rotateMasterKey();
    await rename(key, `${key}.next`);
    await copyFile(join(folder, 'old'), key);
    const staged = await readFile(`${key}.next`);
    expect(await (await vault()).resolve([...VALUES.keys()])).toEqual(VALUES);
    expect(await readFile(key)).toEqual(staged);
    await expect(readFile(`${key}.next`)).rejects.toThrow('ENOENT');
  });

  it('that died while it wrote the new file goes on with the old one', async () => {
    await filled();
    await writeFile(`${key}.next`, randomBytes(7), { mode: 0o600 });
    expect(await (await vault()).resolve([...VALUES.keys()])).toEqual(VALUES);
  });

  it('that is a credential is made by naming the key before', async () => {
    const secrets = await filled();
    const credential = join(folder, 'credential');
    const options = { keyFile: credential, isKeyReadOnly: true, rows: store.secretRows, clock };
    await writeFile(credential, `${randomBytes(32).toString('hex')}\n`, { mode: 0o400 });
    await expect((await openVault(options)).resolve(['S0'])).rejects.toThrow('not the one');
    await openVault({ ...options, previousKeyFile: key });
    const moved = await openVault(options);
    expect(await moved.resolve([...VALUES.keys()])).toEqual(VALUES);
    await expect(moved.rotateMasterKey()).rejects.toMatchObject({ code: 'conflict' });
    await expect((await vault()).resolve(['S0'])).rejects.toThrow('not the one');
    expect(await secrets.resolve(['S0'])).toEqual(new Map([['S0', VALUES.get('S0')]]));
  });

  it('with a wrong key and a wrong one before changes nothing', async () => {
    await filled();
    const before = await store.secretRows.listMeta('');
    const wrong = join(folder, 'wrong');
    const alsoWrong = join(folder, 'also-wrong');
    await writeFile(wrong, randomBytes(32).toString('base64'), { mode: 0o600 });
    await writeFile(alsoWrong, randomBytes(32), { mode: 0o600 });
    const given = { keyFile: wrong, previousKeyFile: alsoWrong, rows: store.secretRows, clock };
    const secrets = await openVault(given);
    await expect(secrets.rotateMasterKey()).rejects.toMatchObject({ code: 'unavailable' });
    await expect(secrets.rotateDataKey()).rejects.toMatchObject({ code: 'unavailable' });
    expect(await store.secretRows.listMeta('')).toEqual(before);
  });
});

it('keeps grants through a new value and a rotation', async () => {
  const secrets = await vault();
  const grants = { ...FOR_EVERYTHING, hosts: ['example.org'] };
  await secrets.set('A', 'one', grants);
  await secrets.set('A', 'two');
  await secrets.rotateDataKey();
  const [listed] = await secrets.list();
  expect(listed?.grants).toEqual(grants);
  expect(await secrets.setGrants('B', grants)).toBe(false);
});
