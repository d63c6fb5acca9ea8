import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
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
}, 30_000);

afterAll(async () => {
  await daemon.kill('SIGKILL');
  removeFolder(folder);
});

async function said(...words: readonly string[]): Promise<string> {
  const ran = await carillon(['--data', daemon.data, '--quiet', ...words], { cwd: folder });
  expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: '' });
  return ran.stdout;
}

type Listed = { readonly runs: readonly { readonly id: string; readonly state: string }[] };

async function runsOf(task: string): Promise<Listed['runs']> {
  const response = await fetch(`${daemon.origin}/api/v1/runs?task=${task}`, {
    headers: { authorization: `Bearer ${daemon.token}` },
  });
  return ((await response.json()) as Listed).runs;
}

describe('a chain', () => {
  it('hands the result of a run to the next one, once, although the daemon was killed meanwhile', async () => {
    const begun = join(folder, 'begun');
    const go = join(folder, 'go');
    const wait = `touch "${begun}"; while [ ! -e "${go}" ]; do sleep 0.05; done; printf 'a "$(b)"'`;
    await said('tasks', 'add', 'first', '--shell', wait);
    const print = 'printf "%s/%s" "$PAYLOAD_AFTER_RESULT" "$PAYLOAD_AFTER_OUTCOME"';
    await said('tasks', 'add', 'second', '--after', 'first', '--shell', print);
    await said('tasks', 'run', 'first');
    while (!existsSync(begun)) await sleep(20);
    await daemon.kill('SIGKILL');
    writeFileSync(go, '');
    daemon = await startDaemon(daemon.data);
    let runs = await runsOf('second');
    while (runs[0]?.state !== 'succeeded') {
      await sleep(50);
      runs = await runsOf('second');
    }
    expect(runs).toHaveLength(1);
    const id = runs[0]?.id ?? '';
    expect(await said('runs', 'logs', id)).toBe('a "$(b)"/succeeded');
    expect(await said('explain', id)).toContain('was started after run run_');
    expect(await said('tasks', 'list')).toContain('after task_');
  }, 30_000);
});
