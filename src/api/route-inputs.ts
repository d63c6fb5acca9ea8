import { z } from 'zod';
import { actionInput } from './action-input.ts';
import { changeView } from './change-view.ts';
import { REPLY_CHARS_MAX } from '../domain/success/question.ts';
import { OVERLAP_POLICIES } from './policies-input.ts';
import { RUN_STATES, runView, TRIGGERS } from './run-view.ts';
import { taskAnswer } from './task-answer.ts';
import { taskView } from './task-view.ts';
import { whenInput, whenOptionsShape } from './when-input.ts';

// What the routes under `/api/v1` take: path, query and body as one object. A query is all text.
// Then what they answer, where no view says it by itself.

const PAGE_ITEMS_MAX = 50;
const CHANGES_MAX = 500;
const CHANGES_DEFAULT = 100;
const OUTPUT_BYTES_MAX = 64 * 1_024;
const ATTEMPTS_MAX = 1_000;
const WAIT_SECONDS_MAX = 45;
const WAIT_SECONDS_DEFAULT = 30;
const OCCURRENCES_MAX = 50;
const REASON_CHARS_MAX = 500;

const TEXT_CHARS_MAX = 200;
export const ACTION_KINDS = ['command', 'http', 'agent', 'model', 'message', 'reminder'] as const;
const OUTCOMES = ['succeeded', 'failed', 'timed_out', 'cancelled', 'lost'] as const;

const task = z.string().min(1);
const run = z.string().min(1);
const limit = queryNumber(1, PAGE_ITEMS_MAX).optional();
const cursor = z.string().optional();
/** The body's own way of saying `If-Match`. */
const revision = z.int().min(1).optional();
const reason = z.string().max(REASON_CHARS_MAX).optional();

/** Which page of a list. */
export const pageShape = { limit, cursor };

export const nothing = z.strictObject({});
export const taskPath = z.strictObject({ task });
export const taskAtRevision = z.strictObject({ task, revision });
export const runPath = z.strictObject({ run });
export const taskWithReason = z.strictObject({ task, reason, revision });
export const runWithReason = z.strictObject({ run, reason });
export const runAnswer = z.strictObject({ run, text: z.string().min(1).max(REPLY_CHARS_MAX) });

export const tasksQuery = z.strictObject({
  state: queryList(['active', 'paused', 'ended']).optional(),
  tag: z.string().optional(),
  text: z.string().optional(),
  kind: z.enum(ACTION_KINDS).optional(),
  made_by: z.string().optional(),
  limit,
  cursor,
});

export const startInput = z.strictObject({
  task,
  overlap: z.enum(OVERLAP_POLICIES).optional(),
  cwd: z.string().optional(),
  prompt: z.string().optional(),
  payload: z.looseObject({}).optional(),
  gates: z.boolean().optional(),
  idempotency_key: z.string().min(1).max(200).optional(),
});

export const runActionInput = z.strictObject({
  action: actionInput,
  name: z.string().min(1).max(200).optional().describe('of the run'),
  timeout: z.string().optional().describe('longest attempt, e.g. 30s'),
  budget: z
    .strictObject({ usd: z.number().optional(), tokens: z.int().optional() })
    .optional()
    .describe('the most the run may use'),
  idempotency_key: z.string().min(1).max(200).optional(),
});

export const rerunInput = startInput
  .omit({ task: true })
  .extend({ run, continue: z.boolean().optional() });

export const previewInput = z.strictObject({
  when: whenInput,
  timezone: z.string().optional(),
  ...whenOptionsShape,
  count: z.int().min(1).max(OCCURRENCES_MAX).optional(),
});

export const runsQuery = z.strictObject({
  task: z.string().optional(),
  states: queryList(RUN_STATES).optional(),
  trigger: z.enum(TRIGGERS).optional(),
  tag: z.string().optional(),
  kind: z.enum(ACTION_KINDS).optional(),
  text: z.string().max(TEXT_CHARS_MAX).optional(),
  outcome: z.enum(OUTCOMES).optional(),
  since: z.string().optional(),
  until: z.string().optional(),
  limit,
  cursor,
});

export const waitQuery = z.strictObject({
  run,
  seconds: queryNumber(1, WAIT_SECONDS_MAX).default(WAIT_SECONDS_DEFAULT),
});

export const outputQuery = z.strictObject({
  run,
  attempt: queryNumber(1, ATTEMPTS_MAX).optional(),
  offset: queryNumber(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER).optional(),
  bytes_max: queryNumber(1, OUTPUT_BYTES_MAX).optional(),
  stream: z.enum(['stdout', 'stderr', 'all']).optional(),
});

export const explainQuery = z.strictObject({
  task: z.string().optional(),
  at: z.string().optional(),
  run: z.string().optional(),
});

export const happeningsQuery = z.strictObject({ since: z.string().optional(), limit });

export const changesQuery = z.strictObject({
  after: queryNumber(0, Number.MAX_SAFE_INTEGER).default(0),
  limit: queryNumber(1, CHANGES_MAX).default(CHANGES_DEFAULT),
});

/** A whole number as a query writes it. */
export function queryNumber(min: number, max: number) {
  return z
    .string()
    .regex(/^-?\d{1,16}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(min).max(max))
    .meta({ queryAs: { type: 'integer', minimum: min, maximum: max } });
}

/** Several values as a query writes them: `a,b`. */
function queryList<Value extends string>(values: readonly [Value, ...Value[]]) {
  return z
    .string()
    .transform((text) => text.split(',').filter((part) => part !== ''))
    .pipe(z.array(z.enum(values)))
    .meta({ queryAs: { type: 'array', items: { enum: [...values] } } });
}

/** Of routes that answer with a status alone. */
export const NO_ANSWER = z.undefined();

const nextCursor = z.string().nullable();

export const taskPage = z.object({ tasks: z.array(taskView), next_cursor: nextCursor });
export const oneTask = z.object({ task: taskView });
export const taskDetail = taskAnswer.extend({ last_runs: z.array(runView) });
export const runPage = z.object({ runs: z.array(runView), next_cursor: nextCursor });
export const changesAnswer = z.object({ changes: z.array(changeView), last_id: z.number() });
