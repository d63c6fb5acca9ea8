import type { RunId, TaskId } from './id.ts';
import type { JsonObject } from './json.ts';
import type { Namespace, Origin } from './principal.ts';
import type { Outcome, RunResult } from './outcome.ts';
import type { Question } from './success/question.ts';

/** What caused a run. */
export type Trigger = 'schedule' | 'manual' | 'webhook' | 'task' | 'backfill';

export type UnfinishedRunState = 'queued' | 'running' | 'retrying' | 'held' | 'waiting';
export type FinalRunState = 'succeeded' | 'failed' | 'cancelled';
export type RunState = UnfinishedRunState | FinalRunState;

/** One carrying-out of a task, from queued to final. */
export type Run = {
  readonly id: RunId;
  readonly taskId: TaskId;
  readonly taskName: string;
  readonly namespace: Namespace;
  /** The version of the task that this run carries out. */
  readonly taskVersion: number;
  readonly trigger: Trigger;
  /** The occurrence it stands for; absent unless the schedule caused it. */
  readonly scheduledFor: Temporal.Instant | undefined;
  /** The instant after which its work is covered, for `{{covers_since}}`. */
  readonly coversSince: Temporal.Instant | undefined;
  /** How many missed occurrences this run makes up for, besides its own. */
  readonly missedCount: number;
  readonly state: RunState;
  /** Why it is held, waiting, queued behind another, or in its final state. */
  readonly stateReason: string | undefined;
  readonly heldUntil: Temporal.Instant | undefined;
  readonly priority: number;
  readonly createdAt: Temporal.Instant;
  /** When it may start: its due time, or the end of a back-off. */
  readonly readyAt: Temporal.Instant;
  /** When it must be over. */
  readonly deadlineAt: Temporal.Instant | undefined;
  /** When its first attempt started. */
  readonly startedAt: Temporal.Instant | undefined;
  readonly endedAt: Temporal.Instant | undefined;
  /** Attempts begun so far. */
  readonly attempt: number;
  readonly attemptsMax: number;
  readonly cancelRequestedAt: Temporal.Instant | undefined;
  /** Outcome of the latest attempt that ended. */
  readonly outcome: Outcome['kind'] | undefined;
  /** One sentence about the latest outcome, in our words. */
  readonly message: string | undefined;
  readonly result: RunResult | undefined;
  /** What it has asked a person, oldest first; it waits while the last one is not answered. */
  readonly questions: readonly Question[];
  /** What the caller changed for this run alone. */
  readonly overrides: JsonObject;
  readonly origin: Origin;
};

/** One try at a run. */
export type Attempt = {
  readonly runId: RunId;
  /** From 1. */
  readonly attempt: number;
  readonly startedAt: Temporal.Instant;
  readonly endedAt: Temporal.Instant | undefined;
  readonly outcome: Outcome['kind'] | undefined;
  readonly message: string | undefined;
  readonly result: RunResult | undefined;
};

/** The proof that a worker holds a run: only the holder of the current token can finish it. */
export type Claim = {
  readonly run: Run;
  /** Fencing token (Kleppmann 2016): grows with every claim of the run. */
  readonly fence: number;
};

export function isFinal(state: RunState): state is FinalRunState {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled';
}

/** Lateness of a run's start in milliseconds; absent for runs that stand for no occurrence. */
export function latenessMs(run: Run): number | undefined {
  if (run.scheduledFor === undefined || run.startedAt === undefined) return undefined;
  return run.startedAt.epochMilliseconds - run.scheduledFor.epochMilliseconds;
}
