import { describe, expect, it } from 'vitest';
import type { Claim } from '../../src/domain/run.ts';
import { begin, type LiveRuns } from '../../src/engine/live-runs.ts';
import { RUN } from '../support/run.ts';

describe('the runs that a process carries out', () => {
  it('keep an attempt that began before the one before it was let go', async () => {
    const live: LiveRuns = new Map();
    const claim = (fence: number): Claim => ({ run: RUN, fence });
    const first = Promise.withResolvers<undefined>();
    const second = Promise.withResolvers<undefined>();
    const start = (of: Claim, work: Promise<undefined>) => {
      begin(
        live,
        of,
        async () => work,
        () => undefined,
      );
      return live.get(of.run.id);
    };
    const earlier = start(claim(1), first.promise);
    // The store has written the end of the first, and the dispatcher was faster than its clean-up.
    const later = start(claim(2), second.promise);

    first.resolve(undefined);
    await earlier?.ended;
    expect([...live.values()]).toEqual([later]);

    second.resolve(undefined);
    await later?.ended;
    expect(live.size).toBe(0);
  });
});
