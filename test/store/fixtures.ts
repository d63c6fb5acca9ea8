import { defaultPolicies } from '../../src/domain/policies.ts';
import type { Policies } from '../../src/domain/policies.ts';
import type { Plan, PlannedRun } from '../../src/domain/plan.ts';
import type { Task, TaskDefinition } from '../../src/domain/task.ts';
import type { Ids } from '../../src/ports/ids.ts';
import type { NewRun, PlannedTask } from '../../src/ports/store.ts';

const MINUTE_MS = 60_000;

export type TaskChanges = Partial<Omit<Task, 'definition'>> & {
  readonly definition?: Partial<Omit<TaskDefinition, 'policies'>>;
  readonly policies?: Partial<Policies>;
};

/** An active task that is due every minute, next at `now`. */
export function minuteTask(ids: Ids, now: Temporal.Instant, changes: TaskChanges = {}): Task {
  const { definition, policies, ...rest } = changes;
  const id = ids.taskId();
  return {
    id,
    namespace: 'native',
    foreignId: undefined,
    ext: {},
    state: 'active',
    stateReason: undefined,
    stateAt: now,
    version: 1,
    revision: 1,
    definition: {
      name: `task ${id.slice(-20)}`,
      description: undefined,
      schedule: {
        source: 'every minute',
        rule: { kind: 'every', intervalMs: MINUTE_MS, anchor: now },
        zone: 'Europe/Berlin',
        exclusions: [],
        blackouts: [],
        startAt: undefined,
        endAt: undefined,
        runsMax: undefined,
        jitterMs: 0,
      },
      action: {
        kind: 'command',
        program: { kind: 'argv', argv: ['true'] },
        cwd: undefined,
        env: {},
        stdin: undefined,
      },
      policies: { ...defaultPolicies('command'), ...policies },
      tags: [],
      ...definition,
    },
    next: { scheduledFor: now, dueAt: now },
    coveredUntil: now.subtract({ milliseconds: 1 }),
    runsPlanned: 0,
    origin: { principal: 'owner', client: 'test', parentRunId: undefined },
    createdAt: now,
    updatedAt: now,
    ...rest,
  };
}

/** The plan that makes one run of the task's next occurrence and moves it on by a minute. */
export function planOne(ids: Ids, task: Task, changes: Partial<Plan> = {}): PlannedTask {
  const at = task.next?.scheduledFor ?? task.coveredUntil;
  const later = at.add({ milliseconds: MINUTE_MS });
  return planOf(ids, task, {
    runs: [plannedRun(at)],
    missed: [],
    next: { scheduledFor: later, dueAt: later },
    coveredUntil: at,
    ...changes,
  });
}

export function planOf(ids: Ids, task: Task, plan: Plan): PlannedTask {
  return { task, plan, runIds: plan.runs.map(() => ids.runId()) };
}

export function plannedRun(at: Temporal.Instant, changes: Partial<PlannedRun> = {}): PlannedRun {
  return {
    scheduledFor: at,
    readyAt: at,
    coversSince: at,
    missedCount: 0,
    isCatchUp: false,
    ...changes,
  };
}

export function manualRun(
  ids: Ids,
  task: Task,
  readyAt: Temporal.Instant,
  changes: Partial<NewRun> = {},
): NewRun {
  return {
    id: ids.runId(),
    task,
    trigger: 'manual',
    overlap: task.definition.policies.overlap,
    overrides: {},
    origin: { principal: 'owner', client: undefined, parentRunId: undefined },
    readyAt,
    ...changes,
  };
}
