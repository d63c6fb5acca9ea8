import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunId } from '../../src/domain/id.ts';
import { processesOfRun } from '../executors/command/real-runs.ts';
import {
  carillon,
  removeFolder,
  startDaemon,
  temporaryFolder,
  type RealDaemon,
} from '../support/real-daemon.ts';

/** What the stand-in for `claude` does, by the prompt on its standard input; it notes how it was called. */
const CLAUDE = `#!/bin/sh
prompt=$(cat)
say() {
  printf '{"type":"result","subtype":"success","is_error":false,"session_id":"s-1","result":"{\\\\"verdict\\\\":\\\\"%s\\\\",\\\\"summary\\\\":\\\\"%s\\\\"}"}\\n' "$1" "$2"
}
printf '%s|%s\\n' "$*" "$prompt" >> "$HOME/calls"
case "$prompt" in
  paint) say needs_human 'Which colour?' ;;
  blue|red) printf '%s' "$prompt" > "$HOME/wall.txt"; say done "painted $prompt" ;;
  idle) say done 'I did it all.' ;;
  quiet) say nothing_new 'Nothing happened.' ;;
  broken) say failed 'The brush is gone.' ;;
esac
`;

let folder: string;
let daemon: RealDaemon;
const start = () =>
  startDaemon(join(folder, 'data'), { PATH: `${join(folder, 'bin')}:/usr/bin:/bin`, HOME: folder });

beforeAll(async () => {
  folder = temporaryFolder();
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin', 'claude'), CLAUDE);
  chmodSync(join(folder, 'bin', 'claude'), 0o755);
  daemon = await start();
}, 30_000);

afterAll(async () => {
  await daemon.kill('SIGKILL');
  removeFolder(folder);
});

type Told = Readonly<Record<string, unknown>> & { readonly id: string };

async function ask(method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${daemon.origin}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${daemon.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json();
  expect(response.ok, JSON.stringify(answer)).toBe(true);
  return answer;
}

async function begin(prompt: string, policies: object): Promise<Told> {
  const name = `${prompt} ${Math.trunc(performance.now())}`;
  const action = { kind: 'agent', engine: 'claude', prompt, cwd: folder };
  const { task } = (await ask('POST', '/tasks', { name, action, ...policies })) as { task: Told };
  return (await ask('POST', `/tasks/${task.id}/runs`, {})) as Told;
}

async function reach(run: Told, state: string): Promise<Told> {
  let told = run;
  await expect
    .poll(
      async () => {
        told = (await ask('GET', `/runs/${run.id}`)) as Told;
        return told['state'];
      },
      { timeout: 20_000, interval: 50 },
    )
    .toBe(state);
  return told;
}

async function questions(): Promise<readonly Told[]> {
  const { items } = (await ask('GET', '/inbox')) as { items: readonly Told[] };
  return items.filter((item) => item['kind'] === 'question');
}

const cli = (...words: readonly string[]) =>
  carillon(['--data', join(folder, 'data'), ...words], { env: { HOME: folder } });

describe.skipIf(process.platform === 'win32')('a run whose success is looked at', () => {
  it('asks, waits through a killed daemon, and goes on in its session with the answer', async () => {
    const success = { verdict: true, file_changed: ['wall.*'], command: 'test -s wall.txt' };
    const run = await begin('paint', { success });
    const waiting = await reach(run, 'waiting');
    expect(waiting).toMatchObject({
      verdict: 'needs_human',
      session: 's-1',
      question: { about: 'work', text: 'Which colour?', default: null },
    });
    await daemon.kill('SIGKILL');
    daemon = await start();
    expect(await questions()).toMatchObject([{ run: run.id, state: 'unread' }]);
    const why = (await cli('explain', run.id)).stdout;
    expect(why).toContain('it waits for an answer until');
    const shown = (await cli('runs', 'show', run.id)).stdout;
    expect(shown).toContain('Question: Which colour?');
    const answered = await cli('runs', 'answer', run.id, 'blue');
    expect([answered.code, answered.stdout]).toMatchObject([0, expect.stringContaining('goes on')]);
    const done = await reach(run, 'succeeded');
    expect(done).toMatchObject({
      verdict: 'done',
      summary: 'painted blue',
      question: null,
      attempt: 2,
      checks: [
        { check: 'file_changed', passed: true },
        { check: 'command', passed: true },
      ],
    });
    const call = readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n').at(-1);
    expect(call).toMatch(/--resume=s-1.*\|blue$/);
    expect(await questions()).toEqual([]);
    expect((await cli('runs', 'answer', run.id, 'red')).stderr).toContain('waits for no answer');
  }, 60_000);

  it('takes its default when nobody answers, and fails when there is none', async () => {
    const success = { verdict: true };
    const byDefault = await begin('paint', { success, ask: { deadline: '1s', default: 'red' } });
    const never = await begin('paint', { success, ask: { deadline: '1s' } });
    expect(await reach(byDefault, 'succeeded')).toMatchObject({ summary: 'painted red' });
    expect(await reach(never, 'failed')).toMatchObject({
      state_reason: 'unanswered',
      message: 'It asked a question, and nobody answered in time.',
    });
    expect(await questions()).toEqual([]);
  }, 30_000);

  it('fails when a check does, when it says so itself, and archives itself when there is nothing new', async () => {
    const idle = await begin('idle', { success: { verdict: true, file_changed: ['wall.txt'] } });
    expect((await reach(idle, 'failed'))['message']).toMatch(
      /^claude answered, but a check of the task failed\. file_changed: "wall\.txt" (?:is as it was before the run|leads to no file)\.$/,
    );
    const broken = await begin('broken', { success: { verdict: true } });
    expect(await reach(broken, 'failed')).toMatchObject({
      verdict: 'failed',
      summary: 'The brush is gone.',
      message: 'claude says itself that it failed; its summary says why.',
    });
    const quiet = await begin('quiet', {
      success: { verdict: true, file_changed: ['wall.txt'] },
      alerts: { on: ['finding'] },
    });
    expect(await reach(quiet, 'succeeded')).toMatchObject({ verdict: 'nothing_new' });
    const { items } = (await ask('GET', '/inbox')) as { items: readonly Told[] };
    expect(items.filter((item) => item['run'] === quiet.id)).toEqual([]);
  }, 30_000);

  it('is looked at again when the daemon dies while it looks', async () => {
    const success = { command: 'echo x >> looks; test $(wc -l < looks) -gt 1 || sleep 300' };
    const run = await begin('idle', { success });
    await expect.poll(() => existsSync(join(folder, 'looks')), { timeout: 20_000 }).toBe(true);
    await daemon.kill('SIGKILL');
    // The command outlives the daemon; without it the next daemon has to begin another one.
    for (const pid of processesOfRun(run.id as RunId)) process.kill(pid, 'SIGKILL');
    daemon = await start();
    expect(await reach(run, 'succeeded')).toMatchObject({
      attempt: 1,
      checks: [{ check: 'command', passed: true }],
    });
  }, 60_000);

  it('may be cancelled while it waits, and its question goes with it', async () => {
    const run = await begin('paint', { success: { verdict: true } });
    await reach(run, 'waiting');
    expect(await ask('POST', `/runs/${run.id}/cancel`, {})).toMatchObject({ state: 'cancelled' });
    expect(await questions()).toEqual([]);
  }, 30_000);
});
