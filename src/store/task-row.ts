import type { Action } from '../domain/action.ts';
import { poolOf } from '../domain/budget/pool.ts';
import type { After } from '../domain/chain.ts';
import type { RunId, TaskId } from '../domain/id.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Policies } from '../domain/policies.ts';
import { decodeSchedule, encodeSchedule } from '../domain/schedule/schedule-json.ts';
import type { ScheduleJson } from '../domain/schedule/schedule-json.ts';
import type { NextOccurrence, Task, TaskDefinition, TaskState } from '../domain/task.ts';
import { instantOf, msOf, msOrNull } from './instants.ts';
import type { DueRow, TaskRow } from './schema.ts';

/** What is read of a task: no more than it takes, since lists read many. */
export const TASK_COLUMNS = [
  'id',
  'namespace',
  'foreign_id',
  'ext',
  'state',
  'state_reason',
  'state_at',
  'version',
  'origin_principal',
  'origin_client',
  'origin_parent_run_id',
  'lineage_task_id',
  'lineage_depth',
  'lineage_ends_at',
  'created_at',
  'updated_at',
] as const satisfies readonly (keyof TaskRow)[];

/** A task with its current definition and its progress. */
export type FullTaskRow = Pick<TaskRow, (typeof TASK_COLUMNS)[number]> &
  Omit<DueRow, 'task_id' | 'due_at'> & { readonly definition: string };

export function taskOf(row: FullTaskRow): Task {
  const createdAt = instantOf(row.created_at);
  // Making an instant is the dearest part of this, and most tasks were never changed.
  const updatedAt = row.updated_at === row.created_at ? createdAt : instantOf(row.updated_at);
  return {
    id: taskIdOf(row.id),
    namespace: row.namespace,
    foreignId: row.foreign_id ?? undefined,
    ext: JSON.parse(row.ext) as JsonObject,
    state: row.state as TaskState,
    stateReason: row.state_reason ?? undefined,
    stateAt: row.state_at === row.created_at ? createdAt : instantOf(row.state_at),
    version: row.version,
    revision: row.revision,
    definition: definitionOf(row.definition),
    next: nextOf(row),
    coveredUntil: instantOf(row.covered_until),
    runsPlanned: row.runs_planned,
    plansApplied: row.plans_applied,
    origin: {
      principal: row.origin_principal,
      client: row.origin_client ?? undefined,
      parentRunId: (row.origin_parent_run_id ?? undefined) as RunId | undefined,
    },
    ...lineageOf(row),
    createdAt,
    updatedAt,
  };
}

function lineageOf(row: FullTaskRow): Pick<Task, 'lineage'> {
  const { lineage_task_id: parent, lineage_depth: depth, lineage_ends_at: ends } = row;
  if (parent === null || depth === null || ends === null) return {};
  return { lineage: { parentTaskId: taskIdOf(parent), depth, endsAt: instantOf(ends) } };
}

export function taskIdOf(text: string): TaskId {
  return text as TaskId;
}

function nextOf(row: FullTaskRow): NextOccurrence | undefined {
  if (row.next_for === null || row.next_due_at === null) return undefined;
  const scheduledFor = instantOf(row.next_for);
  const dueAt = row.next_due_at === row.next_for ? scheduledFor : instantOf(row.next_due_at);
  return { scheduledFor, dueAt };
}

/** The row of a task that is not deleted. */
export function taskRowOf(task: Task): TaskRow {
  const { name, description, schedule, policies } = task.definition;
  const isUnlimited = policies.concurrency === undefined && policies.overlap === 'allow';
  return {
    id: task.id,
    namespace: task.namespace,
    foreign_id: task.foreignId ?? null,
    name,
    name_key: task.namespace === 'native' ? name : null,
    search_text: `${name}\n${description ?? ''}`.toLowerCase(),
    state: task.state,
    state_reason: task.stateReason ?? null,
    state_at: msOf(task.stateAt),
    version: task.version,
    ext: JSON.stringify(task.ext),
    runs_at_once_max: isUnlimited ? null : (policies.concurrency ?? 1),
    // A task without a schedule has nothing to end.
    ends_after_success: policies.endsAfterSuccess && schedule !== undefined ? 1 : 0,
    kept_runs_max: policies.retention.runsMax,
    kept_ms_max: policies.retention.ageMsMax,
    pool: poolOf(task.definition.action) ?? null,
    after_task_id: task.definition.after?.taskId ?? null,
    origin_principal: task.origin.principal,
    origin_client: task.origin.client ?? null,
    origin_parent_run_id: task.origin.parentRunId ?? null,
    lineage_task_id: task.lineage?.parentTaskId ?? null,
    lineage_depth: task.lineage?.depth ?? null,
    lineage_ends_at: msOrNull(task.lineage?.endsAt),
    created_at: msOf(task.createdAt),
    updated_at: msOf(task.updatedAt),
    deleted_at: null,
  };
}

export function progressRowOf(task: Task): DueRow {
  return {
    task_id: task.id,
    revision: task.revision,
    next_for: msOrNull(task.next?.scheduledFor),
    next_due_at: msOrNull(task.next?.dueAt),
    due_at: task.state === 'active' ? msOrNull(task.next?.dueAt) : null,
    covered_until: msOf(task.coveredUntil),
    runs_planned: task.runsPlanned,
    plans_applied: task.plansApplied ?? 0,
  };
}

type DefinitionJson = {
  readonly name: string;
  readonly description?: string;
  readonly schedule?: ScheduleJson;
  readonly after?: After;
  readonly action: Action;
  readonly policies: Omit<Policies, 'deadlineMs' | 'concurrency'> & {
    readonly deadlineMs?: number;
    readonly concurrency?: number;
  };
  readonly tags: readonly string[];
};

export function definitionText(definition: TaskDefinition): string {
  const { schedule, ...rest } = definition;
  // What is absent is left out by JSON.
  return JSON.stringify({
    ...rest,
    schedule: schedule === undefined ? undefined : encodeSchedule(schedule),
  });
}

/** The definition that a text means. The same few are read again and again, so they are kept. */
export function definitionOf(text: string): TaskDefinition {
  const kept = definitions.get(text);
  if (kept !== undefined) return kept;
  const definition = readDefinition(text);
  if (definitions.size >= DEFINITIONS_KEPT_MAX) definitions.clear();
  definitions.set(text, definition);
  return definition;
}

const DEFINITIONS_KEPT_MAX = 1_000;
const definitions = new Map<string, TaskDefinition>();

function readDefinition(text: string): TaskDefinition {
  const json = JSON.parse(text) as DefinitionJson;
  return {
    name: json.name,
    description: json.description,
    schedule: json.schedule === undefined ? undefined : decodeSchedule(json.schedule),
    ...(json.after === undefined ? {} : { after: json.after }),
    action: json.action,
    policies: {
      ...json.policies,
      deadlineMs: json.policies.deadlineMs,
      concurrency: json.policies.concurrency,
    },
    tags: json.tags,
  };
}
