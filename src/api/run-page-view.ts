import { z } from 'zod';
import type { Attempt, Run } from '../domain/run.ts';
import { overridesOf } from '../domain/run-overrides.ts';
import { toPlainText } from '../domain/masking/plain-text.ts';
import type { Work } from '../domain/work.ts';
import type { RunDetail } from '../service/services.ts';
import { WHOLE_ANSWER } from './answer-view.ts';
import { runDetailView, viewRunDetail } from './run-view.ts';
import { timeIn, timeOrNull } from './times.ts';

const callView = z.object({
  /** Untrusted: the agent's words. */
  tool: z.string(),
  input: z.string().nullable(),
  is_denied: z.boolean(),
  started_ms: z.number(),
  ended_ms: z.number().nullable(),
});
export type ToolCallView = z.output<typeof callView>;

/** Milliseconds since 1970, for pictures of where the time went. */
const stepsView = z.object({
  attempt: z.number(),
  started_ms: z.number(),
  /** When the gates had been looked at and the templates filled in. */
  begun_ms: z.number().nullable(),
  ended_ms: z.number().nullable(),
  /** The text that went out, with its templates filled in. */
  asked: z.string().nullable(),
  calls: z.array(callView),
});
export type StepsView = z.output<typeof stepsView>;

const questionView = z.object({
  about: z.string(),
  text: z.string(),
  asked_at: z.string(),
  reply: z.string().nullable(),
  replied_by: z.string().nullable(),
  replied_at: z.string().nullable(),
});

/** A run as a page shows it: more than a list or an assistant needs. */
export const runPageView = runDetailView.extend({
  /** What the caller changed, or gave, for this run alone. */
  given: z.object({
    prompt: z.string().nullable(),
    cwd: z.string().nullable(),
    payload: z.unknown(),
  }),
  origin: z.object({
    principal: z.string(),
    client: z.string().nullable(),
    parent_run: z.string().nullable(),
  }),
  created_ms: z.number(),
  ready_ms: z.number(),
  scheduled_ms: z.number().nullable(),
  ended_ms: z.number().nullable(),
  steps: z.array(stepsView),
  questions: z.array(questionView),
});
export type RunPageView = z.output<typeof runPageView>;

export function viewRunPage(detail: RunDetail, zone: string): RunPageView {
  const { run, attempts, soFar } = detail;
  const view = viewRunDetail(detail, zone, WHOLE_ANSWER);
  const { prompt, cwd, payload } = overridesOf(run.overrides);
  return {
    ...view,
    ...(soFar === undefined ? {} : viewSpent(view, soFar)),
    given: { prompt: prompt ?? null, cwd: cwd ?? null, payload: payload ?? null },
    origin: {
      principal: run.origin.principal,
      client: run.origin.client ?? null,
      parent_run: run.origin.parentRunId ?? null,
    },
    created_ms: run.createdAt.epochMilliseconds,
    ready_ms: run.readyAt.epochMilliseconds,
    scheduled_ms: run.scheduledFor?.epochMilliseconds ?? null,
    ended_ms: run.endedAt?.epochMilliseconds ?? null,
    steps: attempts.map((attempt) =>
      viewSteps(attempt, attempt.endedAt === undefined ? soFar?.work : attempt.result?.work),
    ),
    questions: viewQuestions(run, zone),
  };
}

/** What the store learns only at the end. */
function viewSpent(
  view: Pick<RunPageView, 'usage' | 'cost_usd' | 'tool_calls'>,
  { usage, costUsd, work }: NonNullable<RunDetail['soFar']>,
): Partial<RunPageView> {
  return {
    usage:
      usage === undefined
        ? view.usage
        : {
            input_tokens: usage.inputTokens,
            output_tokens: usage.outputTokens,
            cached_tokens: usage.cachedTokens,
          },
    cost_usd: costUsd ?? view.cost_usd,
    tool_calls: work.calls.length === 0 ? view.tool_calls : work.calls.length,
  };
}

function viewSteps(attempt: Attempt, work: Work | undefined): StepsView {
  return {
    attempt: attempt.attempt,
    started_ms: attempt.startedAt.epochMilliseconds,
    begun_ms: work?.begunAt.epochMilliseconds ?? null,
    ended_ms: attempt.endedAt?.epochMilliseconds ?? null,
    asked: work?.asked === undefined ? null : toPlainText(work.asked),
    calls: (work?.calls ?? []).map((call) => ({
      tool: toPlainText(call.tool),
      input: call.input === undefined ? null : toPlainText(call.input),
      is_denied: call.isDenied,
      started_ms: call.startedAt.epochMilliseconds,
      ended_ms: call.endedAt?.epochMilliseconds ?? null,
    })),
  };
}

function viewQuestions({ questions }: Run, zone: string): RunPageView['questions'] {
  return questions.map(({ about, text, askedAt, reply }) => ({
    about: about.kind,
    text: toPlainText(text),
    asked_at: timeIn(zone, askedAt),
    reply: reply === undefined ? null : toPlainText(reply.text),
    replied_by: reply?.by ?? null,
    replied_at: timeOrNull(zone, reply?.at),
  }));
}
