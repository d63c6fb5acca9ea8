/** An instant as tables hold it: whole milliseconds since the epoch. */
export function msOf(instant: Temporal.Instant): number {
  return instant.epochMilliseconds;
}

export function instantOf(ms: number): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(ms);
}

export function msOrNull(instant: Temporal.Instant | undefined): number | null {
  return instant === undefined ? null : instant.epochMilliseconds;
}

export function instantOrAbsent(ms: number | null): Temporal.Instant | undefined {
  return ms === null ? undefined : Temporal.Instant.fromEpochMilliseconds(ms);
}
