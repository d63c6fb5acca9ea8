import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processesOfRun } from '../executors/command/real-runs.ts';
import type { RunId } from '../../src/domain/id.ts';
import {
  removeFolder,
  startDaemon,
  temporaryFolder,
  type RealDaemon,
} from '../support/real-daemon.ts';

/** What the stand-in for `claude` does, by the prompt that comes on its standard input. */
const CLAUDE = `#!/bin/sh
read -r prompt
case "$prompt" in
  flood)
    head -c 100000000 /dev/zero | tr '\\0' 'x'
    yes '{"type":"noise"}' | head -c 100000000
    echo
    echo '{"type":"result","subtype":"success","is_error":false,"result":"made it","session_id":"s"}' ;;
  hang) trap '' TERM; sleep 300 & sleep 300 ;;
  fork) (sleep 300) >/dev/null 2>&1 & exit 0 ;;
  babble) echo 'Hello!'; echo '{"type": "resu' ;;
esac
`;

let folder: string;
let daemon: RealDaemon;

beforeAll(async () => {
  folder = temporaryFolder();
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'claude'), CLAUDE);
  chmodSync(join(bin, 'claude'), 0o755);
  daemon = await startDaemon(join(folder, 'data'), { PATH: `${bin}:/usr/bin:/bin`, HOME: folder });
}, 30_000);

afterAll(async () => {
  await daemon.kill('SIGKILL');
  removeFolder(folder);
});

type Told = Readonly<Record<string, unknown>> & { readonly id: RunId };

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

/** A run of a task with this prompt, when it is over. */
async function run(name: string, engine: string, timeout: string): Promise<Told> {
  const action = { kind: 'agent', engine, prompt: name };
  await ask('POST', '/tasks', { name, action, timeout });
  const { id } = (await ask('POST', `/tasks/${name}/runs`, {})) as Told;
  return (await ask('GET', `/runs/${id}/wait?seconds=40`)) as Told;
}

describe.skipIf(process.platform === 'win32')('an engine that misbehaves', () => {
  it.each([
    ['hang', 'claude', '1s', 'timed_out', /^It was stopped at its timeout, after \d/],
    ['fork', 'claude', '1m', 'failed', /went on in the background/],
    ['babble', 'claude', '1m', 'failed', /is not the JSON that it was asked for/],
    ['missing', 'codex', '1m', 'failed', /^The program of the engine codex was not found/],
  ])(
    'ends in an outcome and a sentence when it is to %s',
    async (name, engine, timeout, outcome, message) => {
      const told = await run(name, engine, timeout);
      expect(told).toMatchObject({ state: 'failed', outcome });
      expect(told['message']).toMatch(message);
      // What is left of a run is looked for when it has ended.
      await expect.poll(() => processesOfRun(told.id), { timeout: 10_000 }).toEqual([]);
    },
    30_000,
  );

  it('may print 200 MB: its answer at the end is found, and little of the rest is kept', async () => {
    const told = await run('flood', 'claude', '2m');
    expect(told).toMatchObject({ state: 'succeeded', outcome: 'succeeded', result: 'made it' });
    expect(told['output_bytes']).toBeGreaterThan(200_000_000);
    expect(await ask('GET', `/runs/${told.id}/output`)).toMatchObject({ has_more: false });
  }, 60_000);
});
