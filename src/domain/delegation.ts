import { secretsOf, type Action } from './action.ts';
import { narrowed } from './budget/narrow.ts';
import type { TaskId } from './id.ts';
import type { Principal, Scope } from './principal.ts';
import { Refusal } from './refusal.ts';
import type { Task, TaskDefinition } from './task.ts';

/** What the runs of an agent may make by themselves, with the tools of this program. */
export type Delegation = {
  /** The most tasks that one run makes. */
  readonly tasksPerRun: number;
  /** The most tasks made by runs of the task that are there and have not ended, at one time. */
  readonly tasksAlive: number;
  /** How far down the line tasks may be made: 1 lets the task's own runs make some, 2 theirs too. */
  readonly depth: number;
  /** After this long a task that was made has no more occurrences, in milliseconds. */
  readonly lifetimeMs: number;
  /** Of the scopes that a run may have, those that who wrote this had too. */
  readonly scopes: readonly Scope[];
};

/** Where a task stands that a run has made. */
export type Lineage = {
  /** The task whose run made it. */
  readonly parentTaskId: TaskId;
  /** 1 for what the run of a task makes that no run has made. */
  readonly depth: number;
  /** It has no occurrences after it. */
  readonly endsAt: Temporal.Instant;
};

const HOUR_MS = 60 * 60_000;

export const USUAL_DELEGATION: Delegation = {
  tasksPerRun: 3,
  tasksAlive: 10,
  depth: 2,
  lifetimeMs: 7 * 24 * HOUR_MS,
  scopes: [],
};

/** What a run may have at most: never `admin`. */
const RUN_SCOPES: readonly Scope[] = ['tasks:read', 'tasks:write', 'tasks:run'];

/** The action, with its runs given no scope that its author has not. */
export function delegatedBy(principal: Principal, action: Action): Action {
  if (action.kind !== 'agent' || action.delegation === undefined) return action;
  const scopes = RUN_SCOPES.filter(
    (scope) => principal.scopes.includes(scope) || principal.scopes.includes('admin'),
  );
  return { ...action, delegation: { ...action.delegation, scopes } };
}

/** The task whose run is asking, and what it may hand on. */
export type Delegator = { readonly task: Task; readonly delegation: Delegation };

/** Where a task stands that this run makes now. Refuses what is too far down the line. */
export function lineageUnder({ task, delegation }: Delegator, now: Temporal.Instant): Lineage {
  const depth = (task.lineage?.depth ?? 0) + 1;
  if (depth > delegation.depth) {
    throw new Refusal(
      'forbidden',
      `The run may make no tasks: its own task was made by a run, and the depth of what runs make is limited to ${delegation.depth}.`,
      'Put what is to be done into the answer of the run.',
    );
  }
  const endsAt = now.add({ milliseconds: delegation.lifetimeMs });
  const outer = task.lineage?.endsAt;
  return {
    parentTaskId: task.id,
    depth,
    endsAt: outer === undefined ? endsAt : earlier(endsAt, outer),
  };
}

/**
 * What a run may make of a task: the tighter of both budgets, the tags by which its maker is bounded,
 * no secret that its maker is not granted, and an end.
 */
export function boundedBy(
  { task: { definition: outer }, delegation }: Delegator,
  lineage: Lineage,
  definition: TaskDefinition,
): TaskDefinition {
  const { schedule, policies, tags, after } = definition;
  if (schedule === undefined || after !== undefined) {
    throw new Refusal(
      'forbidden',
      'A task that a run makes must end by itself, and one without a schedule or after another task never does.',
      'Say when it is to run.',
    );
  }
  requireGranted(outer.action, definition.action);
  const budget = narrowed(outer.policies.budget, policies.budget);
  return {
    ...definition,
    action: narrowedAction(delegation, definition.action),
    schedule: {
      ...schedule,
      endAt:
        schedule.endAt === undefined ? lineage.endsAt : earlier(schedule.endAt, lineage.endsAt),
    },
    tags: [...new Set([...outer.tags, ...tags])],
    policies: budget === undefined ? policies : { ...policies, budget },
  };
}

function requireGranted(outer: Action, own: Action): void {
  const granted = secretsOf(outer);
  const [missing] = secretsOf(own).filter((secret) => !granted.includes(secret));
  if (missing === undefined) return;
  throw new Refusal(
    'forbidden',
    `A run may hand on only the secrets of its own task, and ${JSON.stringify(missing.slice(0, 80))} is none of them.`,
    'Leave it out, or ask the person to make the task.',
  );
}

function narrowedAction(outer: Delegation, action: Action): Action {
  if (action.kind !== 'agent' || action.delegation === undefined) return action;
  const own = action.delegation;
  return {
    ...action,
    delegation: {
      tasksPerRun: Math.min(outer.tasksPerRun, own.tasksPerRun),
      tasksAlive: Math.min(outer.tasksAlive, own.tasksAlive),
      depth: Math.min(outer.depth, own.depth),
      lifetimeMs: Math.min(outer.lifetimeMs, own.lifetimeMs),
      scopes: outer.scopes.filter((scope) => own.scopes.includes(scope)),
    },
  };
}

function earlier(one: Temporal.Instant, other: Temporal.Instant): Temporal.Instant {
  return Temporal.Instant.compare(one, other) <= 0 ? one : other;
}
