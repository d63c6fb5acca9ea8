import { useEffect, useState } from 'react';
import { browserNowMs, toMs } from '../time/instant.ts';

/** How far the daemon's clock is ahead of this browser's, in milliseconds. */
let aheadMs = 0;
/** The shortest round trip so far: the best look at the daemon's clock. */
let bestTripMs = Number.POSITIVE_INFINITY;

/** Learns the daemon's time from an answer that tells it as `now`. */
export function noteServerTime(answer: unknown, tripMs: number): void {
  const told = (answer as { readonly now?: unknown } | undefined)?.now;
  if (typeof told !== 'string' || tripMs > bestTripMs + TRIP_SLACK_MS) return;
  bestTripMs = Math.min(bestTripMs, tripMs);
  aheadMs = toMs(told) + tripMs / 2 - browserNowMs();
}

const TRIP_SLACK_MS = 20;

/** Now, by the daemon's clock. */
function serverNowMs(): number {
  return browserNowMs() + aheadMs;
}

/** Now by the daemon's clock, told anew every `everyMs`. One timer serves all that ask for the same. */
export function useNowMs(everyMs = 1_000): number {
  const [now, setNow] = useState(serverNowMs);
  useEffect(() => {
    setNow(serverNowMs());
    return tickEvery(everyMs, () => setNow(serverNowMs()));
  }, [everyMs]);
  return now;
}

const tickers = new Map<number, { readonly hear: Set<() => void>; readonly timer: number }>();

function tickEvery(everyMs: number, hear: () => void): () => void {
  let ticker = tickers.get(everyMs);
  if (ticker === undefined) {
    const all = new Set<() => void>();
    const timer = window.setInterval(() => {
      if (document.visibilityState === 'visible') for (const one of all) one();
    }, everyMs);
    ticker = { hear: all, timer };
    tickers.set(everyMs, ticker);
  }
  const { hear: all, timer } = ticker;
  all.add(hear);
  return () => {
    all.delete(hear);
    if (all.size > 0) return;
    window.clearInterval(timer);
    tickers.delete(everyMs);
  };
}
