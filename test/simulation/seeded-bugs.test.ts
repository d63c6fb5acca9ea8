import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check } from './check.ts';
import { anyHistory } from './history.ts';
import { SEEDED_BUGS } from './seeded-bugs.ts';
import { simulate } from './simulate.ts';

/** A bug that needs more histories than this would slip through a normal run now and then. */
const HISTORIES_MAX = 2_000;

describe('seeded bugs', () => {
  it.each(Object.entries(SEEDED_BUGS))('are found by the simulation: %s', async (_name, faults) => {
    const property = fc.asyncProperty(anyHistory, async (history) => {
      const wrong = check(await simulate(history, faults));
      if (wrong.length > 0) throw new Error(wrong[0]);
    });
    const found = await fc.check(property, { numRuns: HISTORIES_MAX, seed: 7, endOnFailure: true });
    if (process.env['SIMULATION_VERBOSE'] !== undefined) {
      const { errorInstance } = found;
      console.log(
        `${_name}: history ${found.numRuns}, ${errorInstance instanceof Error ? errorInstance.message : ''}`,
      );
    }
    expect(found.failed).toBe(true);
  });
});
