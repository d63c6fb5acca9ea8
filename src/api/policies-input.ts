import { z } from 'zod';
import { Refusal } from '../domain/refusal.ts';
import { parseDurationMs } from '../domain/schedule/duration.ts';
import type { PoliciesDraft } from '../service/services.ts';
import { type Given, given } from './given.ts';

const CATCH_UP_MODES = ['none', 'latest', 'all'] as const;
export const OVERLAP_POLICIES = ['skip', 'queue_one', 'queue_all', 'replace', 'allow'] as const;

/** The policies of a task as they are written beside its schedule and action. */
export const policiesShape = {
  catch_up: z.enum(CATCH_UP_MODES).optional().describe('missed occurrences; default latest'),
  catch_up_window: z.string().optional().describe('how late one may still start; default 1d'),
  catch_up_spread: z.string().optional().describe('spread runs of catch_up all over this'),
  overlap: z.enum(OVERLAP_POLICIES).optional().describe('while a run is unfinished; default skip'),
  retry: z
    .strictObject({
      attempts: z.int().min(1).max(100).optional().describe('in all'),
      backoff: z.string().optional().describe('first wait'),
      factor: z.number().min(1).max(10).optional().describe('of each next wait'),
      backoff_max: z.string().optional(),
      jitter: z.number().min(0).max(1).optional(),
      lost: z.boolean().optional().describe('also when the outcome is unknown'),
    })
    .optional()
    .describe('default: no retry'),
  timeout: z.string().optional().describe('longest attempt, e.g. 30s'),
  deadline: z.string().optional().describe('over this long after the scheduled time'),
  priority: z.int().min(-100).max(100).optional().describe('higher first'),
  concurrency: z.int().min(1).max(1_000).optional().describe('runs at once'),
  ends_after_success: z.boolean().optional().describe('end the task once a run succeeds'),
  retention: z
    .strictObject({ runs: z.int().min(1).optional(), age: z.string().optional() })
    .optional()
    .describe('of finished runs; default 1000 and 90d'),
};

const policiesInput = z.object(policiesShape);
type PoliciesInput = z.output<typeof policiesInput>;

/** Absent when the caller named no policy at all. */
export function toPoliciesDraft(input: PoliciesInput): PoliciesDraft | undefined {
  const { retry, retention } = input;
  return unlessEmpty({
    catchUp: unlessEmpty({
      mode: input.catch_up,
      windowMs: milliseconds('catch_up_window', input.catch_up_window),
      spreadMs: milliseconds('catch_up_spread', input.catch_up_spread),
    }),
    overlap: input.overlap,
    retry: unlessEmpty({
      attemptsMax: retry?.attempts,
      backoffMs: milliseconds('retry.backoff', retry?.backoff),
      backoffFactor: retry?.factor,
      backoffMsMax: milliseconds('retry.backoff_max', retry?.backoff_max),
      jitterRatio: retry?.jitter,
      retriesLost: retry?.lost,
    }),
    timeoutMs: milliseconds('timeout', input.timeout),
    deadlineMs: milliseconds('deadline', input.deadline),
    priority: input.priority,
    concurrency: input.concurrency,
    endsAfterSuccess: input.ends_after_success,
    retention: unlessEmpty({
      runsMax: retention?.runs,
      ageMsMax: milliseconds('retention.age', retention?.age),
    }),
  });
}

/** A duration argument in milliseconds; the refusal names the argument. */
export function milliseconds(place: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  try {
    return parseDurationMs(text);
  } catch (error) {
    if (error instanceof Refusal)
      throw new Refusal(error.code, `"${place}": ${error.message}`, error.hint);
    throw error;
  }
}

function unlessEmpty<Fields extends object>(fields: Fields): Given<Fields> | undefined {
  const some = given(fields);
  return Object.keys(some).length === 0 ? undefined : some;
}
