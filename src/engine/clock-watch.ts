import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';

/** The wall clock has jumped when it and the monotonic one disagree by more than this, in milliseconds. */
const JUMP_MS = 1_000;

/**
 * Watches for jumps of the wall clock: a clock that was set, or a laptop that slept. Nothing has to
 * be computed anew, since plans are made from the wall clock at every pass; it is told, so that a
 * late run can be explained.
 *
 * @returns a function that looks once and answers the jump in milliseconds, 0 for none.
 */
export function watchClock(clock: Clock, log: Log): () => number {
  let wall = clock.now().epochMilliseconds;
  let monotonic = clock.monotonicMs();
  return () => {
    const wallNow = clock.now().epochMilliseconds;
    const monotonicNow = clock.monotonicMs();
    const jumpMs = wallNow - wall - (monotonicNow - monotonic);
    wall = wallNow;
    monotonic = monotonicNow;
    if (Math.abs(jumpMs) <= JUMP_MS) return 0;
    log.warn('the wall clock jumped', { jump_ms: Math.round(jumpMs) });
    return jumpMs;
  };
}
