import { idSuffix } from '../../src/domain/id.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Ids } from '../../src/ports/ids.ts';

/** Ids and random numbers that a seed decides; ids sort by the order in which they were made. */
export function seededIds(seed = 1, clock?: Clock): Ids {
  const random = seededRandom(seed);
  let made = 0;
  const suffix = (): string => {
    const bytes = Uint8Array.from({ length: 10 }, () => Math.floor(random() * 256));
    made += 1;
    // The random bits after the time count up, so that ids of one millisecond keep their order.
    bytes[0] = (made >> 14) & 0x0f;
    bytes[1] = (made >> 6) & 0xff;
    bytes[2] = made & 0x3f;
    const nowMs = clock?.now().epochMilliseconds ?? 1_700_000_000_000;
    return idSuffix(nowMs, bytes);
  };
  return {
    taskId: () => `task_${suffix()}`,
    runId: () => `run_${suffix()}`,
    webhookId: () => `hook_${suffix()}`,
    randomBytes: (count) => Uint8Array.from({ length: count }, () => Math.floor(random() * 256)),
    random,
  };
}

/** mulberry32: a small generator whose whole state is one number. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
