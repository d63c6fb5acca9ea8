import { z } from 'zod';
import type { Standstill } from '../ports/standstill.ts';
import type { Status } from '../service/services.ts';
import { describedElsewhere } from './json-schema.ts';
import { taskBriefView, tellTaskBriefly, viewTaskBriefly } from './task-view.ts';
import { timeIn } from './times.ts';

export const standstillView = z.object({
  since: z.string(),
  by: z.string(),
  reason: z.string().nullable(),
});

export function viewStandstill({ at, by, reason }: Standstill, zone: string) {
  return { since: timeIn(zone, at), by, reason: reason ?? null };
}

export const statusView = z.object({
  version: z.string(),
  now: z.string(),
  timezone: z.string(),
  started_at: z.string(),
  pid: z.number(),
  profile: z.string(),
  address: z.string().nullable(),
  data_folder: z.string(),
  node: z.string(),
  tzdata: z.string(),
  alarms: z.array(z.string()),
  standstill: describedElsewhere(standstillView).nullable(),
  tasks: z.object({ active: z.number(), paused: z.number(), ended: z.number() }),
  runs: z.object({
    queued: z.number(),
    running: z.number(),
    retrying: z.number(),
    held: z.number(),
    waiting: z.number(),
  }),
  next: describedElsewhere(taskBriefView).nullable(),
});
export type StatusView = z.output<typeof statusView>;

export function viewStatus(status: Status, zone: string): StatusView {
  const { daemon, counts, standstill } = status;
  return {
    version: daemon.version,
    now: timeIn(zone, status.now),
    timezone: zone,
    started_at: timeIn(zone, daemon.startedAt),
    pid: daemon.pid,
    profile: daemon.profile,
    address: daemon.address ?? null,
    data_folder: daemon.dataFolder,
    node: daemon.nodeVersion,
    tzdata: daemon.tzdataVersion,
    alarms: [...daemon.alarms],
    standstill: standstill === undefined ? null : viewStandstill(standstill, zone),
    tasks: { ...counts.tasks },
    runs: { ...counts.runs },
    next: status.next === undefined ? null : viewTaskBriefly(status.next, zone),
  };
}

export function tellStatus(view: StatusView, now: Temporal.Instant): string {
  const { tasks, runs } = view;
  return [
    `Carillon ${view.version}, up since ${view.started_at}. It is ${view.now} in ${view.timezone}.`,
    ...(view.standstill === null
      ? []
      : [
          `Everything is stopped since ${view.standstill.since}, by ${view.standstill.by}. Nothing starts until a person resumes it.`,
        ]),
    view.alarms.length === 0 ? 'All is well.' : `Alarms: ${view.alarms.join(', ')}.`,
    `Tasks: ${tasks.active} active, ${tasks.paused} paused, ${tasks.ended} ended. Unfinished runs: ${runs.running} running, ${runs.queued} queued, ${runs.retrying} retrying, ${runs.held} held, ${runs.waiting} waiting.`,
    view.next === null ? 'Nothing is scheduled.' : `Next: ${tellTaskBriefly(view.next, now)}`,
    `Process ${view.pid}, profile ${view.profile}, ${view.address ?? 'no HTTP address'}, data in ${view.data_folder}, Node ${view.node}, time zone data ${view.tzdata}.`,
  ].join('\n');
}
