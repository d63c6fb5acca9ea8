import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { opensInspector } from '../support/inspector.ts';
import {
  MAIN,
  removeFolder,
  startDaemon,
  temporaryFolder,
  type RealDaemon,
} from '../support/real-daemon.ts';

const KEY = '5e'.repeat(32);
const OTHER_KEY = 'a7'.repeat(32);

let folder: string;
let daemon: RealDaemon | undefined;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  await daemon?.kill('SIGKILL');
  daemon = undefined;
  removeFolder(folder);
});

async function open(env: Readonly<Record<string, string>>): Promise<RealDaemon> {
  await daemon?.kill('SIGTERM');
  daemon = await startDaemon(join(folder, 'data'), env);
  return daemon;
}

type Told = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };

async function ask(method: string, path: string, body?: object): Promise<Told> {
  const response = await fetch(`${daemon?.origin}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${daemon?.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Told['body']) };
}

async function run(task: string) {
  const { body } = await ask('POST', `/tasks/${task}/runs`, {});
  const { body: ended } = await ask('GET', `/runs/${String(body['id'])}/wait?seconds=20`);
  return `${String(ended['state'])} ${String(ended['message'])}`;
}

function keyFile(name: string, key: string): string {
  const file = join(folder, name);
  writeFileSync(file, `${key}\n`, { mode: 0o400 });
  return file;
}

it.skipIf(process.platform === 'win32')(
  'a daemon opens its secrets by a credential and by a key file; by another key none, and nothing is overwritten',
  async () => {
    mkdirSync(join(folder, 'credentials'));
    keyFile('credentials/carillon-master-key', KEY);
    const { process: child } = await open({ CREDENTIALS_DIRECTORY: join(folder, 'credentials') });
    expect((await ask('PUT', '/secrets/TOKEN', { value: 'a-value-of-some-length' })).status).toBe(
      200,
    );
    const command = 'test "$S" = a-value-of-some-length';
    const env = { S: { secret: 'TOKEN' } };
    await ask('POST', '/tasks', { name: 'needs', action: { kind: 'command', command, env } });
    await ask('POST', '/tasks', {
      name: 'needs-none',
      action: { kind: 'command', command: 'true' },
    });
    expect(await run('needs')).toContain('succeeded');
    if (process.platform === 'linux') {
      const environment = readFileSync(`/proc/${child.pid}/environ`);
      expect(environment.includes(KEY)).toBe(false);
      expect(environment.includes(Buffer.from(KEY, 'hex'))).toBe(false);
    }

    await open({ CARILLON_KEY_FILE: keyFile('same', KEY) });
    expect(await run('needs')).toContain('succeeded');

    await open({ CARILLON_KEY_FILE: keyFile('other', OTHER_KEY) });
    const before = (await ask('GET', '/secrets')).body;
    expect(await run('needs')).toMatch(/^failed .*key/);
    expect(await run('needs-none')).toContain('succeeded');
    for (const refused of [
      await ask('PUT', '/secrets/TOKEN', { value: 'overwritten' }),
      await ask('PUT', '/secrets/NEW', { value: 'new' }),
      await ask('POST', '/secrets/rotate', { key: 'data' }),
      await ask('POST', '/export', { passphrase: 'a long passphrase' }),
    ]) {
      expect(refused).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    }
    expect((await ask('GET', '/secrets')).body).toEqual(before);

    await open({ CARILLON_KEY_FILE: join(folder, 'same') });
    expect(await run('needs')).toContain('succeeded');
  },
  60_000,
);

it.skipIf(process.platform !== 'linux')(
  'no daemon opens its debugger at a signal, also when it was started without the flag',
  async () => {
    const bin = resolve(import.meta.dirname, '../../bin/carillon.cjs');
    const ways = [
      [MAIN, 'serve', '--port', '0'],
      [bin, 'serve', '--port', '0'],
      [bin, 'mcp', '--standalone'],
    ];
    const opened = await Promise.all(
      ways.map(async (words, index) => {
        const data = join(folder, String(index));
        const child = spawn(process.execPath, [...words, '--data', data], {
          stdio: ['pipe', 'ignore', 'ignore'],
          env: { ...process.env, CARILLON_PORT: '0' },
        });
        try {
          await expect
            .poll(() => readNotice(data), { timeout: 20_000, interval: 50 })
            .toBe(child.pid);
          return await opensInspector(child.pid ?? 0);
        } finally {
          child.kill('SIGKILL');
          await once(child, 'exit');
        }
      }),
    );
    expect(opened).toEqual([false, false, false]);
    const program = "setInterval(() => {}, 1000); console.log('up')";
    const other = spawn(process.execPath, ['--inspect-port=0', '-e', program], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(other.stdout, 'data');
    expect(await opensInspector(other.pid ?? 0)).toBe(true);
    other.kill('SIGKILL');
    const { scripts } = JSON.parse(
      readFileSync(resolve(import.meta.dirname, '../../package.json'), 'utf8'),
    ) as { readonly scripts: Readonly<Record<string, string>> };
    expect(scripts['start']).toContain('--disable-sigusr1');
  },
  60_000,
);

function readNotice(data: string): number | undefined {
  try {
    const text = readFileSync(join(data, 'run', 'daemon.json'), 'utf8');
    return (JSON.parse(text) as { readonly pid: number }).pid;
  } catch {
    return undefined;
  }
}
