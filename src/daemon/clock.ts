import type { Clock } from '../ports/clock.ts';

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => Temporal.Now.instant(),
  monotonicMs: () => performance.now(),
  setTimer: (ms, wake) => {
    const timer = setTimeout(wake, Math.min(Math.max(ms, 0), TIMER_MS_MAX));
    return () => {
      clearTimeout(timer);
    };
  },
};

// A longer timer overflows 32 bits and would ring at once.
const TIMER_MS_MAX = 2 ** 31 - 1;
