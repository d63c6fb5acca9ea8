import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { noopExecutor, openBench, RUN_TRUE, type Bench } from './engine-for-bench.ts';
import { copyTasks } from './load-tasks.ts';
import { median, nowMs, percentile, timed } from './measure.ts';
import type { Size } from './size.ts';
import { atMost, count, ms, type Row } from './table.ts';

const SIZES = [1_000, 100_000, 1_000_000];
const SIZES_QUICK = [1_000, 100_000];
const FIRES = 200;
const FIRE_EVERY_MS = 20;
const LEAD_MS = 2_500;
const WORKERS = 16;
const QUERIES = 200;
/** So far ahead lie the tasks that only make the file large, in milliseconds. */
const FAR_MS = 10 ** 9;

type Cost = {
  readonly tasks: number;
  readonly perFireMs: number;
  readonly p99Ms: number;
  readonly nextMs: number;
};

/**
 * What it costs the process to let one task run, with 1,000, 100,000 and 1,000,000 tasks in the
 * file: planning it, claiming and finishing its run, with an executor that does nothing.
 */
export async function benchScale({ isQuick }: Size): Promise<readonly Row[]> {
  const costs: Cost[] = [];
  for (const size of isQuick ? SIZES_QUICK : SIZES) costs.push(await costWith(size));
  const fewest = costs[0]?.perFireMs ?? Number.NaN;
  return costs.map(({ tasks, perFireMs, p99Ms, nextMs }, index) => ({
    what: `processor time per fire with ${count(tasks)} tasks`,
    ours: `${ms(perFireMs)} (lateness p99 ${ms(p99Ms)}, next due in ${(nextMs * 1_000).toFixed(0)} µs)`,
    other: index === 0 ? '–' : `${ms(fewest)} with ${count(SIZES[0] ?? 0)}`,
    ratio: perFireMs / fewest,
    aim: index === 0 ? undefined : atMost(perFireMs / fewest, 2),
  }));
}

async function costWith(tasks: number): Promise<Cost> {
  const bench = await openBench();
  const { task } = await bench.services.createTask({
    name: 'template',
    when: { every: '30 days' },
    action: RUN_TRUE,
  });
  copyTasks(
    join(bench.folder, 'carillon.db'),
    task.id,
    tasks,
    Math.floor(nowMs()) + FAR_MS,
    60_000,
  );
  const from = Math.floor(nowMs()) + LEAD_MS;
  await makeFires(bench, from);
  const next: number[] = [];
  for (let query = 0; query < QUERIES; query += 1) {
    next.push(await timed(() => bench.store.nextWakeAt()));
  }
  const late: number[] = [];
  bench.start(
    noopExecutor((scheduledForMs) => late.push(nowMs() - scheduledForMs)),
    WORKERS,
  );
  await sleep(from - 200 - nowMs());
  const before = process.cpuUsage();
  await sleep(200 + FIRES * FIRE_EVERY_MS + 300);
  const { user, system } = process.cpuUsage(before);
  await bench.close();
  if (late.length !== FIRES) throw new Error(`${late.length} of ${FIRES} tasks ran.`);
  return {
    tasks,
    perFireMs: (user + system) / 1_000 / FIRES,
    p99Ms: percentile(late, 0.99),
    nextMs: median(next),
  };
}

async function makeFires(bench: Bench, from: number): Promise<void> {
  for (let index = 0; index < FIRES; index += 1) {
    const at = Temporal.Instant.fromEpochMilliseconds(from + index * FIRE_EVERY_MS);
    await bench.services.createTask({
      name: `fire ${index}`,
      when: { once: at.toString() },
      action: RUN_TRUE,
    });
  }
  if (nowMs() > from - 200) throw new Error('Making the tasks took until the first was due.');
}
