import type { Blackout, Schedule } from './schedule.ts';

/** Why an instant is left out, and the instant at which that ends. */
export type Blocked = {
  readonly by: 'exclusion' | 'blackout';
  readonly until: Temporal.Instant;
  readonly blackout: Blackout | undefined;
};

/** Whether an exclusion date or a blackout of the schedule covers the instant. */
export function blockedAt(schedule: Schedule, at: Temporal.Instant): Blocked | undefined {
  if (schedule.exclusions.length + schedule.blackouts.length === 0) return undefined;
  const local = at.toZonedDateTimeISO(schedule.zone);
  const date = local.toPlainDate();
  if (schedule.exclusions.some((excluded) => excluded.equals(date))) {
    const until = date.add({ days: 1 }).toZonedDateTime(schedule.zone).toInstant();
    return { by: 'exclusion', until, blackout: undefined };
  }
  for (const blackout of schedule.blackouts) {
    const end = endOfBlackout(blackout, local);
    if (end !== undefined) return { by: 'blackout', until: end.toInstant(), blackout };
  }
  return undefined;
}

/** The end of the blackout's stretch that covers a local time, if one does. */
function endOfBlackout(
  { from, to, weekdays }: Blackout,
  local: Temporal.ZonedDateTime,
): Temporal.ZonedDateTime | undefined {
  const time = local.toPlainTime();
  const isAfterFrom = Temporal.PlainTime.compare(time, from) >= 0;
  const isBeforeTo = Temporal.PlainTime.compare(time, to) < 0;
  const isOvernight = Temporal.PlainTime.compare(to, from) <= 0;
  const today = local.toPlainDate();
  const beginsOn = (date: Temporal.PlainDate): boolean =>
    weekdays.length === 0 || weekdays.includes(date.dayOfWeek);
  const endOn = (date: Temporal.PlainDate): Temporal.ZonedDateTime =>
    date.toZonedDateTime({ timeZone: local.timeZoneId, plainTime: to });
  if (!isOvernight) return isAfterFrom && isBeforeTo && beginsOn(today) ? endOn(today) : undefined;
  if (isAfterFrom && beginsOn(today)) return endOn(today.add({ days: 1 }));
  if (isBeforeTo && beginsOn(today.subtract({ days: 1 }))) return endOn(today);
  return undefined;
}
