import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../src/cli/run-task.ts';
import {
  carillon,
  MAIN,
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

function run(...words: string[]) {
  return carillon(['--data', daemon.data, ...words]);
}

async function added(name: string, ...words: string[]): Promise<void> {
  const { code, stderr } = await run('tasks', 'add', name, ...words);
  expect(stderr).toBe('');
  expect(code).toBe(0);
}

const node = process.execPath;

describe('the exit code', () => {
  it('is 0 when it is done', async () => {
    const { code, stdout } = await run('status', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ pid: daemon.process.pid });
  });

  it('is 1 when it did not work out', async () => {
    await added('slow', '--', node, '-e', 'setTimeout(() => {}, 15000)');
    const { code, stderr } = await run('tasks', 'run', 'slow', '--wait', '--timeout', '100ms');
    expect(code).toBe(1);
    expect(stderr).toContain('it goes on');
    expect(stderr).toContain('Wait again: carillon runs wait run_');
  });

  it.each([
    [['nonsense'], "unknown command 'nonsense'"],
    [['tasks', 'list', '--nonsense'], "unknown option '--nonsense'"],
    [['tasks', 'add', 'x'], 'A task needs an action'],
    [['tasks', 'add', 'x', '--shell', 'a', '--url', 'b'], 'A task has one action'],
    [['tasks', 'add', 'x', '--retries', 'many', '--', 'true'], '--retries must be a whole number'],
    [['tasks', 'add', 'x', '--when', 'at the crack of doom', '--', 'true'], 'crack of doom'],
    [['cron', '99 * * * *'], '99'],
    [['serve', '--port', 'eighty'], '--port must be a whole number'],
  ])('is 2 for %j', async (words, message) => {
    const { code, stdout, stderr } = await run(...words);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
  });

  it('is 2 for a pipe with an unknown flag, with nothing on standard output', async () => {
    const { code, stdout, stderr } = await run('mcp', '--nonsense');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('--nonsense');
  });

  it('is 3 when there is no such thing', async () => {
    const { code, stderr } = await run('tasks', 'show', 'nobody', '--json');
    expect(code).toBe(3);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'not_found' } });
  });

  it('is 4 when the token is not the right one', async () => {
    const stranger = join(folder, 'stranger');
    mkdirSync(stranger);
    cpSync(join(daemon.data, 'run', 'daemon.json'), join(stranger, 'run', 'daemon.json'));
    writeFileSync(join(stranger, 'token'), 'carillon_another-token-of-the-right-length\n');
    const { code, stderr } = await carillon(['status', '--data', stranger]);
    expect(code).toBe(4);
    expect(stderr).toContain('The token is not valid.');
  });

  it('is 5 when no daemon runs and none may be started', async () => {
    const nowhere = join(folder, 'nowhere');
    for (const words of [['status'], ['tasks', 'list', '--no-start']]) {
      const { code, stderr } = await carillon([...words, '--data', nowhere]);
      expect(code).toBe(5);
      expect(stderr).toContain('Start it with: carillon up');
    }
  });

  it('is 6 when it conflicts with how things are', async () => {
    await added('twin', '--', node, '--version');
    const { code, stderr } = await run('tasks', 'add', 'twin', '--', node, '--version');
    expect(code).toBe(6);
    expect(stderr).toContain('twin');
  });

  it('is 10 when the run that was waited for failed', async () => {
    await added('failing', '--', node, '-e', 'console.log("out"); process.exit(3)');
    const { code, stdout, stderr } = await run('tasks', 'run', 'failing', '--wait');
    expect(code).toBe(10);
    expect(stdout).toBe('out\n');
    expect(stderr).toContain('failed');
    const last = JSON.parse((await run('runs', 'list', '--task', 'failing', '--json')).stdout) as {
      runs: { id: string }[];
    };
    expect((await run('runs', 'wait', last.runs[0]?.id ?? '')).code).toBe(10);
  });

  it('is 11 when the run that was waited for timed out', async () => {
    await added('hanging', '--timeout', '1s', '--', node, '-e', 'setTimeout(() => {}, 15000)');
    expect((await run('tasks', 'run', 'hanging', '--wait', '--json')).code).toBe(11);
  });

  it('is 12 when the budget of the run ran out', () => {
    const result = { state: 'failed', outcome: 'failed', state_reason: 'budget' };
    expect(exitCodeOf(result)).toBe(12);
    expect(exitCodeOf({ ...result, state_reason: null })).toBe(10);
  });

  it.skipIf(process.platform === 'win32')(
    'is 130 when somebody interrupts the waiting',
    async () => {
      await added('endless', '--', node, '-e', 'console.log("ready"); setTimeout(() => {}, 15000)');
      const child = spawn(
        node,
        [MAIN, 'tasks', 'run', 'endless', '--wait', '--data', daemon.data],
        {
          stdio: ['ignore', 'pipe', 'ignore'],
        },
      );
      const ended = new Promise((resolve) => {
        child.once('exit', resolve);
      });
      child.stdout.once('data', () => child.kill('SIGINT'));
      expect(await ended).toBe(130);
    },
  );
});
