import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check } from './check.ts';
import { anyHistory } from './history.ts';
import { simulate } from './simulate.ts';

/** Histories of a normal run; more with SIMULATION_RUNS, others with SIMULATION_SEED. */
const RUNS = Number(process.env['SIMULATION_RUNS'] ?? 20_000);
const SEED = Number(process.env['SIMULATION_SEED'] ?? 20_261_121);

describe('simulation', () => {
  it(
    `keeps its promises in ${RUNS} histories of crashes, clock jumps and requests`,
    async () => {
      await fc.assert(
        fc.asyncProperty(anyHistory, async (history) => {
          expect(check(await simulate(history))).toEqual([]);
        }),
        { numRuns: RUNS, seed: SEED },
      );
    },
    RUNS * 20,
  );
});
