import { z } from 'zod';
import type { Blackout, Schedule } from '../domain/schedule/schedule.ts';
import { formatDurationMs } from '../domain/schedule/duration.ts';
import { wordsOf } from '../domain/schedule/receipt.ts';
import { timeOrNull } from './times.ts';

export const scheduleView = z.object({
  when: z.string(),
  meaning: z.string(),
  kind: z.enum(['once', 'every', 'cron', 'rrule']),
  timezone: z.string(),
  exclude: z.array(z.string()),
  blackouts: z.array(z.object({ from: z.string(), to: z.string(), weekdays: z.array(z.string()) })),
  start: z.string().nullable(),
  end: z.string().nullable(),
  runs_max: z.number().nullable(),
  jitter: z.string(),
});
export type ScheduleView = z.output<typeof scheduleView>;

export function viewSchedule(schedule: Schedule): ScheduleView {
  return {
    when: schedule.source,
    meaning: wordsOf(schedule),
    kind: schedule.rule.kind,
    timezone: schedule.zone,
    exclude: schedule.exclusions.map(String),
    blackouts: schedule.blackouts.map(viewBlackout),
    start: timeOrNull(schedule.zone, schedule.startAt),
    end: timeOrNull(schedule.zone, schedule.endAt),
    runs_max: schedule.runsMax ?? null,
    jitter: formatDurationMs(schedule.jitterMs),
  };
}

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

function viewBlackout({ from, to, weekdays }: Blackout): ScheduleView['blackouts'][number] {
  return {
    from: minutes(from),
    // The midnight that a day ends with.
    to: minutes(to) === '00:00' ? '24:00' : minutes(to),
    weekdays: weekdays.map((day) => WEEKDAYS[day - 1] ?? String(day)),
  };
}

function minutes(time: Temporal.PlainTime): string {
  return time.toString({ smallestUnit: 'minute' });
}
