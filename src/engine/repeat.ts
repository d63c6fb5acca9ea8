import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';

/**
 * No loop waits longer in one go, in milliseconds: timers are 32 bits wide, follow the monotonic
 * clock and stand still while a laptop sleeps, so the wall clock is looked at again this often.
 */
export const WAIT_MS_MAX = 1_000;

/** How long a loop waits after a pass that failed, in milliseconds. */
const WAIT_AFTER_FAILURE_MS = 1_000;

export type Loop = {
  /** Begins the next pass now, or right after the one in progress. */
  wake(): void;
  /** Resolves when the pass in progress has ended; no other one begins. */
  stop(): Promise<void>;
  /** Whether the latest pass failed, and the code of what was thrown. */
  failure(): unknown;
};

/**
 * Does `pass` again and again. A pass answers how many milliseconds may go by until the next one.
 *
 * @param longestMs the longest wait between two passes; at most WAIT_MS_MAX unless the work is rare.
 */
export function repeat(
  clock: Clock,
  log: Log,
  name: string,
  pass: () => Promise<number>,
  longestMs: number = WAIT_MS_MAX,
): Loop {
  let isStopped = false;
  let isAwake = false;
  let failure: unknown;
  let endWait: (() => void) | undefined;

  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const cancel = clock.setTimer(Math.max(0, Math.min(ms, longestMs)), resolve);
      endWait = () => {
        cancel();
        resolve();
      };
    });

  const onePass = async (): Promise<number> => {
    try {
      const waitMs = await pass();
      failure = undefined;
      return waitMs;
    } catch (error) {
      if (failure === undefined)
        log.error('a pass failed; it is tried again', { loop: name }, error);
      failure = error;
      return WAIT_AFTER_FAILURE_MS;
    }
  };

  const loop = async (): Promise<void> => {
    while (!isStopped) {
      isAwake = false;
      const waitMs = await onePass();
      // Woken during the pass: there may be work that it did not see.
      if (!isStopped && !isAwake) await wait(waitMs);
      endWait = undefined;
    }
  };
  const ended = loop();

  return {
    wake() {
      isAwake = true;
      endWait?.();
    },
    stop() {
      isStopped = true;
      endWait?.();
      return ended;
    },
    failure: () => failure,
  };
}
