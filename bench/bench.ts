import 'temporal-polyfill/global';
import { cpus, loadavg } from 'node:os';
import { benchDashboard } from './dashboard.ts';
import { benchDueAtOnce } from './due-at-once.ts';
import { benchLateness } from './lateness.ts';
import { describeMachine } from './machine.ts';
import { benchMasking } from './masking.ts';
import { benchMillion } from './million.ts';
import { benchScale } from './scale.ts';
import type { Size } from './size.ts';
import { benchSpawn } from './spawn.ts';
import { benchStartUp } from './start-up.ts';
import { tableOf, type Row } from './table.ts';
import { benchTools } from './tools.ts';

/**
 * `node bench/bench.ts [name…] [--quick]` prints a table in which everything stands beside what it
 * is measured by, both from this one run.
 */
const BENCHES: Readonly<Record<string, (size: Size) => Promise<readonly Row[]>>> = {
  lateness: benchLateness,
  'due-at-once': benchDueAtOnce,
  tools: benchTools,
  'start-up': benchStartUp,
  spawn: benchSpawn,
  masking: benchMasking,
  scale: benchScale,
  million: benchMillion,
  dashboard: benchDashboard,
};
/** Take a while, so that `--quick` leaves them out unless they are named. */
const SLOW = ['million', 'dashboard'];
/** Above this load for each processor something else is running. */
const BUSY_LOAD = 0.3;

const words = process.argv.slice(2);
const isQuick = words.includes('--quick');
const named = words.filter((word) => !word.startsWith('--'));
const unknown = words.filter((word) => word !== '--quick' && !Object.hasOwn(BENCHES, word));
if (unknown.length > 0) {
  process.stderr.write(
    `There is no benchmark ${unknown.join(', ')}. There are: ${Object.keys(BENCHES).join(', ')}.\n`,
  );
  process.exit(2);
}

const machine = describeMachine();
const wasBusy = (loadavg()[0] ?? 0) > cpus().length * BUSY_LOAD;
const start = performance.now();
const rows: Row[] = [];
try {
  for (const [name, bench] of Object.entries(BENCHES)) {
    if (named.length === 0 ? isQuick && SLOW.includes(name) : !named.includes(name)) continue;
    process.stderr.write(`${name}…\n`);
    rows.push(...(await bench({ isQuick })));
  }
} finally {
  // What was measured is told, also when a later benchmark fails.
  console.log(tableOf(rows));
  console.log(`\n${machine}; ${((performance.now() - start) / 1_000).toFixed(0)} s in all.`);
  if (wasBusy) {
    console.log('Other programs were busy on this machine: absolute figures are too high.');
  }
}
