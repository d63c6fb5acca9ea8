import type { Action } from './action.ts';
import type { After } from './chain.ts';
import type { Lineage } from './delegation.ts';
import type { TaskId } from './id.ts';
import type { JsonObject } from './json.ts';
import type { Policies } from './policies.ts';
import type { Namespace, Origin } from './principal.ts';
import type { Schedule } from './schedule/schedule.ts';

/** `ended`: its schedule has run out of occurrences. */
/** How long a deleted task can be taken back, in milliseconds. */
export const UNDELETE_MS_MAX = 24 * 3_600_000;

export type TaskState = 'active' | 'paused' | 'ended';

/** What a version of a task says. Versions never change; an edit makes a new one. */
export type TaskDefinition = {
  readonly name: string;
  readonly description: string | undefined;
  /** Absent for a task that runs only when asked. */
  readonly schedule: Schedule | undefined;
  /** The task whose runs start it, beside its schedule. */
  readonly after?: After;
  readonly action: Action;
  readonly policies: Policies;
  readonly tags: readonly string[];
};

/** The next occurrence of an active task. */
export type NextOccurrence = {
  readonly scheduledFor: Temporal.Instant;
  /** `scheduledFor` and its jitter. */
  readonly dueAt: Temporal.Instant;
};

export type Task = {
  readonly id: TaskId;
  readonly namespace: Namespace;
  /** The id that a compatibility profile knows it by; unique in its namespace. */
  readonly foreignId: string | undefined;
  /** Fields that only a compatibility profile understands. */
  readonly ext: JsonObject;
  readonly state: TaskState;
  /** Why it is paused or ended, when somebody or something said so. */
  readonly stateReason: string | undefined;
  /** When it entered its state. */
  readonly stateAt: Temporal.Instant;
  /** Number of the current definition, from 1. */
  readonly version: number;
  /** Grows by one with every change, edits and state changes alike. */
  readonly revision: number;
  readonly definition: TaskDefinition;
  readonly next: NextOccurrence | undefined;
  /**
   * Every occurrence up to and including it is covered: by the ledger, or by having come before the
   * schedule was set.
   */
  readonly coveredUntil: Temporal.Instant;
  /** How many of its occurrences have become runs under the current schedule. */
  readonly runsPlanned: number;
  /**
   * How many plans have moved it, as the store counts them; absent in a task that was never stored. An
   * update keeps the number it read, so that the store can tell when a plan came in between.
   */
  readonly plansApplied?: number;
  readonly origin: Origin;
  /** Absent unless a run made it. */
  readonly lineage?: Lineage;
  readonly createdAt: Temporal.Instant;
  readonly updatedAt: Temporal.Instant;
};

/**
 * What the limits on runs in progress go by: the task's tags, and `@` with the kind of its action, which
 * no author can write. So slow requests hold up no command, and the other way round.
 */
export function limitedBy(definition: TaskDefinition): readonly string[] {
  return [...new Set([...definition.tags, kindTag(definition.action.kind)])];
}

export function kindTag(kind: string): string {
  return `@${kind}`;
}
