import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBench, processesOfRun, until } from './real-runs.ts';
import type { Bench } from './real-runs.ts';

const PRINT_ARGUMENTS = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))';

const HORRORS = [
  '',
  ' ',
  '$(touch pwned)',
  '`id`',
  '"; rm -rf /; "',
  "it's",
  `"'"'"`,
  'a\nb\r\tc',
  '\\',
  '\\n',
  '*',
  '~',
  '--version',
  '-n',
  '$HOME ${PATH}',
  '%s%n',
  '日本語 👩‍👩‍👧 é',
  '\u0001\u007f\u202e',
  '!history',
  '#comment',
  '&&',
  '|',
  '>file',
  'x'.repeat(131_071),
];

describe('command executor', () => {
  let bench: Bench;

  beforeAll(() => {
    bench = openBench({ SECRET_KEY: 'of the daemon', LC_ALL: 'C.UTF-8', TZ: 'Europe/Prague' });
  });
  afterAll(() => bench.dispose());

  it('hands over what a command prints and how it ended', async () => {
    const { outcome, stdout, stderr } = await bench.run({
      shell: 'echo out; echo err >&2; exit 3',
    });
    expect(outcome).toMatchObject({
      kind: 'failed',
      reason: 'exit_code',
      message: 'The command ended with exit code 3.',
      retryable: true,
      result: { exitCode: 3, signal: undefined, outputBytes: 8, outputIsCut: false },
    });
    expect([stdout, stderr]).toEqual(['out\n', 'err\n']);
  });

  it('succeeds with exit code 0, and measures how long it took', async () => {
    const { outcome } = await bench.run({ argv: ['sleep', '0.1'] });
    expect(outcome).toMatchObject({ kind: 'succeeded', result: { exitCode: 0, outputBytes: 0 } });
    expect(outcome.result?.durationMs).toBeGreaterThanOrEqual(95);
  });

  it('names the signal that ended a command', async () => {
    const { outcome } = await bench.run({ shell: 'kill -9 $$' });
    expect(outcome).toMatchObject({
      kind: 'failed',
      reason: 'signal',
      result: { exitCode: 137, signal: 'SIGKILL' },
    });
  });

  it('tells when its own wrapper is killed', async () => {
    const { outcome } = await bench.run({ shell: 'kill -9 $PPID; sleep 5' });
    expect(outcome).toMatchObject({
      kind: 'failed',
      reason: 'signal',
      result: { signal: 'SIGKILL' },
    });
  });

  it('passes arguments byte for byte', async () => {
    const { stdout } = await bench.run({
      argv: [process.execPath, '-e', PRINT_ARGUMENTS, '--', ...HORRORS],
    });
    expect(JSON.parse(stdout)).toEqual(HORRORS);
  });

  it('passes variables byte for byte', async () => {
    const values = HORRORS.slice(0, -1);
    const env = Object.fromEntries(values.map((value, index) => [`V_${index}`, value]));
    const { stdout } = await bench.run({
      argv: [process.execPath, '-p', 'JSON.stringify(process.env)'],
      env,
    });
    expect(JSON.parse(stdout)).toMatchObject(env);
  });

  it('runs programs, not the shell’s builtins, functions or options', async () => {
    const { stdout } = await bench.run({
      argv: ['echo', '-n', String.raw`a\tb`],
      env: { echo: 'x' },
    });
    expect(stdout).toBe(String.raw`a\tb`);
    expect((await bench.run({ argv: ['exit', '0'] })).outcome).toMatchObject({
      reason: 'not_found',
    });
  });

  it('runs shell text as it is, also when it begins like an option', async () => {
    const { stdout } = await bench.run({ shell: `printf '%s|' "it's" 'a "b"' $((1+1)) # done` });
    expect(stdout).toBe(`it's|a "b"|2|`);
    expect((await bench.run({ shell: '-x' })).outcome).toMatchObject({ result: { exitCode: 127 } });
  });

  it('lets nothing of the daemon’s environment through but the listed variables', async () => {
    const { id, stdout } = await bench.run(
      {
        argv: [process.execPath, '-p', 'JSON.stringify(process.env)'],
        env: { GIVEN: 'text', TOKEN: { kind: 'secret', secret: 'api_token' }, TZ: 'Asia/Tokyo' },
      },
      { grants: new Map([['api_token', 'granted']]) },
    );
    expect(JSON.parse(stdout)).toEqual({
      PATH: process.env['PATH'],
      HOME: bench.folder,
      PWD: bench.folder,
      LC_ALL: 'C.UTF-8',
      TZ: 'Asia/Tokyo',
      GIVEN: 'text',
      TOKEN: 'granted',
      CARILLON_RUN_ID: id,
      CARILLON_ATTEMPT: '1',
      CARILLON_TASK_ID: 'task_01kabcdefghjkmnpqrstvwxyz0',
      CARILLON_TASK_NAME: 'A task',
      CARILLON_IDEMPOTENCY_KEY: id,
      CARILLON_SCHEDULED_FOR: '2026-11-21T12:00:00Z',
    });
  });

  it('gives a command no descriptors beside the three', async () => {
    const { stdout } = await bench.run({ argv: ['/bin/ls', '/proc/self/fd'] });
    // What the test process itself was started with goes on to every child.
    const bare = spawnSync('/bin/ls', ['/proc/self/fd'], { encoding: 'utf8' });
    expect(stdout).toBe(bare.stdout);
  });

  it.each([
    [{ env: { T: { kind: 'secret', secret: 'gone' } } }, 'secret_missing', '"gone"'],
    [{ env: { CARILLON_X: '1' } }, 'bad_action', 'CARILLON_X'],
    [{ env: { 'a-b': '1' } }, 'bad_action', '"a-b"'],
    [{ env: { A: 'x\0y' } }, 'bad_action', 'NUL'],
    [{ argv: ['echo', 'x\0y'] }, 'bad_action', 'NUL'],
    [{ argv: ['echo', 'x'.repeat(131_072)] }, 'bad_action', '131071 bytes'],
    [{ argv: [''] }, 'bad_action', 'empty name'],
    [{ shell: 'x'.repeat(131_072) }, 'bad_action', '131071 bytes'],
    [
      { argv: ['true', ...Array.from({ length: 60 }, () => 'x'.repeat(131_000))] },
      'bad_action',
      'too long together',
    ],
    [{ cwd: '/does/not/exist' }, 'bad_directory', 'does not exist'],
    [{ cwd: '/etc/passwd' }, 'bad_directory', 'not a directory'],
    [{ cwd: 'relative' }, 'bad_directory', 'absolute'],
    [{ argv: ['no-such-program'] }, 'not_found', '"no-such-program"'],
    [{ argv: ['./no-such-program'] }, 'not_found', 'no-such-program'],
    [{ argv: ['/etc/passwd'] }, 'not_executable', 'may not be executed'],
    [{ argv: ['/usr'] }, 'not_executable', 'may not be executed'],
  ] as const)('refuses what cannot be started, and says why (%#)', async (parts, reason, words) => {
    const { outcome } = await bench.run(parts);
    expect(outcome).toMatchObject({ kind: 'failed', reason, retryable: false });
    expect(outcome.kind === 'failed' ? outcome.message : '').toContain(words);
  });

  it('finds programs along the task’s own PATH and beside its directory', async () => {
    const folder = path.join(bench.folder, 'bin with space');
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'mine'), '#!/bin/sh\necho "mine $1"\n');
    const mine = (): Promise<{ stdout: string; outcome: object }> =>
      bench.run({ argv: ['mine', 'x'], env: { PATH: `/nowhere:${folder}:/bin` } });
    expect((await mine()).outcome).toMatchObject({ reason: 'not_executable' });
    chmodSync(path.join(folder, 'mine'), 0o755);
    expect((await mine()).stdout).toBe('mine x\n');
    expect((await bench.run({ argv: ['./mine', 'y'], cwd: folder })).stdout).toBe('mine y\n');
  });

  it('passes standard input whole, and an empty one when there is none', async () => {
    const stdin = `${HORRORS.join('\0')}${'line\n'.repeat(50_000)}`;
    const { stdout } = await bench.run({ argv: ['sha256sum'], stdin });
    const { createHash } = await import('node:crypto');
    expect(stdout).toContain(createHash('sha256').update(stdin).digest('hex'));
    expect((await bench.run({ argv: ['wc', '-c'] })).stdout.trim()).toBe('0');
  });

  it('hands over the payload in a file that only its user can read and that goes afterwards', async () => {
    const payload = JSON.stringify({ texts: HORRORS.slice(0, -1) });
    const { stdout } = await bench.run({
      shell:
        'stat -c %a "$PAYLOAD_FILE" 2>/dev/null || stat -f %Lp "$PAYLOAD_FILE"; cat "$PAYLOAD_FILE"',
      payload,
    });
    expect(stdout).toBe(`600\n${payload}`);
    await until(() => readdirSync(path.join(bench.folder, 'spool')).length === 0);
    const own = await bench.run({
      shell: 'echo $PAYLOAD_FILE',
      payload,
      env: { PAYLOAD_FILE: '/own' },
    });
    expect(own.stdout).toBe('/own\n');
    expect((await bench.run({ shell: 'echo ${PAYLOAD_FILE-none}' })).stdout).toBe('none\n');
  });

  it('shows output while the command runs', async () => {
    const started = bench.start({ shell: 'echo first; sleep 5' });
    await until(async () => (await bench.text(started.id)) === 'first\n');
    started.stop('cancelled');
    await started.outcome;
  });

  it('keeps head, tail and true size of a flood, and a small spool', async () => {
    const { id, outcome } = await bench.run({
      shell: `head -c 60000000 /dev/zero | tr '\\0' 'x'; echo; echo the end`,
    });
    expect(outcome).toMatchObject({
      kind: 'succeeded',
      result: { outputBytes: 60_000_009, outputIsCut: true },
    });
    const end = await bench.output.read(id, 1, { offset: -8, bytesMax: 8, stream: 'all' });
    expect(end).toMatchObject({ text: 'the end\n', totalBytes: 60_000_009 });
  });

  it('starts nothing when it is stopped before', async () => {
    const started = bench.start({ shell: 'echo started' });
    started.stop('cancelled');
    expect(await started.outcome).toMatchObject({ kind: 'cancelled' });
    expect(await bench.text(started.id)).toBe('');
  });

  it.each([
    ['that listens', 'sleep 60'],
    ['that ignores the request', `trap '' TERM; echo $$; sleep 60 & wait; sleep 60`],
    [
      'with children that ignore it',
      `sh -c "trap '' TERM; sleep 60" & sh -c "trap '' TERM; sleep 60"`,
    ],
    [
      'with a child in a session of its own',
      `setsid sh -c "trap '' TERM HUP; sleep 60; sleep 60" & sleep 60`,
    ],
    [
      'with a child that left twice',
      `sh -c "setsid sh -c 'trap \\"\\" TERM; setsid sleep 60' &" & sleep 60`,
    ],
    ['that stands still', `sh -c 'kill -STOP $$' & kill -STOP $$`],
    [
      'with a child that stands still elsewhere',
      `setsid sh -c 'kill -STOP $$; sleep 60' & sleep 60`,
    ],
    ['with a child that bears no mark', `env -i sleep 60 & env -i setsid sleep 61 & sleep 60`],
    ['that begins anew when asked to end', `trap 'setsid sleep 60 & sleep 60' TERM; sleep 60`],
  ])('leaves no process of a command %s', async (_, shell) => {
    const started = bench.start({ shell });
    await until(() => processesOfRun(started.id).length >= 2);
    await new Promise((resolve) => setTimeout(resolve, 100));
    started.stop('timed_out');
    expect(await started.outcome).toMatchObject({ kind: 'timed_out' });
    expect(processesOfRun(started.id)).toEqual([]);
  });

  it('keeps what a command prints while it is being stopped', async () => {
    const started = bench.start({
      shell: `trap 'echo bye; exit 5' TERM; echo hello; sleep 60 & wait`,
    });
    await until(async () => (await bench.text(started.id)) === 'hello\n');
    started.stop('cancelled');
    expect(await started.outcome).toMatchObject({ kind: 'cancelled', result: { exitCode: 5 } });
    expect(await bench.text(started.id)).toBe('hello\nbye\n');
  });

  it('ends what a command left behind when it has ended', async () => {
    const { id, outcome } = await bench.run({
      shell: `sleep 60 & setsid sh -c "trap '' TERM; sleep 60" & sleep 0.1`,
    });
    expect(outcome.kind).toBe('succeeded');
    await until(() => processesOfRun(id).length === 0);
  });

  it('leaves neither files nor descriptors behind', async () => {
    const descriptors = (): number => readdirSync('/proc/self/fd').length;
    const before = descriptors();
    const one = async (count: number): Promise<void> => {
      for (let index = 0; index < count; index += 1) {
        const started = bench.start({ argv: ['/bin/true'] });
        expect((await started.outcome).kind).toBe('succeeded');
      }
    };
    await Promise.all(Array.from({ length: 8 }, () => one(25)));
    await until(() => readdirSync(path.join(bench.folder, 'spool')).length === 0);
    await until(() => descriptors() <= before);
  });
});
