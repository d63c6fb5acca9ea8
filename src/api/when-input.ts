import { z } from 'zod';
import { Refusal } from '../domain/refusal.ts';
import type { WhenInput, WhenOptions } from '../domain/schedule/parse-when.ts';
import { given } from './given.ts';

const structuredWhen = z.strictObject({
  once: z.string().optional().describe('ISO 8601'),
  every: z.string().optional().describe('e.g. 15m'),
  anchor: z.string().optional().describe('of every: counts from here'),
  cron: z.string().optional().describe('5 or 6 fields'),
  rrule: z.string().optional().describe('RFC 5545'),
  dtstart: z.string().optional().describe('of rrule'),
});

export const whenInput = z
  .union([z.string().min(1), structuredWhen])
  .describe(
    'words ("every weekday at 9", "in 20 minutes"), cron, ISO 8601 time, interval ("15m"); or one of once, every, cron, rrule',
  );

const blackoutInput = z.strictObject({
  from: z.string().describe('HH:MM'),
  to: z.string(),
  weekdays: z.array(z.string()).optional(),
});

/** What narrows a schedule, beside the rule itself. */
export const whenOptionsShape = {
  exclude: z.array(z.string()).optional().describe('dates without runs'),
  blackouts: z.array(blackoutInput).optional().describe('times of day without runs'),
  start: z.string().optional().describe('ISO 8601'),
  end: z.string().optional().describe('ISO 8601'),
  runs_max: z.int().min(1).optional().describe('ends after as many'),
  jitter: z.string().optional().describe('longest random delay'),
};

const whenOptionsInput = z.object(whenOptionsShape);

export function toWhenInput(input: z.output<typeof whenInput>): WhenInput {
  if (typeof input === 'string') return input;
  const { once, every, anchor, cron, rrule, dtstart } = input;
  const rules: readonly WhenInput[] = [
    ...(once === undefined ? [] : [{ once }]),
    ...(every === undefined ? [] : [{ every, ...given({ anchor }) }]),
    ...(cron === undefined ? [] : [{ cron }]),
    ...(rrule === undefined ? [] : [{ rrule, ...given({ dtstart }) }]),
  ];
  const [rule, another] = rules;
  if (rule !== undefined && another === undefined) return rule;
  throw new Refusal(
    'invalid',
    `"when" has ${rules.length === 0 ? 'no rule' : `${rules.length} rules`}. Give exactly one of "once", "every", "cron" or "rrule", or write it as text.`,
  );
}

/** Absent when the caller named none. */
export function toWhenOptions(input: z.output<typeof whenOptionsInput>): WhenOptions | undefined {
  const options: WhenOptions = given({
    exclude: input.exclude,
    blackouts: input.blackouts?.map(({ from, to, weekdays }) => ({
      from,
      to,
      ...given({ weekdays }),
    })),
    start: input.start,
    end: input.end,
    runsMax: input.runs_max,
    jitter: input.jitter,
  });
  return Object.keys(options).length === 0 ? undefined : options;
}
