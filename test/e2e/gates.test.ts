import { writeFileSync } from 'node:fs';
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

type Shown = {
  readonly id: string;
  readonly gate: { readonly decision: string; readonly why: string } | null;
  readonly difference: { readonly kind: string; readonly text: string | null } | null;
};

async function runOnce(...words: readonly string[]): Promise<Shown> {
  return JSON.parse(await said('--json', 'tasks', 'run', 'watch', '--wait', ...words)) as Shown;
}

describe('a task that looks before it runs', () => {
  it('skips runs while nothing has changed, tells the difference when something has, and says why', async () => {
    const file = join(folder, 'news.txt');
    writeFileSync(file, 'one\n');
    const flags = ['--gate', 'files:news.txt', '--compare', 'text'];
    await said('tasks', 'add', 'watch', ...flags, '--shell', `cat "${file}"`);
    expect(await said('tasks', 'show', 'watch')).toContain(`files ${file}`);
    const first = await runOnce('--gates');
    expect([first.gate?.decision, first.difference?.kind]).toEqual(['passed', 'first']);
    const skipped = await runOnce('--gates');
    expect(skipped).toMatchObject({ gate: { decision: 'skipped' }, difference: null });
    expect(await said('explain', skipped.id)).toContain('was skipped by its gates: What is in');
    expect(await said('runs', 'show', skipped.id)).toContain('is the same since 2');
    const asked = await runOnce();
    expect([asked.gate, asked.difference?.kind]).toEqual([null, 'same']);
    writeFileSync(file, 'one\ntwo\n');
    const changed = await runOnce('--gates');
    expect(changed).toMatchObject({
      gate: { decision: 'passed', why: `What is in ${file} has changed.` },
      difference: { kind: 'changed', text: '+ two' },
    });
    expect(await said('runs', 'show', changed.id)).toContain('What has changed:\n+ two');
  }, 30_000);
});
