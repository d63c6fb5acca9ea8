import type { Difference } from '../domain/difference/compare.ts';
import type { RunId } from '../domain/id.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Answer, Outcome, RunResult } from '../domain/outcome.ts';
import type { Attempt, Run, RunState, Trigger } from '../domain/run.ts';
import type { SuccessReport } from '../domain/success/success-report.ts';
import type { Work } from '../domain/work.ts';
import { instantOf, instantOrAbsent } from './instants.ts';
import { questionsOf } from './question-json.ts';
import type { RunAttemptRow, RunRow } from './schema.ts';
import { taskIdOf } from './task-row.ts';

/** A run as the domain knows it needs no order of writing. */
export function runOf(row: Omit<RunRow, 'ordinal'>): Run {
  return {
    id: runIdOf(row.id),
    taskId: taskIdOf(row.task_id),
    taskName: row.task_name,
    namespace: row.namespace,
    taskVersion: row.task_version,
    trigger: row.trigger as Trigger,
    scheduledFor: instantOrAbsent(row.scheduled_for),
    coversSince: instantOrAbsent(row.covers_since),
    missedCount: row.missed_count,
    state: runStateOf(row.state),
    stateReason: row.state_reason ?? undefined,
    heldUntil: instantOrAbsent(row.held_until),
    priority: row.priority,
    createdAt: instantOf(row.created_at),
    readyAt: instantOf(row.ready_at),
    deadlineAt: instantOrAbsent(row.deadline_at),
    startedAt: instantOrAbsent(row.started_at),
    endedAt: instantOrAbsent(row.ended_at),
    attempt: row.attempt,
    attemptsMax: row.attempts_max,
    cancelRequestedAt: instantOrAbsent(row.cancel_requested_at),
    outcome: (row.outcome ?? undefined) as Outcome['kind'] | undefined,
    message: row.message ?? undefined,
    result: resultOf(row.result),
    questions: questionsOf(row.questions),
    overrides: JSON.parse(row.overrides) as JsonObject,
    origin: {
      principal: row.origin_principal,
      client: row.origin_client ?? undefined,
      parentRunId:
        row.origin_parent_run_id === null ? undefined : runIdOf(row.origin_parent_run_id),
    },
  };
}

export function runIdOf(text: string): RunId {
  return text as RunId;
}

export function attemptOf(row: RunAttemptRow): Attempt {
  return {
    runId: runIdOf(row.run_id),
    attempt: row.attempt,
    startedAt: instantOf(row.started_at),
    endedAt: instantOrAbsent(row.ended_at),
    outcome: (row.outcome ?? undefined) as Outcome['kind'] | undefined,
    message: row.message ?? undefined,
    result: resultOf(row.result),
  };
}

export function resultText(result: RunResult | undefined): string | null {
  return result === undefined ? null : JSON.stringify(result);
}

function resultOf(text: string | null): RunResult | undefined {
  if (text === null) return undefined;
  const json = JSON.parse(text) as Partial<RunResult>;
  return {
    exitCode: json.exitCode,
    signal: json.signal,
    httpStatus: json.httpStatus,
    httpHeaders: json.httpHeaders,
    durationMs: json.durationMs ?? 0,
    outputBytes: json.outputBytes ?? 0,
    outputIsCut: json.outputIsCut ?? false,
    ...(json.answer === undefined ? {} : { answer: answerOf(json.answer) }),
    ...(json.difference === undefined ? {} : { difference: differenceOf(json.difference) }),
    ...(json.gate === undefined ? {} : { gate: { ...json.gate, saved: json.gate.saved } }),
    ...(json.deliveries === undefined ? {} : { deliveries: json.deliveries }),
    ...(json.notice === undefined ? {} : { notice: json.notice }),
    ...(json.success === undefined ? {} : { success: reportOf(json.success) }),
    ...(json.work === undefined ? {} : { work: workOf(json.work) }),
  };
}

/** In JSON an instant is a text. */
function differenceOf(json: Difference): Difference {
  return json.kind === 'first' ? json : { ...json, since: Temporal.Instant.from(json.since) };
}

function workOf({ begunAt, asked, calls }: Work): Work {
  return {
    begunAt: Temporal.Instant.from(begunAt),
    asked,
    calls: calls.map(({ tool, input, isDenied, startedAt, endedAt }) => ({
      tool,
      input,
      isDenied,
      startedAt: Temporal.Instant.from(startedAt),
      endedAt: endedAt && Temporal.Instant.from(endedAt),
    })),
  };
}

/** JSON leaves out a verdict that was not given. */
function reportOf(json: Partial<SuccessReport>): SuccessReport {
  return { verdict: json.verdict, checks: json.checks ?? [] };
}

/** JSON leaves out what was absent when the answer was written. */
function answerOf(json: Partial<Answer>): Answer {
  return { ...EMPTY_ANSWER, ...json };
}

const EMPTY_ANSWER: Answer = {
  text: undefined,
  data: undefined,
  session: undefined,
  turns: undefined,
  usage: undefined,
  costUsd: undefined,
  isCostEstimated: false,
  costByModel: {},
  toolCalls: 0,
  denials: [],
  terminalReason: undefined,
};

export function runStateOf(text: string): RunState {
  return text as RunState;
}
