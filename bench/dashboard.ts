import { join } from 'node:path';
import { ask, dashboardPaths } from './dashboard-paths.ts';
import { openBench, RUN_TRUE } from './engine-for-bench.ts';
import { installPackage } from './installed-package.ts';
import { loadRuns } from './load-runs.ts';
import { copyTasks } from './load-tasks.ts';
import { median, nowMs } from './measure.ts';
import { endProcess, startDaemon, tokenOf } from './processes.ts';
import type { Size } from './size.ts';
import { atMost, count, ms, type Row } from './table.ts';

const TASKS = 10_000;
const RUNS = 1_000_000;
const RUNS_QUICK = 100_000;
const HOUR_MS = 3_600_000;
const TIMES = 3;
/** A screen opens within a second, and asks a few of these at once. */
const ANSWER_MS_MAX = 300;

/** What the pages ask the daemon, with 10,000 tasks and 1,000,000 runs in the file. */
export async function benchDashboard({ isQuick }: Size): Promise<readonly Row[]> {
  const bench = await openBench();
  const installed = installPackage();
  const { task } = await bench.services.createTask({
    name: 'template',
    when: '17 3 * * *',
    action: RUN_TRUE,
  });
  await bench.store.close();
  const file = join(bench.folder, 'carillon.db');
  const now = Math.floor(nowMs());
  const runs = isQuick ? RUNS_QUICK : RUNS;
  copyTasks(file, task.id, TASKS, now + HOUR_MS, 60_000);
  loadRuns(file, runs, now);
  const daemon = await startDaemon(installed.main, bench.folder);
  try {
    const asking = { origin: daemon.origin, token: tokenOf(bench.folder) };
    const rows: Row[] = [];
    for (const path of await dashboardPaths(asking, now)) {
      const times: number[] = [];
      for (let time = 0; time < TIMES; time += 1) {
        const start = performance.now();
        await ask(asking, path);
        times.push(performance.now() - start);
      }
      const [first = Number.NaN] = times;
      rows.push({
        what: `${count(runs)} runs: \`${path.slice(0, PATH_TOLD)}\`, first and median`,
        ours: `${ms(first)} and ${ms(median(times))}`,
        other: '–',
        ratio: undefined,
        aim: atMost(first, ANSWER_MS_MAX, ' ms'),
      });
    }
    return rows;
  } finally {
    await endProcess(daemon.child);
    installed.remove();
    await bench.close();
  }
}

const PATH_TOLD = 70;
