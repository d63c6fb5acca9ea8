import { z } from 'zod';
import { ALERT_KINDS, type AlertKind } from '../domain/alerts/alert-policy.ts';
import { ON_LIMIT, type Budget } from '../domain/budget/budget.ts';
import type { Compare } from '../domain/difference/compare.ts';
import { Refusal } from '../domain/refusal.ts';
import { parseDurationMs } from '../domain/schedule/duration.ts';
import type { PoliciesDraft } from '../service/services.ts';
import { successShape, toSuccess } from './success-input.ts';
import { gatesShape, toGates } from './gates-input.ts';
import { listedAs } from './json-schema.ts';
import { type Given, given } from './given.ts';

const ALERT_CHANNELS_MAX = 10;
const CATCH_UP_MODES = ['none', 'latest', 'all'] as const;
export const OVERLAP_POLICIES = ['skip', 'queue_one', 'queue_all', 'replace', 'allow'] as const;

const COMPARE_BY = ['text', 'json', 'items', 'off'] as const;

const usd = z.number().optional();
const tokens = z.int().optional();

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
  budget: z
    .strictObject({
      usd_per_run: usd,
      usd_per_day: usd,
      usd_per_month: usd,
      tokens_per_run: tokens,
      tokens_per_day: tokens,
      tokens_per_month: tokens,
      on_limit: z.enum(ON_LIMIT).optional().describe('wait: for the next period; ask: a person'),
    })
    .optional()
    .describe('the most its runs may use; replaces the whole budget, {} removes it'),
  ...gatesShape,
  compare: listedAs(
    z
      .strictObject({
        by: z.enum(COMPARE_BY),
        path: z.string().max(500).optional(),
        identity: z.string().max(500).optional(),
      })
      .optional(),
    {
      type: 'object',
      description:
        'tell what changed since the last result: {by: text|json|items|off, path: a.b, identity: id}',
    },
  ),
  ...successShape,
  ends_after_success: z.boolean().optional().describe('end the task once a run succeeds'),
  retention: z
    .strictObject({ runs: z.int().min(1).optional(), age: z.string().optional() })
    .optional()
    .describe('of finished runs; default 1000 and 90d'),
  alerts: z
    .strictObject({
      on: z.array(z.enum(ALERT_KINDS)).optional(),
      channels: z.array(z.string().max(64)).max(ALERT_CHANNELS_MAX).optional(),
    })
    .optional()
    .describe('tell a person; default: none'),
};

/** What who asks for alerts and names none most likely means. */
const ALERTS_USUAL: readonly AlertKind[] = ['failure', 'recovery', 'missed', 'budget'];

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
    budget: input.budget && toBudget(input.budget),
    gates: toGates(input),
    compare: input.compare && toCompare(input.compare),
    success: input.success && toSuccess(input.success),
    ask: unlessEmpty({
      deadlineMs: milliseconds('ask.deadline', input.ask?.deadline),
      byDefault: input.ask?.default,
    }),
    endsAfterSuccess: input.ends_after_success,
    retention: unlessEmpty({
      runsMax: retention?.runs,
      ageMsMax: milliseconds('retention.age', retention?.age),
    }),
    alerts: input.alerts && {
      on: input.alerts.on ?? ALERTS_USUAL,
      channels: input.alerts.channels ?? [],
    },
  });
}

function toCompare({ by, path, identity }: NonNullable<PoliciesInput['compare']>): Compare | 'off' {
  const isMeant = { path: by === 'json' || by === 'items', identity: by === 'items' };
  if ((path !== undefined && !isMeant.path) || (identity !== undefined && !isMeant.identity)) {
    throw new Refusal(
      'invalid',
      '"compare.path" goes with json and items, "compare.identity" with items alone. Leave out what has no meaning there.',
    );
  }
  switch (by) {
    case 'off':
    case 'text':
      return by === 'off' ? by : { kind: by };
    case 'json':
      return { kind: by, path: path ?? '' };
    case 'items':
      return { kind: by, path, identity };
  }
}

/** The budget of one run that nobody waits for: at its limit it ends. */
export function budgetOfRun(usd: number | undefined, tokens: number | undefined): Budget {
  return toBudget({ usd_per_run: usd, tokens_per_run: tokens });
}

function toBudget(input: NonNullable<PoliciesInput['budget']>): Budget {
  return {
    usdPerRun: input.usd_per_run,
    tokensPerRun: input.tokens_per_run,
    usdPerDay: input.usd_per_day,
    usdPerMonth: input.usd_per_month,
    tokensPerDay: input.tokens_per_day,
    tokensPerMonth: input.tokens_per_month,
    onLimit: input.on_limit ?? 'skip',
  };
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
