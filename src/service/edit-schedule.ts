import { Refusal } from '../domain/refusal.ts';
import type { WhenInput } from '../domain/schedule/parse-when.ts';
import type { Rule, Schedule } from '../domain/schedule/schedule.ts';
import type { WhenOptions } from '../domain/schedule/when-options.ts';
import { readWhen } from './define-task.ts';
import { canonical } from './request-hash.ts';
import type { ServiceSettings, TaskEdit } from './services.ts';

/**
 * The schedule after an edit. A new `when` is a new schedule, limits included, in the old zone unless
 * the edit names one; options or a zone alone change those and keep the rule.
 */
export function editSchedule(
  old: Schedule | undefined,
  edit: TaskEdit,
  settings: ServiceSettings,
  now: Temporal.Instant,
): Schedule | undefined {
  if (edit.removesSchedule === true) return removed(edit);
  if (edit.when !== undefined) return replaced(old, edit.when, edit, settings, now);
  if (edit.zone === undefined && edit.whenOptions === undefined) return old;
  if (old === undefined) {
    throw new Refusal(
      'invalid',
      'The task has no schedule whose zone or options could be changed. Say when it is to run.',
    );
  }
  return narrowed(old, edit, settings, now);
}

function removed(edit: TaskEdit): undefined {
  if (edit.when === undefined && edit.zone === undefined && edit.whenOptions === undefined) return;
  throw new Refusal(
    'invalid',
    'The schedule cannot be removed and set in one request. Say when the task is to run, or remove its schedule.',
  );
}

function replaced(
  old: Schedule | undefined,
  when: WhenInput,
  edit: TaskEdit,
  settings: ServiceSettings,
  now: Temporal.Instant,
): Schedule {
  const written = {
    whenOptions: edit.whenOptions ?? {},
    zone: edit.zone ?? old?.zone ?? settings.zone,
  };
  const schedule = readWhen(when, written, settings, now);
  return old !== undefined && saysTheSame(schedule, old, when) ? old : schedule;
}

/** Clients send back what they have read: that must not move an interval to where it counts from now. */
function saysTheSame(schedule: Schedule, old: Schedule, when: WhenInput): boolean {
  if (canonical(schedule) === canonical(old)) return true;
  const namesItsStart = typeof when === 'object' && ('anchor' in when || 'dtstart' in when);
  if (namesItsStart || canonical(uncounted(schedule.rule)) !== canonical(uncounted(old.rule))) {
    return false;
  }
  return canonical({ ...schedule, rule: old.rule, notes: old.notes }) === canonical(old);
}

/** A rule without the instant that it counts from. */
function uncounted(rule: Rule): object {
  switch (rule.kind) {
    case 'every':
      return { intervalMs: rule.intervalMs };
    case 'rrule':
      return { source: rule.source };
    case 'once':
    case 'cron':
      return rule;
  }
}

/** The old rule under the zone and the options that the edit names; other options stay. */
function narrowed(
  old: Schedule,
  edit: TaskEdit,
  settings: ServiceSettings,
  now: Temporal.Instant,
): Schedule {
  const options: WhenOptions = edit.whenOptions ?? {};
  const written = { whenOptions: options, zone: edit.zone ?? old.zone };
  const read = readWhen(whenOf(old.rule), written, settings, now);
  return {
    ...old,
    rule: read.rule,
    zone: read.zone,
    exclusions: options.exclude === undefined ? old.exclusions : read.exclusions,
    blackouts: options.blackouts === undefined ? old.blackouts : read.blackouts,
    startAt: options.start === undefined ? old.startAt : read.startAt,
    endAt: options.end === undefined ? old.endAt : read.endAt,
    runsMax: options.runsMax === undefined ? old.runsMax : read.runsMax,
    jitterMs: options.jitter === undefined ? old.jitterMs : read.jitterMs,
  };
}

/** A rule as it would be written to mean the same again. */
function whenOf(rule: Rule): WhenInput {
  switch (rule.kind) {
    case 'once':
      return { once: rule.at.toString() };
    case 'every':
      return { every: `${rule.intervalMs}ms`, anchor: rule.anchor.toString() };
    case 'cron':
      return { cron: rule.source, dialect: rule.dialect };
    case 'rrule':
      return { rrule: rule.source, dtstart: rule.start.toString() };
  }
}
