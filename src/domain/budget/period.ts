import type { BudgetPeriod } from './budget.ts';

/** When the day or month of `now` began in the zone. */
export function periodStart(
  period: Exclude<BudgetPeriod, 'run'>,
  now: Temporal.Instant,
  zone: string,
): Temporal.Instant {
  const day = now.toZonedDateTimeISO(zone).startOfDay();
  // A day may begin later than midnight, so the first of the month is asked for its own beginning.
  return (period === 'day' ? day : day.with({ day: 1 }).startOfDay()).toInstant();
}

/** When the next day or month begins in the zone. */
export function nextPeriod(
  period: Exclude<BudgetPeriod, 'run'>,
  now: Temporal.Instant,
  zone: string,
): Temporal.Instant {
  const start = periodStart(period, now, zone).toZonedDateTimeISO(zone);
  const next = period === 'day' ? start.add({ days: 1 }) : start.add({ months: 1 });
  return next.startOfDay().toInstant();
}
