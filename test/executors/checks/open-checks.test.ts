import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEgress, type Egress } from '../../../src/egress/egress.ts';
import { openChecks } from '../../../src/executors/checks/open-checks.ts';
import type { CheckedAttempt, Checks } from '../../../src/ports/checks.ts';
import { httpServer } from '../../egress/servers.ts';
import {
  commandAction,
  executionOf,
  newRunId,
  openBench,
  realClock,
  silentLog,
  type Bench,
} from '../command/real-runs.ts';

let bench: Bench;
let egress: Egress;
let checks: Checks;
let of: CheckedAttempt;
const signal = new AbortController().signal;

beforeEach(async () => {
  bench = openBench();
  egress = createEgress({ profile: 'laptop', allow: [], ownEndpoints: () => [] });
  checks = await open();
  const { run } = executionOf(commandAction({}), newRunId());
  const cwd = path.join(bench.folder, 'work');
  mkdirSync(path.join(cwd, 'reports'), { recursive: true });
  of = { run, attempt: 1, cwd };
});

afterEach(async () => {
  await egress.close();
  await bench.dispose();
});

const open = () =>
  openChecks({
    commands: bench.executor,
    egress,
    folder: path.join(bench.folder, 'checks'),
    home: bench.folder,
    clock: realClock,
    log: silentLog,
  });

const write = (name: string, text: string) => writeFileSync(path.join(of.cwd ?? '', name), text);

async function changed(...names: readonly string[]): Promise<readonly boolean[]> {
  const found = await checks.findFiles(of, 1, names);
  return names.map((name) => found.get(name)?.isGood === true);
}

describe('the checks', () => {
  it('see files that an attempt made or changed, by content, also after a restart', async () => {
    write('same.md', 'one');
    write('old.md', 'one');
    write('reports/a.md', 'one');
    const names = ['same.md', 'old.md', 'new.md', 'reports/*.md', 'none/**'];
    await checks.rememberFiles(of, names);
    expect(await changed(...names)).toEqual([false, false, false, false, false]);
    write('same.md', 'one');
    write('old.md', 'two');
    write('new.md', 'one');
    write('reports/b.md', 'one');
    checks = await open();
    expect(await changed(...names)).toEqual([false, true, true, true, false]);
  });

  it('find nothing changed of which nobody knows how it was', async () => {
    write('a.md', 'one');
    expect((await checks.findFiles(of, 1, ['a.md'])).get('a.md')).toEqual({
      isGood: false,
      note: 'Nobody knows how "a.md" was before the run.',
    });
  });

  it('ask addresses through the one way out', async () => {
    const server = await httpServer((request, response) => {
      response.writeHead(request.url === '/up' ? 204 : 500).end();
    });
    const metadata = 'http://169.254.169.254/latest';
    const up = `${server.url}up`;
    const down = `${server.url}down`;
    const found = await checks.findUrls([up, down, metadata], signal);
    await server.close();
    expect([up, down, metadata].map((url) => found.get(url)?.isGood)).toEqual([true, false, false]);
    expect(found.get(down)?.note).toContain('answered with status 500');
  });

  it('run a command in the directory of the attempt, and end it with the attempt', async () => {
    write('proof', 'x');
    const shell = (text: string) => ({ kind: 'shell', text }) as const;
    expect((await checks.findCommand(of, shell('test -s proof'), false, signal)).isGood).toBe(true);
    const failed = await checks.findCommand(of, shell('exit 3'), false, signal);
    expect(failed).toMatchObject({ isGood: false, note: expect.stringContaining('exit code 3') });
    const stop = new AbortController();
    const slow = checks.findCommand(of, shell('sleep 60'), false, stop.signal);
    setTimeout(() => stop.abort('timed_out'), 100);
    expect((await slow).isGood).toBe(false);
  });

  it('keep how an attempt ended until its run is over', async () => {
    const { result } = { result: { ...RESULT } };
    await checks.keepOutcome(of, { kind: 'succeeded', result });
    checks = await open();
    expect(await checks.keptOutcome(of)).toMatchObject({
      kind: 'succeeded',
      result: { exitCode: 0 },
    });
    await checks.forget(of.run);
    expect(await checks.keptOutcome(of)).toBeUndefined();
  });
});

const RESULT = {
  exitCode: 0,
  signal: undefined,
  httpStatus: undefined,
  httpHeaders: undefined,
  durationMs: 1,
  outputBytes: 0,
  outputIsCut: false,
};
