import { Refusal } from '../refusal.ts';
import { parseCron, requireOccurrence } from './cron/cron.ts';
import { parseDurationMs } from './duration.ts';
import { requireInterval } from './interval-floor.ts';
import { occurrencesOf } from './occurrences.ts';
import { looksLikeInstant, parseOnce } from './once.ts';
import { readOptions, type WhenOptions } from './when-options.ts';
import { validRrule } from './rrule/validate-rrule.ts';
import type { CronDialect, Rule, Schedule } from './schedule.ts';
import { notUnderstood, parseWords } from './words/parse-words.ts';
import { zoneNamed } from './zone.ts';

export type { WhenOptions } from './when-options.ts';

export type WhenInput =
  | string
  | (
      | { readonly once: string }
      | { readonly every: string; readonly anchor?: string }
      | { readonly cron: string; readonly dialect?: CronDialect }
      | { readonly rrule: string; readonly dtstart?: string }
    );

export type WhenContext = {
  readonly zone: string;
  readonly now: Temporal.Instant;
  /** The shortest time allowed between two occurrences. */
  readonly intervalMsMin: number;
};

const TEXT_CHARS_MAX = 1_100;

/**
 * Reads when a task's occurrences are: plain words, cron, an instant, an interval or an RRULE.
 * Refuses what it does not understand, what never occurs, what is past and what is too frequent.
 */
export function parseWhen(when: WhenInput, options: WhenOptions, context: WhenContext): Schedule {
  const zone = zoneNamed(context.zone);
  const within = { ...context, zone };
  const read = typeof when === 'string' ? readText(when, within) : readShape(when, within);
  const rest = readOptions(options, read.zone);
  const schedule: Schedule = {
    source: read.source,
    rule: anchored(read.rule, rest.startAt, read.isAnchored),
    zone: read.zone,
    ...rest,
    ...(read.notes.length === 0 ? {} : { notes: read.notes }),
  };
  requireInterval(schedule.rule, schedule.zone, context.now, context.intervalMsMin);
  requireNext(schedule, context.now);
  return schedule;
}

type Read = {
  readonly source: string;
  readonly rule: Rule;
  readonly zone: string;
  readonly notes: readonly string[];
  /** The author chose the anchor of an interval, so a start does not move it. */
  readonly isAnchored: boolean;
};

function readText(text: string, context: WhenContext): Read {
  const trimmed = text.trim();
  if (trimmed === '' || text.length > TEXT_CHARS_MAX) throw notUnderstood(trimmed);
  if (/^(?:RRULE:|FREQ=)/i.test(trimmed)) return readRrule(text, trimmed, undefined, context);
  if (looksLikeCron(trimmed)) return readCron(text, 'carillon', context);
  if (looksLikeInstant(trimmed)) return readOnce(text, context);
  if (/^(?:P[\dT]|\d+(?:ms|[smhdw])(?:$|\d))/i.test(trimmed))
    return readEvery(text, trimmed, undefined, context);
  // The canonical forms of a receipt read back as the same schedule.
  const [, every, anchor] = /^every (\S+) from (\d{4}-\S+)$/i.exec(trimmed) ?? [];
  if (every !== undefined) return readEvery(text, every, anchor, context);
  const [, zone, start, rule] = /^DTSTART;TZID=([^:\s]+):(\S+)\s+(RRULE:\S+)$/i.exec(trimmed) ?? [];
  if (zone !== undefined) {
    return readRrule(text, rule ?? '', start, { ...context, zone: zoneNamed(zone) });
  }
  const length = /^every (P\S+)$/i.exec(trimmed)?.[1];
  if (length !== undefined) return readEvery(text, length, undefined, context);
  return { source: text, isAnchored: false, ...parseWords(trimmed, context) };
}

function readShape(when: Exclude<WhenInput, string>, context: WhenContext): Read {
  if ('once' in when) return readOnce(when.once, context);
  if ('every' in when) return readEvery(when.every, when.every, when.anchor, context);
  if ('cron' in when) return readCron(when.cron, when.dialect ?? 'carillon', context);
  return readRrule(when.rrule, when.rrule, when.dtstart, context);
}

/** Cron begins with a number or a star and has stars or enough fields; words never look like that. */
function looksLikeCron(text: string): boolean {
  if (text.startsWith('@') || /^(?:CRON_)?TZ=/.test(text)) return true;
  const fields = text.split(/\s+/);
  const isStart = /^[\d*?/][\d*?,\-/]*$/.test(fields[0] ?? '');
  return isStart && (fields.some((field) => field.startsWith('*')) || fields.length >= 5);
}

function readCron(text: string, dialect: CronDialect, context: WhenContext): Read {
  const { rule, zone } = parseCron(text, dialect, context.zone);
  requireOccurrence(rule);
  return { source: text, rule, zone, notes: [], isAnchored: true };
}

function readOnce(text: string, context: WhenContext): Read {
  if (!looksLikeInstant(text.trim())) {
    const words = parseWords(text, context);
    if (words.rule.kind === 'once') return { source: text, isAnchored: true, ...words };
    throw new Refusal(
      'invalid',
      `${JSON.stringify(text.slice(0, 80))} is not one instant. Write it like "2027-03-14T09:00:00+01:00" or "tomorrow 17:00".`,
    );
  }
  const { at, zone, notes } = parseOnce(text, context.zone, context.now);
  return {
    source: text,
    rule: { kind: 'once', at },
    zone: zoneNamed(zone),
    notes,
    isAnchored: true,
  };
}

function readEvery(
  source: string,
  length: string,
  anchorText: string | undefined,
  { zone, now }: WhenContext,
): Read {
  const intervalMs = parseDurationMs(length.replace(/^every /i, ''));
  const anchor =
    anchorText === undefined
      ? Temporal.Instant.fromEpochMilliseconds(now.epochMilliseconds)
      : readInstant(anchorText, zone, 'anchor');
  const rule: Rule = { kind: 'every', intervalMs, anchor };
  return { source, rule, zone, notes: [], isAnchored: anchorText !== undefined };
}

function readRrule(
  source: string,
  text: string,
  dtstart: string | undefined,
  { zone, now }: WhenContext,
): Read {
  const start =
    dtstart === undefined
      ? now.toZonedDateTimeISO(zone).round({ smallestUnit: 'minute', roundingMode: 'ceil' })
      : readInstant(dtstart, zone, 'dtstart').toZonedDateTimeISO(zone);
  const rule: Rule = { kind: 'rrule', source: validRrule(text), start: start.toPlainDateTime() };
  const notes =
    dtstart === undefined
      ? [
          `No start was given, so the rule counts from ${rule.start.toString({ smallestUnit: 'minute' })}.`,
        ]
      : [];
  return { source, rule, zone, notes, isAnchored: true };
}

/** An instant that may be past: with an offset, or local in `zone`; a date alone is its midnight. */
function readInstant(text: string, zone: string, what: string): Temporal.Instant {
  try {
    const hasOffset = /[Tt ]\d.*(?:Z|[+-]\d{2}(?::?\d{2})?)(?:\[|$)/i.test(text);
    if (text.length <= 64) {
      const instant = hasOffset
        ? Temporal.Instant.from(text)
        : Temporal.PlainDateTime.from(text).toZonedDateTime(zone).toInstant();
      return Temporal.Instant.fromEpochMilliseconds(instant.epochMilliseconds);
    }
  } catch {
    // Refused below, in words that say what to write.
  }
  throw new Refusal(
    'invalid',
    `The ${what} ${JSON.stringify(text.slice(0, 60))} is not a time. Write it like "2027-01-01T09:00" or "2027-01-01T09:00:00Z".`,
  );
}

/** An interval without an anchor of its own counts from the schedule's start. */
function anchored(rule: Rule, startAt: Temporal.Instant | undefined, isAnchored: boolean): Rule {
  if (rule.kind !== 'every' || isAnchored || startAt === undefined) return rule;
  return { ...rule, anchor: startAt };
}

function requireNext(schedule: Schedule, now: Temporal.Instant): void {
  if (occurrencesOf(schedule).next(now) !== undefined) return;
  const { exclusions, blackouts, startAt, endAt } = schedule;
  const limits = [
    ...(exclusions.length > 0 ? ['the exclusion dates'] : []),
    ...(blackouts.length > 0 ? ['the blackouts'] : []),
    ...(startAt === undefined ? [] : [`the start ${startAt.toString()}`]),
    ...(endAt === undefined ? [] : [`the end ${endAt.toString()}`]),
  ];
  const because = limits.length === 0 ? '' : ` with ${limits.join(' and ')}`;
  throw new Refusal(
    'invalid',
    `${JSON.stringify(schedule.source.slice(0, 120))} has no occurrence after ${now.toString({ smallestUnit: 'second' })}${because}. Change the rule${limits.length === 0 ? '' : ' or these limits'}.`,
  );
}
