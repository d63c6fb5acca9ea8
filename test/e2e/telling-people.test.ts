import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  carillon,
  removeFolder,
  startDaemon,
  temporaryFolder,
  type RealDaemon,
} from '../support/real-daemon.ts';

type Got = {
  readonly path: string;
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
};

/** Where messages and notices arrive. */
const got: Got[] = [];
const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (text: string) => {
    body += text;
  });
  request.on('end', () => {
    got.push({ path: request.url ?? '', body, headers: request.headers });
    response.writeHead(request.url === '/refused' ? 500 : 200).end('ok');
  });
});
let url = '';
let folder: string;
let daemon: RealDaemon;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());
beforeEach(() => {
  folder = temporaryFolder();
  got.length = 0;
});
afterEach(async () => {
  await daemon.kill('SIGKILL');
  removeFolder(folder);
});

async function start(
  channels: Readonly<Record<string, unknown>> = {},
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  daemon = await startDaemon(join(folder, 'data'), {
    CARILLON_CHANNELS: JSON.stringify(channels),
    CARILLON_ALERTS: 'failure,recovery',
    DBUS_SESSION_BUS_ADDRESS: '',
    ...environment,
  });
}

async function ask(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(`${daemon.origin}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${daemon.token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  expect(response.ok, JSON.stringify(answer)).toBe(true);
  return answer;
}

async function said(...words: string[]): Promise<string> {
  const { stdout, stderr } = await carillon(['--data', daemon.data, ...words]);
  return stdout + stderr;
}

async function run(task: string): Promise<Record<string, unknown>> {
  const { id } = await ask('POST', `/tasks/${task}/runs`, {});
  return ask('GET', `/runs/${String(id)}/wait?seconds=20`);
}

async function latestRun(): Promise<Record<string, unknown>> {
  const [latest] = (await ask('GET', '/runs'))['runs'] as readonly Record<string, unknown>[];
  return latest ?? {};
}

const WAIT_MS_MAX = 15_000;

async function until(holds: () => boolean): Promise<void> {
  const endsAt = performance.now() + WAIT_MS_MAX;
  while (!holds()) {
    if (performance.now() > endsAt) throw new Error('It never came to be.');
    await sleep(20);
  }
}

const soon = (ms: number): string => Temporal.Now.instant().add({ milliseconds: ms }).toString();

describe('a message', () => {
  it('is delivered late exactly once when the daemon was down over its time, and a cancelled one never', async () => {
    await start();
    const message = (name: string, path: string) => ({
      name,
      when: soon(1_500),
      action: { kind: 'message', endpoint: url + path, text: `text of ${name}` },
    });
    await ask('POST', '/tasks', message('kept', '/kept'));
    await ask('POST', '/tasks', message('called-off', '/called-off'));
    await ask('DELETE', '/tasks/called-off');
    await daemon.kill('SIGKILL');
    await sleep(2_000);
    expect(got).toEqual([]);
    await start();
    await until(() => got.length > 0);
    // Killed before it has written the answer down it would ask again, under the same key.
    for (let ended: unknown[] = []; ended.length === 0;) {
      ended = (await ask('GET', '/runs?states=succeeded'))['runs'] as unknown[];
    }
    await daemon.kill('SIGKILL');
    await start();
    await sleep(1_500);
    expect(got.map(({ path, body }) => [path, body])).toEqual([['/kept', 'text of kept']]);
    expect(got[0]?.headers['idempotency-key']).toMatch(/^run_/);
  });
});

describe('a reminder', () => {
  const reminder = {
    name: 'tea',
    action: { kind: 'reminder', title: 'Tea', body: 'It is ready.' },
  };

  it('reaches a person by the first channel that takes it', async () => {
    await start({
      desk: { kind: 'desktop' },
      broken: { kind: 'ntfy', topic: 'a', url: `${url}/refused` },
      phone: { kind: 'ntfy', topic: 'tea', url: `${url}/ntfy` },
    });
    await ask('POST', '/tasks', reminder);
    expect(await run('tea')).toMatchObject({ state: 'succeeded' });
    expect(got.map(({ path }) => path)).toEqual(['/refused', '/ntfy']);
    expect(JSON.parse(got[1]?.body ?? '')).toMatchObject({ title: 'Tea', message: 'It is ready.' });
    const [item] = (await ask('GET', '/inbox'))['items'] as readonly Record<string, unknown>[];
    expect(item).toMatchObject({ kind: 'reminder', title: 'Tea', task: 'tea', state: 'unread' });
  });

  it.skipIf(process.platform !== 'linux')(
    'reaches the program of the desktop byte for byte, hostile text included',
    async () => {
      const bin = join(folder, 'bin');
      mkdirSync(bin);
      const asked = join(folder, 'asked');
      writeFileSync(join(bin, 'notify-send'), `#!/bin/sh\nprintf '%s\\0' "$@" > '${asked}'\n`);
      chmodSync(join(bin, 'notify-send'), 0o755);
      await start(
        { desk: { kind: 'desktop' } },
        {
          PATH: `${bin}:${process.env['PATH'] ?? ''}`,
          DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere',
        },
      );
      const title = `--help $(touch ${folder}/owned) \`id\` "it's" %s 中`;
      const action = { kind: 'reminder', title, body: 'a;b|c\n-- d', sound: 'none' };
      await ask('POST', '/tasks', { name: 'tea', action });
      expect(await run('tea')).toMatchObject({
        state: 'succeeded',
        deliveries: [{ channel: 'desk', is_delivered: true }],
      });
      const args = readFileSync(asked, 'utf8').split('\0').slice(0, -1);
      expect(args.slice(-3)).toEqual(['--', title, 'a;b|c\n-- d']);
      expect(existsSync(join(folder, 'owned'))).toBe(false);
      const told = await said('runs', 'show', String((await latestRun())['id']));
      expect(told).toContain('- desk: delivered. Shown by notify-send.');
    },
  );

  it('that nothing could show stays unread, and is snoozed and done from the command line', async () => {
    await start({ desk: { kind: 'desktop' } });
    await ask('POST', '/tasks', reminder);
    expect(await run('tea')).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('it is unread in the inbox. desk:'),
    });
    expect(await said('inbox')).toMatch(/^1 +reminder +unread .* Tea +It is ready\.$/m);
    expect((await ask('GET', '/happenings'))['inbox']).toMatchObject([{ id: 1, title: 'Tea' }]);
    expect(await said('inbox', 'snooze', '1', '3h')).toBe('Item 1 comes back in 3h.\n');
    expect(await said('inbox')).toMatch(/^1 +reminder +snoozed +in 3h /m);
    expect(await said('inbox', 'done', '1')).toBe('Item 1 is done.\n');
    expect(await said('inbox')).toBe('The inbox is empty.\n');
    expect(await said('inbox', '--all')).toMatch(/^1 +reminder +done/m);
    expect(await said('inbox', 'done', '77')).toContain('There is no item 77 in the inbox.');
  });
});

describe('an alert', () => {
  it('tells a failure once and its recovery once', async () => {
    await start({ phone: { kind: 'ntfy', topic: 'ops', url: `${url}/ntfy` } });
    const file = join(folder, 'is-well');
    await ask('POST', '/tasks', {
      name: 'check',
      action: { kind: 'command', argv: ['test', '-e', file] },
    });
    expect(await run('check')).toMatchObject({ state: 'failed' });
    await until(() => got.length > 0);
    expect(await run('check')).toMatchObject({ state: 'failed' });
    await daemon.kill('SIGKILL');
    await start({ phone: { kind: 'ntfy', topic: 'ops', url: `${url}/ntfy` } });
    expect(await run('check')).toMatchObject({ state: 'failed' });
    await ask('PATCH', '/tasks/check', { action: { kind: 'command', argv: ['true'] } });
    expect(await run('check')).toMatchObject({ state: 'succeeded' });
    expect(await run('check')).toMatchObject({ state: 'succeeded' });
    await until(() => got.length > 1);
    await sleep(300);
    const titles = got.map(({ body }) => (JSON.parse(body) as { readonly title: string }).title);
    expect(titles).toEqual(['check failed', 'check works again']);
    const items = (await ask('GET', '/inbox'))['items'];
    expect(items).toMatchObject([{ kind: 'failure', count: 3, recovered_at: expect.any(String) }]);
  });
});

describe('a finding', () => {
  it('is told with what the run has to report, where somebody asked for it', async () => {
    await start({ phone: { kind: 'ntfy', topic: 'ops', url: `${url}/ntfy` } });
    const look = { kind: 'command', argv: ['echo', 'Two pull requests wait.'] };
    await ask('POST', '/tasks', { name: 'quiet', action: look });
    await ask('POST', '/tasks', { name: 'look', action: look, alerts: { on: ['finding'] } });
    expect(await run('quiet')).toMatchObject({ state: 'succeeded' });
    expect(await run('look')).toMatchObject({ state: 'succeeded' });
    await until(() => got.length > 0);
    expect(JSON.parse(got[0]?.body ?? '')).toMatchObject({
      title: 'look has something to report',
      message: expect.stringContaining('It printed 24 bytes.'),
    });
    expect((await ask('GET', '/inbox'))['items']).toMatchObject([
      { kind: 'finding', task: 'look', state: 'unread' },
    ]);
  });
});

describe('the command line', () => {
  it('says which alerts of a task go where', async () => {
    await start();
    const words = ['tasks', 'add', 'check', '--alert', 'failure', '--alert', 'missed'];
    await said(...words, '--alert-by', 'desktop', '--', 'true');
    expect(await ask('GET', '/tasks/check')).toMatchObject({
      task: { policies: { alerts: { on: ['failure', 'missed'], channels: ['desktop'] } } },
    });
  });
});

describe('carillon notify', () => {
  it('lists the channels and tests one or each', async () => {
    await start({
      phone: { kind: 'ntfy', topic: 'a', url: `${url}/ntfy` },
      desk: { kind: 'desktop' },
    });
    expect(await said('notify', 'list')).toMatch(/^phone +ntfy\ndesk +desktop$/m);
    expect(await said('notify', 'test', 'phone')).toMatch(/^phone +yes +The server took it/m);
    const all = await carillon(['--data', daemon.data, 'notify', 'test']);
    expect(all.code).toBe(1);
    expect(all.stdout).toMatch(/^desk +no +There is no session bus/m);
    expect(all.stderr).toContain('desk did not take the notice.');
    expect(await said('notify', 'test', 'fone')).toContain('Did you mean "phone"?');
    expect(got).toHaveLength(2);
  });

  it('is refused with the place of a mistake in the configuration', async () => {
    await start();
    await daemon.kill('SIGTERM');
    await expect(start({ phone: { kind: 'ntfy', topik: 'a' } })).rejects.toThrow('channels.phone');
  });
});
