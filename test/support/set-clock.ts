import type { Clock } from '../../src/ports/clock.ts';

/** A clock that stands still until the test moves it. */
export type SetClock = Clock & {
  /** Lets time pass on both clocks; timers that fall into it are called in order, each at its time. */
  advance(ms: number): void;
  /** Moves the wall clock alone, as a person, NTP or a laptop's sleep does. */
  step(ms: number): void;
  /** Lets time pass until the wall clock shows this instant. */
  advanceTo(instant: Temporal.Instant | string): void;
  /** Timers that wait. */
  readonly timers: number;
};

type Timer = { readonly atMs: number; readonly order: number; readonly wake: () => void };

export function setClock(start: Temporal.Instant | string = '2026-11-02T08:00:00Z'): SetClock {
  let wall = Temporal.Instant.from(start);
  let monotonic = 1_000;
  let order = 0;
  const timers = new Set<Timer>();

  const pass = (ms: number): void => {
    wall = wall.add({ milliseconds: ms });
    monotonic += ms;
  };
  const advance = (ms: number): void => {
    const until = monotonic + ms;
    for (let timer = first(timers, until); timer !== undefined; timer = first(timers, until)) {
      timers.delete(timer);
      pass(Math.max(0, timer.atMs - monotonic));
      timer.wake();
    }
    pass(until - monotonic);
  };

  return {
    now: () => wall,
    monotonicMs: () => monotonic,
    setTimer: (ms, wake) => {
      order += 1;
      const timer = { atMs: monotonic + Math.max(0, Math.ceil(ms)), order, wake };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance,
    step: (ms) => {
      wall = wall.add({ milliseconds: ms });
    },
    advanceTo: (instant) =>
      advance(Temporal.Instant.from(instant).epochMilliseconds - wall.epochMilliseconds),
    get timers() {
      return timers.size;
    },
  };
}

function first(timers: ReadonlySet<Timer>, untilMs: number): Timer | undefined {
  let found: Timer | undefined;
  for (const timer of timers) {
    if (timer.atMs > untilMs) continue;
    if (
      found === undefined ||
      timer.atMs < found.atMs ||
      (timer.atMs === found.atMs && timer.order < found.order)
    ) {
      found = timer;
    }
  }
  return found;
}
