/** How the numbers of a sample are spread. */
export type Spread = {
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
};

/** By the nearest rank, so that each number is one of the sample; `undefined` for none. */
export function spreadOf(sample: readonly number[]): Spread | undefined {
  const sorted = sample.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  const [p50, p95, max] = [at(0.5), at(0.95), at(1)];
  return p50 === undefined || p95 === undefined || max === undefined
    ? undefined
    : { p50, p95, max };
}

/** How often each key comes, the most frequent first. */
export function tally(keys: readonly string[]): readonly { key: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts]
    .map(([key, count]) => ({ key, count }))
    .toSorted((one, other) => other.count - one.count || (one.key < other.key ? -1 : 1));
}
