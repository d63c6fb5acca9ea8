import { createHmac } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  carillon,
  removeFolder,
  startDaemon,
  temporaryFolder,
  type RealDaemon,
} from '../support/real-daemon.ts';

let folder: string;
let here: RealDaemon;
let there: RealDaemon;

beforeAll(async () => {
  folder = temporaryFolder();
  [here, there] = await Promise.all([
    startDaemon(join(folder, 'here')),
    startDaemon(join(folder, 'there')),
  ]);
  writeFileSync(join(folder, 'pass'), 'a long passphrase\n');
}, 60_000);
afterAll(async () => {
  await Promise.all([here.kill('SIGKILL'), there.kill('SIGKILL')]);
  removeFolder(folder);
});

async function said({ data }: RealDaemon, words: readonly string[], input = ''): Promise<string> {
  const { code, stdout, stderr } = await carillon(['--data', data, ...words], { input });
  expect(code, stderr).toBe(0);
  return stdout;
}

describe('an export', () => {
  it('makes the same tasks elsewhere, and again nothing', async () => {
    const pass = ['--passphrase-file', join(folder, 'pass')];
    const all = join(folder, 'all.yaml');
    const echo = ['--', 'sh', '-c', 'echo "$K"'];
    await said(here, ['secrets', 'set', 'KEY', '--for-task', 'report'], 'a-value-to-take-along');
    const when = ['--when', 'every day at 9', '--zone', 'Europe/Berlin'];
    await said(here, ['tasks', 'add', 'report', ...when, '--secret', 'K=KEY', ...echo]);
    await said(here, [
      'tasks',
      'add',
      'ping',
      '--when',
      'every 15m',
      '--url',
      'http://127.0.0.1:9/',
    ]);
    await said(here, ['tasks', 'pause', 'ping']);
    await said(here, ['export', all, ...pass]);
    const text = readFileSync(all, 'utf8');
    expect(text).toContain('when: every day at 9');
    expect(text).not.toContain('a-value-to-take-along');
    if (process.platform !== 'win32') expect(statSync(all).mode & 0o777).toBe(0o600);

    expect(await said(here, ['import', all, ...pass])).toBe('unchanged ping\nunchanged report\n');
    expect(await said(there, ['import', all, '--dry-run', ...pass])).toBe(
      'would create ping\nwould create report\nwould set secret KEY\n',
    );
    expect(await said(there, ['export'])).toBe('carillon: 1\ntasks: []\n');
    expect(await said(there, ['import', all, ...pass])).toContain('created report');
    expect(await said(there, ['import', all, ...pass])).toBe('unchanged ping\nunchanged report\n');
    expect(await said(there, ['export'])).toBe(await said(here, ['export']));
    const output = await said(there, ['tasks', 'run', 'report', '--wait']);
    expect(output).toContain('***');
  }, 60_000);

  it('takes webhooks along, whose senders sign as before when a passphrase was given', async () => {
    const ask = async (
      { origin, token }: RealDaemon,
      method: string,
      path: string,
      body?: object,
    ) => {
      const response = await fetch(`${origin}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      expect(response.ok, text).toBe(true);
      return JSON.parse(text) as { path: string };
    };
    const action = { kind: 'command', argv: ['true'], env: { A: 'b' } };
    const secret = 'a-secret-of-the-sender';
    const allowed = { allowed_addresses: ['127.0.0.0/8'] };
    await ask(here, 'POST', '/tasks', { name: 'build', action });
    const gh = { name: 'gh', task: 'build', scheme: 'github', secret, ...allowed };
    await ask(here, 'POST', '/webhooks', gh);
    const own = await ask(here, 'POST', '/webhooks', { name: 'own', scheme: 'path_token', action });
    const file = join(folder, 'hooks.yaml');
    const pass = ['--passphrase-file', join(folder, 'pass')];
    await said(here, ['export', file, ...pass]);
    const text = readFileSync(file, 'utf8');
    for (const hidden of [secret, own.path.split('/').at(-1) ?? '']) {
      expect(text).not.toContain(hidden);
    }
    expect(text).not.toContain('webhook own');
    expect(await said(there, ['import', file, ...pass])).toContain('created webhook own');
    expect(await said(there, ['import', file, ...pass])).toContain(
      'unchanged webhook gh\nunchanged webhook own\n',
    );
    const { path } = await ask(there, 'GET', '/webhooks/gh');
    const deliver = async (key: string) => {
      const body = '{"a":1}';
      const signature = createHmac('sha256', key).update(body).digest('hex');
      const headers = { 'x-hub-signature-256': `sha256=${signature}`, 'x-github-delivery': key };
      return (await fetch(there.origin + path, { method: 'POST', body, headers })).status;
    };
    expect(await deliver(secret)).toBe(202);
    expect(await deliver('another-secret-altogether')).not.toBe(202);
  }, 60_000);

  it('that was edited changes what differs and writes nothing when a part of it is wrong', async () => {
    const file = join(folder, 'edited.yaml');
    await said(here, ['tasks', 'add', 'third', '--', 'true']);
    const text = (await said(here, ['export'])).replace(
      /(name: ping\b[\s\S]*?)priority: 0/,
      '$1priority: 7',
    );
    writeFileSync(file, text);
    expect(await said(here, ['import', file, '--dry-run'])).toContain('would update ping');
    expect(await said(here, ['import', file])).toContain('updated ping');
    expect(await said(here, ['import', file])).not.toContain('updated');
    writeFileSync(
      file,
      text.replace('priority: 7', 'priority: 8').replace('timeout: 1h', 'tiemout: 1h'),
    );
    const wrong = await carillon(['--data', here.data, 'import', file]);
    expect(wrong.code).not.toBe(0);
    expect(wrong.stderr).toContain('tiemout');
    expect(await said(here, ['export'])).toContain('priority: 7');
  }, 60_000);

  it.each([
    ['tasks: []', 'not one that'],
    ['carillon: 1\ntasks: &a [*a]', 'YAML'],
    ['{{{', 'YAML'],
    ['', 'not one that'],
  ])('is refused when it is %j', async (text, why) => {
    const file = join(folder, 'wrong.yaml');
    writeFileSync(file, text);
    const { code, stderr } = await carillon(['--data', here.data, 'import', file]);
    expect(code).toBe(2);
    expect(stderr).toContain(why);
  });

  it('does not open with another passphrase', async () => {
    const other = join(folder, 'other-pass');
    writeFileSync(other, 'another passphrase');
    const all = join(folder, 'all.yaml');
    const flags = ['import', all, '--passphrase-file', other];
    const { code, stderr } = await carillon(['--data', there.data, ...flags]);
    expect(code).not.toBe(0);
    expect(stderr).toContain('do not open');
  });
});
