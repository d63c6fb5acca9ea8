/** Time, as the process sees it. Tests set it. */
export type Clock = {
  /** The wall clock. It may jump, in both directions. */
  now(): Temporal.Instant;
  /** Milliseconds that only grow; their zero means nothing. They stand still while a laptop sleeps. */
  monotonicMs(): number;
  /** Calls `wake` once, about `ms` later; the function returned stops that. */
  setTimer(ms: number, wake: () => void): () => void;
};
