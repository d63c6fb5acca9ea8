import type { Clock } from '../ports/clock.ts';
import { rateLimit, type RateLimit } from './rate-limit.ts';

/** How often one address may ask for what costs something, or could be guessed. */
export type AccessLimits = {
  readonly token: RateLimit;
  readonly registration: RateLimit;
  readonly authorization: RateLimit;
  /** Passwords that are tried. */
  readonly signIn: RateLimit;
};

const MINUTE_MS = 60_000;

export function accessLimits(clock: Clock): AccessLimits {
  return {
    token: rateLimit(clock, 60, MINUTE_MS),
    registration: rateLimit(clock, 20, MINUTE_MS),
    authorization: rateLimit(clock, 60, MINUTE_MS),
    signIn: rateLimit(clock, 10, 15 * MINUTE_MS),
  };
}
