import { setTimeout as sleep } from 'node:timers/promises';
import { noopExecutor, openBench, RUN_TRUE } from './engine-for-bench.ts';
import { nowMs, percentile } from './measure.ts';
import type { Size } from './size.ts';
import { atMost, ms, type Row } from './table.ts';

const TASKS = 300;
const SPREAD_MS = 12_000;
const LEAD_MS = 3_000;
const WORKERS = 64;
/** Spreads the instants as if at random, the same in each run. */
const STEP = 7_919_111;

/** How late 300 one-off tasks start, beside bare timers for the same instants in the same process. */
export async function benchLateness({ isQuick }: Size): Promise<readonly Row[]> {
  const spreadMs = isQuick ? SPREAD_MS / 4 : SPREAD_MS;
  const tasks = isQuick ? TASKS / 4 : TASKS;
  const bench = await openBench();
  const ours: number[] = [];
  const bare: number[] = [];
  bench.start(
    noopExecutor((scheduledForMs) => ours.push(nowMs() - scheduledForMs)),
    WORKERS,
  );
  const from = Math.floor(nowMs()) + LEAD_MS;
  for (let index = 0; index < tasks; index += 1) {
    const at = from + ((index * STEP) % spreadMs);
    await bench.services.createTask({
      name: `late ${index}`,
      when: { once: Temporal.Instant.fromEpochMilliseconds(at).toString() },
      action: RUN_TRUE,
    });
    setTimeout(() => bare.push(nowMs() - at), at - nowMs());
  }
  if (nowMs() > from) throw new Error('Making the tasks took until the first was due.');
  await sleep(from + spreadMs + 500 - nowMs());
  await bench.close();
  if (ours.length !== tasks) throw new Error(`${ours.length} of ${tasks} tasks ran.`);
  return [0.5, 0.99].map((share) => {
    const [late, bareLate] = [percentile(ours, share), percentile(bare, share)];
    return {
      what: `lateness of ${tasks} tasks at random instants, p${share * 100}`,
      ours: ms(late),
      other: `${ms(bareLate)} bare \`setTimeout\``,
      ratio: late / bareLate,
      aim: share === 0.99 ? atMost(late, 25, ' ms') : undefined,
    };
  });
}
