/** UTC with its offset and microseconds, as Python writes such times. */
export function wireTime(instant: Temporal.Instant): string {
  return instant.toString({ fractionalSecondDigits: 6 }).replace(/Z$/, '+00:00');
}

export function wireTimeOrNull(instant: Temporal.Instant | undefined): string | null {
  return instant === undefined ? null : wireTime(instant);
}
