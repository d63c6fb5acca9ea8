import { randomBytes } from 'node:crypto';
import {
  access,
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Refusal } from '../../src/domain/refusal.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { SecretRows, Secrets } from '../../src/ports/secrets.ts';
import { openVault } from '../../src/secrets/open-vault.ts';
import { memorySecretRows, type KeptSecret } from '../simulation/memory-secret-rows.ts';

const HAS_MODES = process.platform !== 'win32';

let folder: string;
let keyFile: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'carillon-vault-'));
  keyFile = join(folder, 'keys', 'master.key');
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

type Stored = {
  readonly rows: SecretRows;
  readonly byName: Map<string, KeptSecret>;
  readonly meta: Map<string, Uint8Array>;
};

function table(): Stored {
  const byName = new Map<string, KeptSecret>();
  const meta = new Map<string, Uint8Array>();
  return { rows: memorySecretRows(byName, meta), byName, meta };
}

function clockAt(text: string): Clock {
  return {
    now: () => Temporal.Instant.from(text),
    monotonicMs: () => 0,
    setTimer: () => () => {},
  };
}

function vault(rows: SecretRows, at = '2026-11-21T09:00:00Z', path = keyFile): Promise<Secrets> {
  return openVault({ keyFile: path, rows, clock: clockAt(at) });
}

function bytesOf(stored: Stored): string {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  const rows = [...stored.byName.values()].map((row) => [row.name, hex(row.sealed)]);
  return JSON.stringify([rows, [...stored.meta].map(([key, value]) => [key, hex(value)])]);
}

async function refusalOf(promise: Promise<unknown>): Promise<Refusal> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('Nothing was refused.');
}

describe('the vault', () => {
  it('gives back what was set, also after it was opened anew', async () => {
    const { rows } = table();
    const first = await vault(rows);
    await first.set('TOKEN', 'grüezi 🔑\nsecond line');
    await first.set('EMPTY', '');
    for (const opened of [first, await vault(rows)]) {
      expect(await opened.resolve(['TOKEN', 'EMPTY', 'OTHER', 'TOKEN'])).toEqual(
        new Map([
          ['TOKEN', 'grüezi 🔑\nsecond line'],
          ['EMPTY', ''],
        ]),
      );
    }
  });

  it('stores nothing readable, and the same value differently each time', async () => {
    const stored = table();
    const secrets = await vault(stored.rows);
    await secrets.set('A', 'a value to be found');
    await secrets.set('B', 'a value to be found');
    const [a, b] = [...stored.byName.values()].map((row) => Buffer.from(row.sealed));
    expect(a?.includes('a value')).toBe(false);
    expect(a?.equals(b ?? Buffer.alloc(0))).toBe(false);
    const key = await readFile(keyFile);
    expect(bytesOf(stored)).not.toContain(key.toString('hex'));
  });

  it('keeps when a secret was created and says when it was last set', async () => {
    const { rows } = table();
    await (await vault(rows, '2026-11-21T09:00:00Z')).set('A', '1');
    const later = await vault(rows, '2026-11-22T09:00:00Z');
    await later.set('A', '2');
    const [listed] = await later.list();
    expect(listed?.createdAt.toString()).toBe('2026-11-21T09:00:00Z');
    expect(listed?.updatedAt.toString()).toBe('2026-11-22T09:00:00Z');
    expect(await later.remove('A')).toBe(true);
    expect(await later.remove('A')).toBe(false);
    expect(await later.resolve(['A'])).toEqual(new Map());
  });

  it.each(['', '1A', 'a b', 'a|b', 'ä', 'A\n', '-a', 'a'.repeat(65), '__proto__ '])(
    'refuses the name %j',
    async (name) => {
      const refusal = await refusalOf((await vault(table().rows)).set(name, 'x'));
      expect(refusal.code).toBe('invalid');
    },
  );

  it('takes names and values up to their bounds, and none beyond', async () => {
    const secrets = await vault(table().rows);
    const name = `_${'a.b-C9_'.repeat(9)}`;
    expect(name.length).toBe(64);
    await secrets.set(name, 'ü'.repeat(32 * 1024));
    expect((await secrets.resolve([name])).get(name)?.length).toBe(32 * 1024);
    const tooLarge = await refusalOf(secrets.set('A', `${'ü'.repeat(32 * 1024)}x`));
    expect(tooLarge.code).toBe('invalid');
    const noText = await refusalOf(secrets.set('A', 'a\ud800'));
    expect(noText.code).toBe('invalid');
  });

  it('refuses a row that was changed, in whichever byte', async () => {
    const stored = table();
    const secrets = await vault(stored.rows);
    await secrets.set('A', 'value');
    const row = stored.byName.get('A');
    if (row === undefined) throw new Error('no row');
    for (let index = 0; index < row.sealed.length; index += 1) {
      const sealed = row.sealed.slice();
      sealed[index] = (sealed[index] ?? 0) ^ 1;
      stored.byName.set('A', { ...row, sealed });
      const refusal = await refusalOf(secrets.resolve(['A']));
      expect(refusal.code).toBe('unavailable');
      expect(refusal.message).toContain('"A"');
    }
    for (const length of [0, 1, 5, 20, 32, 33, row.sealed.length - 1]) {
      stored.byName.set('A', { ...row, sealed: row.sealed.slice(0, length) });
      expect((await refusalOf(secrets.resolve(['A']))).code).toBe('unavailable');
    }
  });

  it('refuses a row that was moved to another name', async () => {
    const stored = table();
    const secrets = await vault(stored.rows);
    await secrets.set('A', 'for A');
    await secrets.set('B', 'for B');
    const row = stored.byName.get('A');
    if (row === undefined) throw new Error('no row');
    stored.byName.set('B', { ...row, name: 'B' });
    expect((await refusalOf(secrets.resolve(['B']))).code).toBe('unavailable');
    expect(await secrets.resolve(['A'])).toEqual(new Map([['A', 'for A']]));
  });
});

describe('the master key', () => {
  it('is made at the first set and not before', async () => {
    const { rows } = table();
    const secrets = await vault(rows);
    expect(await secrets.resolve(['A'])).toEqual(new Map());
    expect(await secrets.list()).toEqual([]);
    await expect(access(keyFile)).rejects.toThrow('ENOENT');
    await secrets.set('A', 'x');
    expect((await stat(keyFile)).size).toBe(32);
    expect(await readdir(join(folder, 'keys'))).toEqual(['master.key']);
  });

  it.runIf(HAS_MODES)('is readable for its owner alone, in a folder of its own', async () => {
    await (await vault(table().rows)).set('A', 'x');
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'keys'))).mode & 0o777).toBe(0o700);
  });

  it.runIf(HAS_MODES).each(['640', '604', '660', '666'])(
    'is refused with the mode %s',
    async (mode) => {
      const stored = table();
      await (await vault(stored.rows)).set('A', 'x');
      await chmod(keyFile, mode);
      const before = bytesOf(stored);
      const secrets = await vault(stored.rows);
      for (const ask of [() => secrets.resolve(['A']), () => secrets.set('A', 'y')]) {
        const refusal = await refusalOf(ask());
        expect(refusal.code).toBe('unavailable');
        expect(refusal.hint).toContain('chmod 600');
      }
      expect(bytesOf(stored)).toBe(before);
      // Mended, it works without opening the vault anew.
      await chmod(keyFile, 0o600);
      expect(await secrets.resolve(['A'])).toEqual(new Map([['A', 'x']]));
    },
  );

  it.runIf(HAS_MODES)('is refused in a folder that others may write to', async () => {
    const { rows } = table();
    await (await vault(rows)).set('A', 'x');
    await chmod(join(folder, 'keys'), 0o770);
    expect((await refusalOf((await vault(rows)).resolve(['A']))).hint).toContain('chmod 700');
  });

  it.each([0, 31, 33, 4_096])('is refused with %i bytes', async (length) => {
    await mkdir(join(folder, 'keys'), { mode: 0o700 });
    await writeFile(keyFile, randomBytes(length), { mode: 0o600 });
    const stored = table();
    const refusal = await refusalOf((await vault(stored.rows)).set('A', 'x'));
    expect(refusal.code).toBe('unavailable');
    expect((await stat(keyFile)).size).toBe(length);
    expect(stored.meta.size).toBe(0);
  });

  it('that is another one opens nothing and changes nothing', async () => {
    const stored = table();
    await (await vault(stored.rows)).set('A', 'x');
    await writeFile(keyFile, randomBytes(32));
    const before = bytesOf(stored);
    const secrets = await vault(stored.rows);
    for (const ask of [
      () => secrets.resolve(['A']),
      () => secrets.set('A', 'y'),
      () => secrets.set('B', 'y'),
    ]) {
      const refusal = await refusalOf(ask());
      expect(refusal.code).toBe('unavailable');
      expect(refusal.message).toContain('not the one');
      expect(refusal.hint).toContain(keyFile);
    }
    expect(bytesOf(stored)).toBe(before);
    expect(await secrets.resolve(['NONE'])).toEqual(new Map());
    expect((await secrets.list()).length).toBe(1);
  });

  it('that is missing is not made anew while secrets are sealed by it', async () => {
    const stored = table();
    await (await vault(stored.rows)).set('A', 'x');
    await rm(keyFile);
    const before = bytesOf(stored);
    const secrets = await vault(stored.rows);
    for (const ask of [() => secrets.resolve(['A']), () => secrets.set('A', 'y')]) {
      expect((await refusalOf(ask())).message).toContain('missing');
    }
    await expect(access(keyFile)).rejects.toThrow('ENOENT');
    expect(bytesOf(stored)).toBe(before);
  });

  it('that exists already is used by an empty database', async () => {
    await (await vault(table().rows)).set('A', 'x');
    const key = await readFile(keyFile);
    const { rows } = table();
    const secrets = await vault(rows);
    await secrets.set('B', 'y');
    expect(await secrets.resolve(['B'])).toEqual(new Map([['B', 'y']]));
    expect(await readFile(keyFile)).toEqual(key);
  });

  it('that cannot be made is a refusal', async () => {
    await writeFile(join(folder, 'file'), '');
    const path = join(folder, 'file', 'master.key');
    const refusal = await refusalOf((await vault(table().rows, undefined, path)).set('A', 'x'));
    expect(refusal.code).toBe('unavailable');
  });

  it('is one, and opens everything, when several vaults begin at the same time', async () => {
    for (let round = 0; round < 20; round += 1) {
      const path = join(folder, `round-${round}`, 'master.key');
      const stored = table();
      const vaults = await Promise.all(
        Array.from({ length: 4 }, () => vault(stored.rows, undefined, path)),
      );
      await Promise.all(vaults.map((secrets, index) => secrets.set(`S${index}`, `value ${index}`)));
      expect(stored.meta.size).toBe(1);
      const names = vaults.map((_, index) => `S${index}`);
      const expected = new Map(names.map((name, index) => [name, `value ${index}`]));
      for (const secrets of [...vaults, await vault(stored.rows, undefined, path)]) {
        expect(await secrets.resolve(names)).toEqual(expected);
      }
    }
  });

  it('of the second of two daemons with a key each is refused', async () => {
    const stored = table();
    const one = await vault(stored.rows, undefined, join(folder, 'one', 'key'));
    const two = await vault(stored.rows, undefined, join(folder, 'two', 'key'));
    const results = await Promise.allSettled([one.set('A', '1'), two.set('B', '2')]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(stored.byName.size).toBe(1);
  });
});
