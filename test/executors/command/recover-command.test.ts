import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunId } from '../../../src/domain/id.ts';
import type { Outcome } from '../../../src/domain/outcome.ts';
import { searchLeftovers } from '../../../src/executors/command/leftover-search.ts';
import { startSweeper } from '../../../src/executors/command/sweeper.ts';
import { openOutputStore } from '../../../src/output/open-output-store.ts';
import {
  commandAction,
  executionOf,
  newRunId,
  openBench,
  processesOfRun,
  silentLog,
  sinkTo,
  until,
} from './real-runs.ts';
import type { ActionParts, Bench } from './real-runs.ts';

let bench: Bench;
beforeEach(() => {
  bench = openBench();
});
afterEach(() => bench.dispose());

/** Starts a run in a daemon of its own, which is killed when the run has printed something. */
async function runInKilledDaemon(
  parts: ActionParts,
  hasBegun: (text: string) => boolean,
): Promise<RunId> {
  const id = newRunId();
  const daemon = startDaemon(id, parts);
  const exited = new Promise((resolve) => daemon.once('exit', resolve));
  await until(async () => {
    const page = await openOutputStore({ folder: path.join(bench.folder, 'output') }).read(id, 1, {
      offset: 0,
      bytesMax: 1000,
      stream: 'all',
    });
    return hasBegun(page.text);
  });
  daemon.kill('SIGKILL');
  await exited;
  return id;
}

function startDaemon(id: RunId, parts: ActionParts): ChildProcess {
  const script = path.join(bench.folder, 'daemon.ts');
  const url = (file: string): string =>
    JSON.stringify(pathToFileURL(path.resolve(import.meta.dirname, file)).href);
  writeFileSync(
    script,
    `import ${url('../../../node_modules/temporal-polyfill/global.js')};
     const { commandExecutor } = await import(${url('../../../src/executors/command/command-executor.ts')});
     const { openOutputStore } = await import(${url('../../../src/output/open-output-store.ts')});
     const runs = await import(${url('real-runs.ts')});
     const executor = commandExecutor({
       folder: ${JSON.stringify(path.join(bench.folder, 'spool'))}, home: ${JSON.stringify(bench.folder)},
       environment: { PATH: process.env.PATH }, clock: runs.realClock, log: runs.silentLog,
     });
     const writer = openOutputStore({ folder: ${JSON.stringify(path.join(bench.folder, 'output'))} }).open(${JSON.stringify(id)}, 1);
     const execution = runs.executionOf(runs.commandAction(${JSON.stringify(parts)}), ${JSON.stringify(id)});
     await executor.execute(execution, runs.sinkTo(writer), new AbortController().signal);`,
  );
  return spawn(process.execPath, [script], { stdio: ['ignore', 'ignore', 'inherit'] });
}

type Recovered = {
  readonly outcome: Promise<Outcome | undefined>;
  readonly controller: AbortController;
};

function recover(id: RunId, parts: ActionParts): Recovered {
  const controller = new AbortController();
  const writer = bench.output.open(id, 1);
  const execution = executionOf(commandAction(parts), id);
  const outcome = bench
    .newExecutor()
    .recover?.(execution, sinkTo(writer), controller.signal)
    .finally(() => writer.close());
  if (outcome === undefined) throw new Error('The executor cannot recover.');
  return { outcome, controller };
}

describe('recovering a command', () => {
  it('follows a run whose daemon was killed until it ends', async () => {
    const go = path.join(bench.folder, 'go');
    const parts = {
      shell: `echo begun; while [ ! -e "${go}" ]; do sleep 0.05; done; echo done; exit 7`,
    };
    const id = await runInKilledDaemon(parts, (text) => text === 'begun\n');
    expect(processesOfRun(id).length).toBeGreaterThan(0);
    const { outcome } = recover(id, parts);
    writeFileSync(go, '');
    expect(await outcome).toMatchObject({
      kind: 'failed',
      reason: 'exit_code',
      result: { exitCode: 7, outputBytes: 11 },
    });
    expect(await bench.text(id)).toBe('begun\ndone\n');
    await until(() => readdirSync(path.join(bench.folder, 'spool')).length === 0);
  });

  it('leaves the payload to a run whose daemon was killed, and removes it when the run has ended', async () => {
    const go = path.join(bench.folder, 'go');
    const parts = {
      shell: `echo begun; while [ ! -e "${go}" ]; do sleep 0.05; done; cat "$PAYLOAD_FILE"`,
      payload: '{"a":1}',
    };
    const id = await runInKilledDaemon(parts, (text) => text === 'begun\n');
    const { outcome } = recover(id, parts);
    writeFileSync(go, '');
    expect(await outcome).toMatchObject({ kind: 'succeeded' });
    expect(await bench.text(id)).toBe('begun\n{"a":1}');
    await until(() => readdirSync(path.join(bench.folder, 'spool')).length === 0);
  });

  it('finds the outcome and all output of a run that ended meanwhile', async () => {
    const parts = { shell: 'echo begun; sleep 0.5; echo oops >&2; kill -TERM $$' };
    const id = await runInKilledDaemon(parts, (text) => text === 'begun\n');
    await until(() => processesOfRun(id).length === 0);
    const outcome = await recover(id, parts).outcome;
    expect(outcome).toMatchObject({ kind: 'failed', result: { exitCode: 143, signal: 'SIGTERM' } });
    expect(outcome?.result?.durationMs).toBeGreaterThanOrEqual(400);
    expect(await bench.text(id)).toBe('begun\noops\n');
    expect(await bench.text(id, 'stderr')).toBe('oops\n');
  });

  it('stops a run that an earlier daemon began', async () => {
    const parts = { shell: `trap '' TERM; setsid sleep 60 & echo begun; sleep 60; sleep 60` };
    const id = await runInKilledDaemon(parts, (text) => text === 'begun\n');
    const { outcome, controller } = recover(id, parts);
    controller.abort('cancelled');
    expect(await outcome).toMatchObject({ kind: 'cancelled' });
    expect(processesOfRun(id)).toEqual([]);
  });

  it('ends what is left, keeps what was printed and knows no outcome when the wrapper was killed', async () => {
    const killed = path.join(bench.folder, 'killed');
    const parts = {
      shell: `echo begun; sleep 0.3; echo more; kill -9 $PPID; touch "${killed}"; setsid sleep 60; sleep 60`,
    };
    const id = await runInKilledDaemon(parts, (text) => text === 'begun\n');
    await until(() => existsSync(killed));
    expect(processesOfRun(id).length).toBeGreaterThan(0);
    expect(await recover(id, parts).outcome).toBeUndefined();
    expect(processesOfRun(id)).toEqual([]);
    expect(await bench.text(id)).toBe('begun\nmore\n');
    expect(readdirSync(path.join(bench.folder, 'spool'))).toEqual([]);
  });

  it('keeps the true size of a flood whose spool had been truncated', async () => {
    const go = path.join(bench.folder, 'go');
    const parts = {
      shell: `head -c 30000000 /dev/zero | tr '\\0' 'x'; touch "${go}.half"
        while [ ! -e "${go}" ]; do sleep 0.05; done; head -c 30000000 /dev/zero | tr '\\0' 'y'; echo end`,
    };
    const id = newRunId();
    const daemon = startDaemon(id, parts);
    const exited = new Promise((resolve) => daemon.once('exit', resolve));
    await until(() => readdirSync(bench.folder).includes('go.half'));
    await new Promise((resolve) => setTimeout(resolve, 400));
    daemon.kill('SIGKILL');
    await exited;
    const { outcome } = recover(id, parts);
    writeFileSync(go, '');
    expect(await outcome).toMatchObject({
      kind: 'succeeded',
      result: { outputBytes: 60_000_004, outputIsCut: true },
    });
    const end = await bench.output.read(id, 1, { offset: -5, bytesMax: 5, stream: 'all' });
    expect(end.text).toBe('yend\n');
  });

  it('lets a run go on that its daemon had stopped to truncate its output', async () => {
    const parts = { shell: 'echo begun; sleep 0.5; echo done' };
    const id = await runInKilledDaemon(parts, (text) => text === 'begun\n');
    const stem = path.join(bench.folder, 'spool', `${id}.1`);
    const wrapper = Number(/pid (\d+)/.exec(readFileSync(`${stem}.status`, 'utf8'))?.[1]);
    process.kill(-wrapper, 'SIGSTOP');
    appendFileSync(`${stem}.truncated`, 'stop\n');
    expect(await recover(id, parts).outcome).toMatchObject({ kind: 'succeeded' });
    expect(await bench.text(id)).toBe('begun\ndone\n');
  });

  it('knows nothing of a run that it has no files of', async () => {
    expect(await recover(newRunId(), { shell: 'true' }).outcome).toBeUndefined();
  });

  it('leaves running commands alone when it closes, for the next executor to recover', async () => {
    const go = path.join(bench.folder, 'go');
    const parts = { shell: `echo begun; while [ ! -e "${go}" ]; do sleep 0.05; done; echo done` };
    const { id } = bench.start(parts);
    await until(async () => (await bench.text(id)) === 'begun\n');
    await bench.executor.close();
    expect(processesOfRun(id).length).toBeGreaterThan(0);
    const { outcome } = recover(id, parts);
    writeFileSync(go, '');
    expect(await outcome).toMatchObject({ kind: 'succeeded' });
    expect(await bench.text(id)).toBe('begun\ndone\n');
  });

  it('sweeps after a daemon that was killed between the end of a run and its sweeping', async () => {
    const id = newRunId();
    const daemon = startDaemon(id, { shell: `setsid sleep 60 & echo begun` });
    const exited = new Promise((resolve) => daemon.once('exit', resolve));
    const spool = path.join(bench.folder, 'spool');
    const status = path.join(spool, `${id}.1.status`);
    await until(() => existsSync(status) && readFileSync(status, 'utf8').includes('drained'));
    daemon.kill('SIGKILL');
    await exited;
    const sweeper = startSweeper(silentLog);
    await searchLeftovers(spool, new Set(), sweeper);
    await sweeper.close();
    expect(processesOfRun(id)).toEqual([]);
    expect(readdirSync(spool)).toEqual([]);
  });
});
