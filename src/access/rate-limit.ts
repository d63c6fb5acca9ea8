import type { Clock } from '../ports/clock.ts';

/** Counts how often somebody asks. @returns the seconds to wait when it was too often. */
export type RateLimit = (who: string) => number | undefined;

/** Callers remembered at once; with more, the one that came first is forgotten. */
const CALLERS_MAX = 10_000;

export function rateLimit(clock: Clock, countMax: number, windowMs: number): RateLimit {
  const windows = new Map<string, { readonly endMs: number; count: number }>();
  return (who) => {
    const nowMs = clock.now().epochMilliseconds;
    const window = windows.get(who);
    if (window === undefined || window.endMs <= nowMs) {
      windows.delete(who);
      windows.set(who, { endMs: nowMs + windowMs, count: 1 });
      const [oldest] = windows.size > CALLERS_MAX ? windows.keys() : [];
      if (oldest !== undefined) windows.delete(oldest);
      return undefined;
    }
    window.count += 1;
    return window.count > countMax ? Math.ceil((window.endMs - nowMs) / 1_000) : undefined;
  };
}
