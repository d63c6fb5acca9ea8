import type { Rule, Schedule } from './schedule.ts';

/** A schedule as plain JSON: instants in UTC, dates and times in ISO 8601, absent as null. */
export type ScheduleJson = {
  readonly source: string;
  readonly rule: RuleJson;
  readonly zone: string;
  readonly exclusions: readonly string[];
  readonly blackouts: readonly {
    readonly from: string;
    readonly to: string;
    readonly weekdays: readonly number[];
  }[];
  readonly startAt: string | null;
  readonly endAt: string | null;
  readonly runsMax: number | null;
  readonly jitterMs: number;
  readonly notes?: readonly string[];
};

type RuleJson =
  | { readonly kind: 'once'; readonly at: string }
  | { readonly kind: 'every'; readonly intervalMs: number; readonly anchor: string }
  | Extract<Rule, { kind: 'cron' }>
  | { readonly kind: 'rrule'; readonly source: string; readonly start: string };

export function encodeSchedule(schedule: Schedule): ScheduleJson {
  return {
    source: schedule.source,
    rule: encodeRule(schedule.rule),
    zone: schedule.zone,
    exclusions: schedule.exclusions.map((date) => date.toString()),
    blackouts: schedule.blackouts.map(({ from, to, weekdays }) => ({
      from: from.toString(),
      to: to.toString(),
      weekdays: [...weekdays],
    })),
    startAt: schedule.startAt?.toString() ?? null,
    endAt: schedule.endAt?.toString() ?? null,
    runsMax: schedule.runsMax ?? null,
    jitterMs: schedule.jitterMs,
    ...(schedule.notes === undefined ? {} : { notes: [...schedule.notes] }),
  };
}

/** The inverse of `encodeSchedule`; the JSON is our own, so nothing in it is checked again. */
export function decodeSchedule(json: ScheduleJson): Schedule {
  return {
    source: json.source,
    rule: decodeRule(json.rule),
    zone: json.zone,
    exclusions: json.exclusions.map((date) => Temporal.PlainDate.from(date)),
    blackouts: json.blackouts.map(({ from, to, weekdays }) => ({
      from: Temporal.PlainTime.from(from),
      to: Temporal.PlainTime.from(to),
      weekdays: [...weekdays],
    })),
    startAt: json.startAt === null ? undefined : Temporal.Instant.from(json.startAt),
    endAt: json.endAt === null ? undefined : Temporal.Instant.from(json.endAt),
    runsMax: json.runsMax ?? undefined,
    jitterMs: json.jitterMs,
    ...(json.notes === undefined ? {} : { notes: [...json.notes] }),
  };
}

function encodeRule(rule: Rule): RuleJson {
  switch (rule.kind) {
    case 'once':
      return { kind: 'once', at: rule.at.toString() };
    case 'every':
      return { kind: 'every', intervalMs: rule.intervalMs, anchor: rule.anchor.toString() };
    case 'cron':
      return { ...rule };
    case 'rrule':
      return { kind: 'rrule', source: rule.source, start: rule.start.toString() };
  }
}

function decodeRule(json: RuleJson): Rule {
  switch (json.kind) {
    case 'once':
      return { kind: 'once', at: Temporal.Instant.from(json.at) };
    case 'every':
      return {
        kind: 'every',
        intervalMs: json.intervalMs,
        anchor: Temporal.Instant.from(json.anchor),
      };
    case 'cron':
      return { ...json };
    case 'rrule':
      return {
        kind: 'rrule',
        source: json.source,
        start: Temporal.PlainDateTime.from(json.start),
      };
  }
}
