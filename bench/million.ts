import { join } from 'node:path';
import { openBench, RUN_TRUE } from './engine-for-bench.ts';
import { installPackage } from './installed-package.ts';
import { copyTasks } from './load-tasks.ts';
import { nowMs, percentile, until } from './measure.ts';
import { endProcess, memoryOf, startDaemon, tokenOf, type HttpProcess } from './processes.ts';
import type { Size } from './size.ts';
import { atMost, count, mib, ms, type Row } from './table.ts';

const TASKS = 1_000_000;
const FAR_MS = 10 ** 9;
/** Tasks that come due while we look, the first one after this long, in milliseconds. */
const FIRES = 20;
const LEAD_MS = 3_000;
const FIRE_EVERY_MS = 100;
const RUN_WITHIN_MS = 30_000;

/** A data folder with 1,000,000 tasks: how long the daemon takes to start, and whether it is on time. */
export async function benchMillion(_size: Size): Promise<readonly Row[]> {
  const bench = await openBench();
  const installed = installPackage();
  const { task } = await bench.services.createTask({
    name: 'template',
    when: { every: '30 days' },
    action: RUN_TRUE,
  });
  await bench.store.close();
  copyTasks(
    join(bench.folder, 'carillon.db'),
    task.id,
    TASKS,
    Math.floor(nowMs()) + FAR_MS,
    60_000,
  );
  const daemon = await startDaemon(installed.main, bench.folder);
  try {
    const memoryAtStart = memoryOf(daemon.child.pid);
    const late = await latenesses(daemon, tokenOf(bench.folder));
    const memory = memoryOf(daemon.child.pid);
    return [
      {
        what: `daemon with ${count(TASKS)} tasks: start to first answer`,
        ours: ms(daemon.readyMs),
        other: '–',
        ratio: undefined,
        aim: atMost(daemon.readyMs, 5_000, ' ms'),
      },
      {
        what: `daemon with ${count(TASKS)} tasks: lateness of ${FIRES} commands, p50 and worst`,
        ours: `${ms(percentile(late, 0.5))} and ${ms(percentile(late, 1))}`,
        other: '–',
        ratio: undefined,
        aim: atMost(percentile(late, 1), 25, ' ms'),
      },
      {
        what: `daemon with ${count(TASKS)} tasks: resident memory at the start, and after these runs`,
        ours: `${mib(memoryAtStart.rss)} and ${mib(memory.rss)}`,
        other: '–',
        ratio: undefined,
        aim: undefined,
      },
    ];
  } finally {
    await endProcess(daemon.child);
    installed.remove();
    await bench.close();
  }
}

type RunView = { readonly id: string; readonly lateness_ms: number | null };

/** Milliseconds between an occurrence and the start of its run, as the runs themselves say. */
async function latenesses(daemon: HttpProcess, token: string): Promise<readonly number[]> {
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${daemon.origin}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok)
      throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const from = Math.floor(nowMs()) + LEAD_MS;
  for (let index = 0; index < FIRES; index += 1) {
    const at = Temporal.Instant.fromEpochMilliseconds(from + index * FIRE_EVERY_MS);
    await ask('POST', '/tasks', {
      name: `fire ${index}`,
      when: at.toString(),
      action: { kind: 'command', command: '/bin/true' },
    });
  }
  let runs: readonly RunView[] = [];
  const areOver = async (): Promise<boolean> => {
    const page = (await ask('GET', '/runs?states=succeeded&limit=50')) as { runs: RunView[] };
    runs = page.runs;
    return runs.length === FIRES;
  };
  await until(() => nowMs() > from + FIRES * FIRE_EVERY_MS, RUN_WITHIN_MS, 50);
  await until(areOver, RUN_WITHIN_MS, 200);
  return runs.map((run) => run.lateness_ms ?? Number.NaN);
}
