import { isLockedError, lockedRefusal } from './sqlite-error.ts';

/**
 * How long SQLite itself waits for a lock. It does so without letting anything else of this process
 * run, so that the real waiting is done here, between attempts.
 */
export const BUSY_MS = 10;
const PAUSE_MS = 15;
/** About five seconds, after which the lock is not a matter of luck any more. */
const ATTEMPTS_MAX = 200;

/** Tries until no other process holds the lock; refuses as `unavailable` after some seconds. */
export async function retryWhileLocked<Result>(
  attempt: () => Result,
  attemptsMax = ATTEMPTS_MAX,
): Promise<Result> {
  for (let count = 1; count <= attemptsMax; count += 1) {
    try {
      return attempt();
    } catch (error) {
      if (!isLockedError(error)) throw error;
    }
    // In the time of the machine, not of the store's clock: a test's clock does not move a lock.
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw lockedRefusal();
}
