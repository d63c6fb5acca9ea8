import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/daemon/clock.ts';
import { commandExecutor } from '../src/executors/command/command-executor.ts';
import { WRAPPER } from '../src/executors/command/wrapper.ts';
import { openBench, quietLog, RUN_TRUE } from './engine-for-bench.ts';
import { median, timed, until } from './measure.ts';
import type { Size } from './size.ts';
import { atLeast, type Row } from './table.ts';

const RUNS = 400;
const CONCURRENCY = 8;
const ROUNDS = 5;
const WITHIN_MS = 60_000;
const ENVIRONMENT = { PATH: '/usr/bin:/bin', HOME: '/' };

/** Runs of `/bin/true` per second through the whole engine, beside bare loops of the same concurrency. */
export async function benchSpawn({ isQuick }: Size): Promise<readonly Row[]> {
  const rates = { ours: [] as number[], bare: [] as number[], wrapped: [] as number[] };
  for (let round = 0; round < (isQuick ? 2 : ROUNDS); round += 1) {
    rates.bare.push(rate(await timed(() => loop(spawnBare))));
    rates.wrapped.push(rate(await wrappedMs()));
    rates.ours.push(rate(await ourMs()));
  }
  const ours = median(rates.ours);
  const row = (other: number, name: string, bound: number): Row => ({
    what: 'runs of `/bin/true`, 8 at once',
    ours: `${ours.toFixed(0)} runs/s`,
    other: `${other.toFixed(0)} runs/s ${name}`,
    ratio: ours / other,
    aim: atLeast(ours / other, bound),
  });
  return [
    row(median(rates.bare), 'bare spawn loop', 0.35),
    row(median(rates.wrapped), 'loop of the same wrapped command', 0.7),
  ];
}

function rate(totalMs: number): number {
  return (RUNS * 1_000) / totalMs;
}

async function loop(one: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < RUNS) {
      next += 1;
      await one(next);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}

function spawnBare(): Promise<void> {
  return new Promise((resolve) => {
    spawn('/bin/true', [], { stdio: 'ignore', env: ENVIRONMENT }).once('exit', () => resolve());
  });
}

/** What the wrapper needs and no more: files for output and status. Removing them is not counted. */
async function wrappedMs(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'carillon-wrapped-'));
  const took = await timed(() => loop((index) => spawnWrapped(join(folder, String(index)))));
  rmSync(folder, { recursive: true, force: true });
  return took;
}

function spawnWrapped(folder: string): Promise<void> {
  mkdirSync(folder, { mode: 0o700 });
  const files = ['out', 'err', 'status'].map((name) => openSync(join(folder, name), 'a', 0o600));
  const [out, err, status] = files;
  return new Promise((resolve) => {
    const child = spawn('/bin/sh', ['-c', WRAPPER, 'carillon', '/bin/true'], {
      cwd: '/',
      env: ENVIRONMENT,
      detached: true,
      stdio: ['ignore', out, err, status],
    });
    for (const file of files) closeSync(file);
    child.once('exit', () => resolve());
  });
}

async function ourMs(): Promise<number> {
  const bench = await openBench();
  const executor = commandExecutor({
    folder: join(bench.folder, 'spool'),
    home: '/',
    environment: ENVIRONMENT,
    clock: systemClock,
    log: quietLog,
  });
  const { task } = await bench.services.createTask({
    name: 'true',
    action: RUN_TRUE,
    policies: { overlap: 'allow' },
  });
  for (let index = 0; index < RUNS; index += 1) await bench.services.runTask({ task: task.id });
  const isOver = async (): Promise<boolean> => {
    const { runs } = await bench.store.countStates('all');
    return runs.queued + runs.running === 0;
  };
  const took = await timed(async () => {
    bench.start(executor, CONCURRENCY);
    await until(isOver, WITHIN_MS, 10);
  });
  const { items } = await bench.services.listRuns({ states: ['succeeded'], limit: 1 });
  if (items.length === 0) throw new Error('No run has succeeded.');
  await bench.close();
  await executor.close();
  return took;
}
