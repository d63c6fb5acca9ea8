/** How long a pool waits whose provider did not say until when, in milliseconds; longer each time. */
const WAIT_MS_FIRST = 60_000;
const WAIT_MS_LONGEST = 60 * 60_000;

/** Attempts after which a run is held no more, with a time that was told and without one. */
const HELD_ATTEMPTS_MAX = 100;
const HELD_ATTEMPTS_MAX_UNTOLD = 12;

/**
 * Until when a run waits that ran into the usage limit of its pool with its attempt number `attempt`.
 * Absent when it has waited often enough.
 */
export function usageHeldUntil(
  retryAt: Temporal.Instant | undefined,
  attempt: number,
  now: Temporal.Instant,
): Temporal.Instant | undefined {
  const isTold = retryAt !== undefined && Temporal.Instant.compare(retryAt, now) > 0;
  if (attempt >= (isTold ? HELD_ATTEMPTS_MAX : HELD_ATTEMPTS_MAX_UNTOLD)) return undefined;
  if (isTold) return retryAt;
  const waitMs = Math.min(WAIT_MS_FIRST * 2 ** (attempt - 1), WAIT_MS_LONGEST);
  return now.add({ milliseconds: waitMs });
}
