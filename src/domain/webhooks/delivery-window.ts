/** How many requests a webhook has taken since a moment. */
export type DeliveryWindow = { readonly sinceMs: number; readonly count: number };

/** The most requests to one webhook in a minute. */
export const DELIVERIES_PER_MINUTE = 60;
const MINUTE_MS = 60_000;

export type Admission =
  | { readonly kind: 'admitted'; readonly window: DeliveryWindow }
  /** Another may come after this many milliseconds. `isFirst` tells the first one of its minute. */
  | {
      readonly kind: 'limited';
      readonly window: DeliveryWindow;
      readonly retryMs: number;
      readonly isFirst: boolean;
    };

/** @param nowMs of a clock that never goes back. */
export function admitDelivery(window: DeliveryWindow | undefined, nowMs: number): Admission {
  const isOver = window === undefined || nowMs - window.sinceMs >= MINUTE_MS;
  const { sinceMs, count } = isOver ? { sinceMs: nowMs, count: 0 } : window;
  const next = { sinceMs, count: count + 1 };
  if (count < DELIVERIES_PER_MINUTE) return { kind: 'admitted', window: next };
  return {
    kind: 'limited',
    window: next,
    retryMs: sinceMs + MINUTE_MS - nowMs,
    isFirst: count === DELIVERIES_PER_MINUTE,
  };
}
