import { isSkipped } from '../domain/gates/gate.ts';
import { latenessMs, type Attempt, type Run } from '../domain/run.ts';
import { openQuestion } from '../domain/success/question.ts';
import { sayBetween, sayDuration, sayInstant, sayLocal } from './say-time.ts';

/** Starts that are later than this are told as late, in milliseconds. */
const LATE_MS = 1_000;

/** How a run stands or how it ended, in one clause: `succeeded after 3s`. */
export function sayRunState(run: Run, zone: string): string {
  const took =
    run.startedAt === undefined || run.endedAt === undefined
      ? ''
      : ` after ${sayBetween(run.startedAt, run.endedAt)}`;
  switch (run.state) {
    case 'succeeded':
      return isSkipped(run.result)
        ? `was skipped by its gates${because(run.result?.gate?.why)}`
        : `succeeded${took}`;
    case 'failed':
      return `failed${took}${because(run.message ?? run.stateReason)}`;
    case 'cancelled':
      return `was cancelled${took}${because(run.stateReason)}`;
    case 'running':
      return `is running${since(run.startedAt, zone)}`;
    case 'retrying':
      return `failed and is tried again at ${sayLocal(run.readyAt, zone)}${because(run.message)}`;
    case 'queued':
      return `is queued${because(run.stateReason)}`;
    case 'held':
      return `is held${run.heldUntil === undefined ? '' : ` until ${sayLocal(run.heldUntil, zone)}`}${because(run.stateReason)}`;
    case 'waiting':
      return `is waiting${because(run.stateReason)}${sayUntil(run, zone)}`;
  }
}

/** Until when a person may answer, and what is done then. */
function sayUntil({ questions }: Run, zone: string): string {
  const question = openQuestion(questions);
  if (question === undefined) return '';
  const until = `; it waits for an answer until ${sayInstant(question.until, zone)}`;
  return question.byDefault === undefined
    ? `${until} and fails without one`
    : `${until}, when its default is taken`;
}

/** What caused the run, who asked for it, and how late it started. */
export function sayRunStart(run: Run, zone: string): readonly string[] {
  const name = JSON.stringify(run.taskName);
  const caused =
    run.scheduledFor === undefined
      ? `Run ${run.id} of ${name} was ${sayCause(run)} on ${sayInstant(run.createdAt, zone)}.`
      : `Run ${run.id} of ${name} stands for the occurrence of ${sayInstant(run.scheduledFor, zone)}.`;
  return [caused, ...sayCovered(run), ...sayStarted(run, zone)];
}

export function sayAttempt(attempt: Attempt, zone: string): string {
  const began = `Attempt ${attempt.attempt} began at ${sayLocal(attempt.startedAt, zone)}`;
  if (attempt.endedAt === undefined || attempt.outcome === undefined)
    return `${began} and goes on.`;
  const took = sayBetween(attempt.startedAt, attempt.endedAt);
  return `${began} and ${sayOutcome(attempt.outcome)} after ${took}${because(attempt.message)}.`;
}

function sayOutcome(outcome: NonNullable<Attempt['outcome']>): string {
  switch (outcome) {
    case 'succeeded':
      return 'succeeded';
    case 'failed':
      return 'failed';
    case 'timed_out':
      return 'was stopped at its timeout';
    case 'cancelled':
      return 'was cancelled';
    case 'lost':
      return 'was lost';
  }
}

function sayCause(run: Run): string {
  const client = run.origin.client === undefined ? '' : ` through ${run.origin.client}`;
  const by = `${run.origin.principal}${client}`;
  switch (run.trigger) {
    case 'manual':
      return `asked for by ${by}`;
    case 'webhook':
      return 'started by a webhook';
    case 'task':
      return `started after run ${run.origin.parentRunId ?? 'of another task'}`;
    case 'backfill':
      return `started by a backfill of ${by}`;
    case 'schedule':
      return 'started by the schedule';
  }
}

function sayCovered(run: Run): readonly string[] {
  if (run.missedCount === 0) return [];
  const what =
    run.missedCount === 1 ? 'one earlier occurrence' : `${run.missedCount} earlier occurrences`;
  return [`It makes up for ${what} that did not run.`];
}

function sayStarted(run: Run, zone: string): readonly string[] {
  if (run.startedAt === undefined) return [];
  const started = `It started at ${sayLocal(run.startedAt, zone)}`;
  const late = latenessMs(run);
  if (late === undefined) {
    const waited = run.startedAt.epochMilliseconds - run.createdAt.epochMilliseconds;
    return [
      waited > LATE_MS
        ? `${started}, ${sayDuration(waited)} after it was asked for.`
        : `${started}.`,
    ];
  }
  return [late > LATE_MS ? `${started}, ${sayDuration(late)} late.` : `${started}, on time.`];
}

function since(at: Temporal.Instant | undefined, zone: string): string {
  return at === undefined ? '' : ` since ${sayLocal(at, zone)}`;
}

/** Messages are sentences of their own; inside ours they lose their full stop. */
function because(message: string | undefined): string {
  return message === undefined ? '' : `: ${message.replace(/\.$/, '')}`;
}
