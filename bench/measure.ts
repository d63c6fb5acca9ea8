/** The value below which `share` of the values lie. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** Milliseconds since the epoch, finer than a millisecond. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

/** Milliseconds that `work` takes. */
export async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Looks every `everyMs` milliseconds whether it is true by now. Fails after `withinMs`. */
export async function until(
  isTrue: () => boolean | Promise<boolean>,
  withinMs: number,
  everyMs: number,
): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error(`Nothing came of it within ${withinMs} ms.`);
    await new Promise((resolve) => {
      setTimeout(resolve, everyMs);
    });
  }
}
