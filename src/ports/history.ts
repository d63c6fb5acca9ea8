import type { RunId, TaskId } from '../domain/id.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Namespace } from '../domain/principal.ts';
import type { RunState, Trigger } from '../domain/run.ts';
import type { TaskDefinition } from '../domain/task.ts';

/** What a task said at one time. */
export type TaskVersion = {
  readonly version: number;
  /** Absent where it was not noted yet. */
  readonly createdAt: Temporal.Instant | undefined;
  /** Principal, client and run whose doing it is, in words; absent where nobody noted it. */
  readonly changedBy: string | undefined;
  readonly definition: TaskDefinition;
};

/** As much of a run as a mark in a picture needs. */
export type RunMark = {
  readonly id: RunId;
  readonly taskId: TaskId;
  readonly taskName: string;
  readonly state: RunState;
  readonly outcome: Outcome['kind'] | undefined;
  /** Why it is in its state, or how its latest attempt ended, in our words. */
  readonly reason: string | undefined;
  readonly trigger: Trigger;
  readonly scheduledFor: Temporal.Instant | undefined;
  readonly createdAt: Temporal.Instant;
  readonly startedAt: Temporal.Instant | undefined;
  readonly endedAt: Temporal.Instant | undefined;
};

export type MarksQuery = {
  readonly namespace: Namespace | 'all';
  readonly taskId: TaskId | undefined;
  /** Made at or after, */
  readonly from: Temporal.Instant;
  /** and before. */
  readonly to: Temporal.Instant;
};

/** How many runs ended how; a run that ended without an attempt has no outcome. */
export type OutcomeCount = {
  readonly outcome: Outcome['kind'] | undefined;
  readonly count: number;
};

/** What pictures of the past are made of. Every answer is bounded by its caller. */
export type History = {
  /** Versions below `before`, newest first; also of a deleted task whose runs are still kept. */
  listVersions(
    taskId: TaskId,
    limit: number,
    before: number | undefined,
  ): Promise<readonly TaskVersion[]>;
  /** The latest runs of each of these tasks, newest first within each. */
  listLatest(taskIds: readonly TaskId[], perTask: number): Promise<readonly RunMark[]>;
  /** Newest first. */
  listMarks(query: MarksQuery, limit: number): Promise<readonly RunMark[]>;
  /** Of the runs that ended at or after `since`. */
  countOutcomes(
    namespace: Namespace | 'all',
    since: Temporal.Instant,
  ): Promise<readonly OutcomeCount[]>;
};
