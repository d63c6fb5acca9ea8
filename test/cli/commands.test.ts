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
let daemon: RealDaemon;

beforeAll(async () => {
  folder = temporaryFolder();
  daemon = await startDaemon(join(folder, 'data'));
});

afterAll(async () => {
  await daemon.kill('SIGKILL');
  removeFolder(folder);
});

async function said(words: readonly string[], input?: string): Promise<string> {
  const options = input === undefined ? {} : { input };
  const { code, stdout, stderr } = await carillon(['--data', daemon.data, ...words], options);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return stdout;
}

async function read(...words: string[]): Promise<Record<string, unknown>> {
  return JSON.parse(await said([...words, '--json'])) as Record<string, unknown>;
}

describe('the command line', () => {
  it('adds, lists, shows, edits, pauses, resumes and removes a task', async () => {
    const words = ['--when', 'every day at 3am', '--zone', 'Europe/Berlin', '--tag', 'night'];
    const added = await said(['tasks', 'add', 'backup', ...words, '--', 'rsync', '-a', 'x y']);
    expect(added).toMatch(/^Added +backup \(task_\w{26}\)\nWhen /);
    expect(added).toContain('Europe/Berlin');
    expect(added).toMatch(/Next +\w{3} \d{4}-\d\d-\d\d 03:00 \(in /);

    const list = await said(['tasks', 'list', '--tag', 'night']);
    expect(list.split('\n')[0]).toMatch(/^NAME +STATE +WHEN +ZONE +NEXT +DOES$/);
    expect(list.split('\n')[1]).toMatch(
      /^backup +active +every day at 3am +Europe\/Berlin +in .+ rsync -a x y$/,
    );

    expect(await read('tasks', 'show', 'backup')).toMatchObject({
      task: {
        action: { argv: ['rsync', '-a', 'x y'], cwd: process.cwd() },
        timezone: 'Europe/Berlin',
      },
    });
    await said(['tasks', 'edit', 'backup', '--when', '0 4 * * *', '--retries', '2']);
    expect(await read('tasks', 'show', 'backup')).toMatchObject({
      task: { version: 2, schedule: { kind: 'cron' }, policies: { retry: { attempts: 3 } } },
    });
    expect(await said(['next'])).toContain('backup');
    await said(['tasks', 'pause', 'backup', '--reason', 'holiday']);
    expect(await read('tasks', 'list', '--state', 'paused')).toMatchObject({
      tasks: [{ name: 'backup', state_reason: 'holiday' }],
    });
    expect(await said(['explain', 'backup'])).toContain('paused');
    await said(['tasks', 'resume', 'backup']);
    await said(['tasks', 'rm', 'backup']);
    expect(await read('tasks', 'list', '--tag', 'night')).toMatchObject({ tasks: [] });
  });

  it('adds a request with headers, a secret among them, and codes that count as success', async () => {
    const words = [
      '--header',
      'Accept: text/plain',
      '--secret',
      'Authorization=TOKEN',
      '--expect',
      '200,404',
    ];
    await said([
      'tasks',
      'add',
      'ping',
      '--url',
      'https://example.org/',
      '--method',
      'HEAD',
      ...words,
    ]);
    expect(await read('tasks', 'show', 'ping')).toMatchObject({
      task: {
        action: {
          method: 'HEAD',
          headers: { Accept: 'text/plain', Authorization: { secret: 'TOKEN' } },
          expected_status: ['200', '404'],
        },
      },
      receipt: null,
    });
  });

  it('makes no second task for the same idempotency key', async () => {
    const words = ['tasks', 'add', 'once', '--key', 'k1', '--shell', 'true'];
    await said(words);
    expect(await said(words)).toMatch(/^Already there +once/);
  });

  it('runs a task with a secret that its output does not show, and reads the output back', async () => {
    await said(['secrets', 'set', 'API_KEY'], 'hush-hush-hush\n');
    expect(await read('secrets', 'list')).toMatchObject({ secrets: [{ name: 'API_KEY' }] });
    const script = 'console.log(process.env.API_KEY.length, process.env.API_KEY)';
    await said([
      'tasks',
      'add',
      'tell',
      '--secret',
      'API_KEY=API_KEY',
      '--',
      process.execPath,
      '-e',
      script,
    ]);
    const run = await read('tasks', 'run', 'tell');
    expect(await read('runs', 'wait', String(run['id']))).toMatchObject({ state: 'succeeded' });
    const output = await said(['runs', 'logs', '-f', String(run['id'])]);
    expect(output).toMatch(/^14 /);
    expect(output).not.toContain('hush');
    expect(await read('runs', 'show', String(run['id']))).toMatchObject({
      task: 'tell',
      attempts: [{ attempt: 1, outcome: 'succeeded' }],
    });
    expect(await said(['runs', 'list', '--task', 'tell'])).toMatch(/tell +succeeded +manual/);
    await said(['secrets', 'rm', 'API_KEY']);
  });

  it('stops a run', async () => {
    const script = 'setTimeout(() => {}, 15000)';
    await said(['tasks', 'add', 'long', '--', process.execPath, '-e', script]);
    const run = String((await read('tasks', 'run', 'long'))['id']);
    await said(['runs', 'stop', run, '--reason', 'enough']);
    const { code, stdout } = await carillon(['runs', 'wait', run, '--json', '--data', daemon.data]);
    expect(code).toBe(10);
    expect(JSON.parse(stdout)).toMatchObject({ state: 'cancelled' });
  });

  it('answers one line of cron questions with one line each, without a daemon', async () => {
    const questions =
      '{"expr":"0 9 * * *","tz":"UTC","from":"2026-11-21T10:00:00Z","count":1}\n{"expr":"x"}\n';
    const lines = (await said(['cron', '--stdin'], questions)).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { next: ['2026-11-22T09:00:00Z'] },
      { error: expect.stringContaining('x') as unknown },
    ]);
  });

  it('prints the token for programs that call the HTTP door', async () => {
    expect(await said(['token'])).toBe(`${daemon.token}\n`);
  });
});

describe('up and down', () => {
  it('start one daemon, find it, and stop it', async () => {
    const data = join(folder, 'other');
    const flags = ['--data', data, '--json'];
    const started = JSON.parse((await carillon(['up', '--port', '0', ...flags])).stdout) as object;
    const again = JSON.parse((await carillon(['up', ...flags])).stdout) as { pid: number };
    expect(again).toEqual(started);
    expect(JSON.parse((await carillon(['down', ...flags])).stdout)).toEqual({ stopped: again.pid });
    expect(JSON.parse((await carillon(['down', ...flags])).stdout)).toEqual({ stopped: null });
    const { stdout } = await carillon(['logs', '--data', data]);
    expect(stdout).toMatch(/INFO {2}The daemon has stopped\.\n$/);
  });
});
