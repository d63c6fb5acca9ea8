import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeFolder, temporaryFolder } from '../support/real-daemon.ts';
import { INITIALIZE, spawnMcp } from './mcp-process.ts';

const ROOT = resolve(import.meta.dirname, '../..');

let folder: string;
let bin: string;

beforeAll(() => {
  folder = temporaryFolder();
  bin = join(folder, 'bin', 'carillon.cjs');
  for (const part of ['bin', 'package.json'])
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  const built = spawnSync(
    process.execPath,
    [join(ROOT, 'tools/build/build.ts'), '--no-types', '--out', join(folder, 'dist')],
    { encoding: 'utf8' },
  );
  expect(built.stderr).toBe('');
});

afterAll(() => {
  spawnSync(process.execPath, [bin, 'down', '--data', join(folder, 'data')]);
  removeFolder(folder);
});

/** A Node of PATH that is too old for the daemon and recent enough for the pipe. */
function oldNode(): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((directory) => join(directory, 'node'))
    .find((file) => {
      const probe = spawnSync(file, ['-p', 'process.versions.node'], { encoding: 'utf8' });
      if (probe.status !== 0) return false;
      const [major = 0, minor = 0] = probe.stdout.split('.').map(Number);
      return major >= 20 && (major < 24 || (major === 24 && minor < 15));
    });
}

describe('the published package', () => {
  it('needs nothing but itself to run', () => {
    const { status, stdout } = spawnSync(process.execPath, [bin, 'version', '--json'], {
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ node: process.versions.node });
  });

  it('begins its help with examples', () => {
    const { status, stdout } = spawnSync(process.execPath, [bin, '--help'], { encoding: 'utf8' });
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Examples:\n  carillon tasks add /);
    expect(stdout).toContain('Exit codes: 0 done');
  });

  it('exports its version', () => {
    const script = "import('./dist/index.js').then((m) => console.log(m.packageVersion()))";
    const { stdout } = spawnSync(process.execPath, ['-e', script], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('exports a client of the API that holds nothing of the daemon', () => {
    const script = "import('carillon/client').then((m) => console.log(Object.keys(m).join()))";
    const { stdout } = spawnSync(process.execPath, ['-e', script], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stdout).toBe('ApiProblem,openClient\n');
    const text = readFileSync(join(folder, 'dist', 'client.js'), 'utf8');
    expect(text).not.toMatch(/^import |\bimport\(/m);
    expect(text.length).toBeLessThan(20_000);
  });

  const old = oldNode();

  it.skipIf(old === undefined)(
    'says what is missing on an old Node, when there is no other',
    () => {
      const words = [bin, 'status', '--data', join(folder, 'none')];
      const { status, stderr } = spawnSync(old ?? '', words, {
        encoding: 'utf8',
        env: { PATH: '' },
      });
      expect(status).toBe(1);
      expect(stderr).toMatch(
        /^Carillon needs Node 24\.15 or newer, and found only v\S+ \(.+\)\. .+\n$/,
      );
    },
  );

  it.skipIf(old === undefined)('finds the recent Node that CARILLON_NODE names', () => {
    const { status, stdout } = spawnSync(old ?? '', [bin, 'version', '--json'], {
      encoding: 'utf8',
      env: { PATH: '', CARILLON_NODE: process.execPath },
    });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ node: process.versions.node });
  });

  it.skipIf(old === undefined)('answers a client on an old Node with what is missing', async () => {
    const environment = { PATH: '', HOME: folder };
    const client = spawnMcp(old ?? '', [bin, 'mcp', '--data', join(folder, 'none')], environment);
    client.send(INITIALIZE);
    const answer = (await client.receive()) as { id: number; error: { message: string } };
    expect(answer.id).toBe(1);
    expect(answer.error.message).toContain('Carillon needs Node 24.15 or newer');
    expect((await client.ended).code).toBe(1);
  });

  it.skipIf(old === undefined)(
    'serves a client on an old Node, by a daemon on a recent one',
    async () => {
      const environment = { PATH: '', HOME: folder, CARILLON_NODE: process.execPath };
      const client = spawnMcp(old ?? '', [bin, 'mcp', '--data', join(folder, 'data')], environment);
      client.send(INITIALIZE);
      expect(await client.receive()).toMatchObject({
        id: 1,
        result: { serverInfo: { name: 'carillon' } },
      });
      client.end();
      expect(await client.ended).toEqual({ code: 0, signal: null });
    },
  );
});
