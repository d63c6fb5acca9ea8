/** UTC wall clock without an offset, with microseconds when there are any: as Python writes such times. */
export function wireTime(instant: Temporal.Instant): string {
  const isWhole = instant.epochMilliseconds % 1_000 === 0;
  return instant.toString({ fractionalSecondDigits: isWhole ? 0 : 6 }).replace(/Z$/, '');
}

export function wireTimeOrNull(instant: Temporal.Instant | undefined): string | null {
  return instant === undefined ? null : wireTime(instant);
}
