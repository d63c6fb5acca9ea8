import { z } from 'zod';
import type { Attempt, Run } from '../domain/run.ts';
import { isFinal, latenessMs } from '../domain/run.ts';
import { formatDurationMs } from '../domain/schedule/duration.ts';
import {
  accountShape,
  type AnswerWindow,
  answerShape,
  BEGINNING,
  FIRST_PART,
  tellAccount,
  tellAnswer,
  tellAnswerFacts,
  tellUsd,
  viewAccount,
  viewAnswer,
} from './answer-view.ts';
import { describedElsewhere } from './json-schema.ts';
import { successViewShape, tellSuccess, viewSuccessOf, wordsOfRun } from './success-view.ts';
import { tellTime, timeIn, timeOrNull } from './times.ts';

export const RUN_STATES = [
  'queued',
  'running',
  'retrying',
  'held',
  'waiting',
  'succeeded',
  'failed',
  'cancelled',
] as const;
export const TRIGGERS = ['schedule', 'manual', 'webhook', 'task', 'backfill'] as const;

export const runBriefView = z.object({
  id: z.string(),
  task_id: z.string(),
  task: z.string(),
  state: z.string(),
  trigger: z.string(),
  timezone: z.string(),
  scheduled_for: z.string().nullable(),
  created_at: z.string(),
  started_at: z.string().nullable(),
  ended_at: z.string().nullable(),
  lateness_ms: z.number().nullable(),
  cost_usd: z.number().nullable(),
  message: z.string().nullable(),
});
export type RunBriefView = z.output<typeof runBriefView>;

const attemptView = z.object({
  attempt: z.number(),
  started_at: z.string(),
  ended_at: z.string().nullable(),
  outcome: z.string().nullable(),
  message: z.string().nullable(),
  ...accountShape,
});
export type AttemptView = z.output<typeof attemptView>;

export const runView = runBriefView.extend({
  state_reason: z.string().nullable(),
  is_final: z.boolean(),
  outcome: z.string().nullable(),
  ready_at: z.string(),
  held_until: z.string().nullable(),
  deadline_at: z.string().nullable(),
  cancel_requested_at: z.string().nullable(),
  missed_count: z.number(),
  attempt: z.number(),
  attempts_max: z.number(),
  task_version: z.number(),
  ...accountShape,
  ...answerShape,
  ...successViewShape,
  created_by: z.string(),
});
export type RunView = z.output<typeof runView>;

export const runDetailView = runView.extend({
  attempts: z.array(describedElsewhere(attemptView)),
});
export type RunDetailView = z.output<typeof runDetailView>;

export function viewRunBriefly(run: Run, zone: string): RunBriefView {
  return {
    id: run.id,
    task_id: run.taskId,
    task: run.taskName,
    state: run.state,
    trigger: run.trigger,
    timezone: zone,
    scheduled_for: timeOrNull(zone, run.scheduledFor),
    created_at: timeIn(zone, run.createdAt),
    started_at: timeOrNull(zone, run.startedAt),
    ended_at: timeOrNull(zone, run.endedAt),
    lateness_ms: latenessMs(run) ?? null,
    cost_usd: run.result?.answer?.costUsd ?? null,
    message: run.message ?? null,
  };
}

/** @param window which part of its answer is shown. */
export function viewRun(run: Run, zone: string, window: AnswerWindow = BEGINNING): RunView {
  const { principal, client, parentRunId } = run.origin;
  return {
    ...viewRunBriefly(run, zone),
    state_reason: run.stateReason ?? null,
    is_final: isFinal(run.state),
    outcome: run.outcome ?? null,
    ready_at: timeIn(zone, run.readyAt),
    held_until: timeOrNull(zone, run.heldUntil),
    deadline_at: timeOrNull(zone, run.deadlineAt),
    cancel_requested_at: timeOrNull(zone, run.cancelRequestedAt),
    missed_count: run.missedCount,
    attempt: run.attempt,
    attempts_max: run.attemptsMax,
    task_version: run.taskVersion,
    ...viewAccount(run.result),
    ...viewAnswer(run.result, window),
    ...viewSuccessOf(run.result, run, zone),
    created_by: [principal, client, parentRunId].filter(Boolean).join(' · '),
  };
}

export function viewRunDetail(
  detail: { readonly run: Run; readonly attempts: readonly Attempt[] },
  zone: string,
  window: AnswerWindow = FIRST_PART,
): RunDetailView {
  return {
    ...viewRun(detail.run, zone, window),
    attempts: detail.attempts.map((attempt) => viewAttempt(attempt, zone)),
  };
}

function viewAttempt(attempt: Attempt, zone: string): AttemptView {
  return {
    attempt: attempt.attempt,
    started_at: timeIn(zone, attempt.startedAt),
    ended_at: timeOrNull(zone, attempt.endedAt),
    outcome: attempt.outcome ?? null,
    message: attempt.message ?? null,
    ...viewAccount(attempt.result),
  };
}

/** One line of a list. */
export function tellRunBriefly(run: RunBriefView, now: Temporal.Instant): string {
  const when =
    run.ended_at !== null
      ? `ended ${tellTime(run.ended_at, now)}`
      : run.started_at !== null
        ? `started ${tellTime(run.started_at, now)}`
        : `created ${tellTime(run.created_at, now)}`;
  const planned = run.scheduled_for === null ? run.trigger : `for ${run.scheduled_for}`;
  const cost = run.cost_usd === null ? '' : `, ${tellUsd(run.cost_usd)}`;
  const message = run.message === null ? '' : ` ${run.message}`;
  return `${run.id} ${run.state}: "${run.task}", ${planned}, ${when}${cost}.${message}`;
}

/**
 * The whole run in words.
 *
 * @param mark fences in what it answered, for readers who might take it for instructions.
 */
export function tellRun(run: RunView, now: Temporal.Instant, mark?: string): string {
  const facts = [
    run.state_reason === null ? '' : `Why: ${run.state_reason}`,
    run.lateness_ms === null || run.lateness_ms < 1_000
      ? ''
      : `It started ${formatDurationMs(run.lateness_ms)} late.`,
    run.missed_count === 0 ? '' : `It makes up for ${run.missed_count} more occurrences.`,
    run.held_until === null ? '' : `Held until ${tellTime(run.held_until, now)}.`,
    run.deadline_at === null ? '' : `Must be over by ${tellTime(run.deadline_at, now)}.`,
    run.cancel_requested_at === null || run.is_final ? '' : 'Cancelling was asked for.',
    run.attempt === 0 ? '' : `Attempt ${run.attempt} of ${run.attempts_max}.`,
    tellAccount(run),
    ...tellAnswerFacts(run),
    ...tellSuccess(run, now),
    ...tellAnswer(run, mark, wordsOfRun(run)),
  ];
  return [tellRunBriefly(run, now), ...facts.filter((fact) => fact !== '')].join('\n');
}

export function tellRunDetail(run: RunDetailView, now: Temporal.Instant, mark?: string): string {
  if (run.attempts.length < 2) return tellRun(run, now, mark);
  const attempts = run.attempts.map(
    (attempt) =>
      `- attempt ${attempt.attempt}: ${attempt.outcome ?? 'in progress'}, started ${attempt.started_at}. ${attempt.message ?? ''}`,
  );
  return [tellRun(run, now, mark), ...attempts].join('\n');
}
