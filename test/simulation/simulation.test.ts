import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PROOF_FACTOR } from '../support/proof-size.ts';
import { check } from './check.ts';
import { anyHistory } from './history.ts';
import { simulate } from './simulate.ts';

/** Histories of a run; others with SIMULATION_SEED. */
const RUNS = 20_000 * PROOF_FACTOR;
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
