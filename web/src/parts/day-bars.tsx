/** A bar for each day; what it says is read aloud and shown as a hint. */
export function DayBars({
  label,
  bars,
  line,
}: {
  readonly label: string;
  readonly bars: readonly { readonly key: string; readonly value: number; readonly said: string }[];
  /** A bound to hold the bars against, in the same unit. */
  readonly line?: number;
}) {
  const highest = Math.max(line ?? 0, ...bars.map((bar) => bar.value), Number.MIN_VALUE);
  return (
    <ol aria-label={label} className="relative flex h-24 items-end gap-0.5 border-b border-edge">
      {bars.map((bar) => (
        <li key={bar.key} title={bar.said} className="flex h-full min-w-1 flex-1 items-end">
          <span className="sr-only">{bar.said}</span>
          <span
            aria-hidden
            className="block w-full rounded-t-xs bg-bronze"
            style={{ height: `${(bar.value / highest) * 100}%` }}
          />
        </li>
      ))}
      {line === undefined ? null : (
        <li
          aria-hidden
          className="absolute inset-x-0 border-t-2 border-dashed border-bad"
          style={{ bottom: `${(line / highest) * 100}%` }}
        />
      )}
    </ol>
  );
}
