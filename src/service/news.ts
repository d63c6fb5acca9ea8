import type { Clock } from '../ports/clock.ts';

/** Something that is waited for between two looks at it. */
export type News = {
  /** What was heard before is forgotten: it is going to be looked at. */
  forget(): void;
  /** Resolves on news since `forget`, after `ms`, or when `signal` aborts. */
  wait(clock: Clock, ms: number, signal: AbortSignal): Promise<void>;
  stop(): void;
};

/** @param listen begins to listen, and returns what ends that. */
export function newsFrom(listen: (hear: () => void) => () => void): News {
  let hasNews = false;
  let wake: () => void = () => undefined;
  const stop = listen(() => {
    hasNews = true;
    wake();
  });
  return {
    stop,
    forget: () => {
      hasNews = false;
    },
    wait: (clock, ms, signal) =>
      new Promise((resolve) => {
        const done = (): void => {
          stopTimer();
          signal.removeEventListener('abort', done);
          wake = () => undefined;
          resolve();
        };
        const stopTimer = clock.setTimer(ms, done);
        signal.addEventListener('abort', done);
        wake = done;
        if (hasNews || signal.aborted) done();
      }),
  };
}
