import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HISTORIES } from '../support/proof-size.ts';
import { check } from './check.ts';
import { anyHistory } from './history.ts';
import { simulate } from './simulate.ts';

/** Other histories with another SIMULATION_SEED. */
const SEED = Number(process.env['SIMULATION_SEED'] ?? 20_261_121);

describe('simulation', () => {
  it(
    `keeps its promises in ${HISTORIES} histories of crashes, clock jumps and requests`,
    async () => {
      await fc.assert(
        fc.asyncProperty(anyHistory, async (history) => {
          expect(check(await simulate(history))).toEqual([]);
        }),
        { numRuns: HISTORIES, seed: SEED },
      );
    },
    HISTORIES * 20,
  );
});
