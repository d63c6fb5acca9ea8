import { describeStore } from '../store.conformance.ts';
import { memoryState } from './memory-state.ts';
import { openMemoryStore } from './memory-store.ts';

// What is proved on this store holds for the real one as far as both pass the same suite.
describeStore('of the simulation', async ({ clock, announcer, log }) =>
  openMemoryStore({
    state: memoryState(),
    now: clock.now,
    announcer,
    onUnsoundPlan: (task) =>
      log.warn('A plan contained an occurrence that was covered.', { task: task.id }),
  }),
);
