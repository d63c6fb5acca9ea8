import type { RunId, TaskId } from '../domain/id.ts';
import type { JsonObject } from '../domain/json.ts';
import { decideOverlap } from '../domain/overlap.ts';
import type { Unfinished } from '../domain/overlap.ts';
import type { OverlapPolicy } from '../domain/policies.ts';
import type { Origin } from '../domain/principal.ts';
import type { Trigger } from '../domain/run.ts';
import type { Task } from '../domain/task.ts';
import { cancelUnfinished } from './cancel-runs.ts';
import { insertRows } from './insert-rows.ts';
import { msOf, msOrNull } from './instants.ts';
import { runIdOf } from './run-row.ts';
import type { NewRunRow } from './schema.ts';
import { taskIdOf } from './task-row.ts';
import type { Unit } from './unit.ts';

/** A run that asks to be let in among the unfinished ones of its task. */
export type Candidate = {
  readonly id: RunId;
  readonly task: Task;
  readonly trigger: Trigger;
  readonly overlap: OverlapPolicy;
  readonly scheduledFor: Temporal.Instant | undefined;
  readonly coversSince: Temporal.Instant | undefined;
  readonly missedCount: number;
  readonly readyAt: Temporal.Instant;
  readonly overrides: JsonObject;
  readonly origin: Origin;
};

/** The runs that a transaction lets in; they are written together at its end. */
export type Admission = {
  readonly now: Temporal.Instant;
  /** Unfinished runs by task, those let in here included. */
  readonly unfinished: Map<string, Unfinished>;
  readonly rows: NewRunRow[];
};

/** Lets the run in as its overlap policy says. @returns `false` when there is to be no run. */
export async function admitRun(
  unit: Unit,
  admission: Admission,
  candidate: Candidate,
): Promise<boolean> {
  const { task, overlap } = candidate;
  const { concurrency } = task.definition.policies;
  let unfinished = admission.unfinished.get(task.id) ?? NONE;
  let decision = decideOverlap(overlap, unfinished, concurrency);
  if (decision === 'skip') return false;
  if (decision === 'replace') {
    unfinished = await makeRoom(unit, admission, task.id);
    // When nothing was in progress, nothing is left to wait for.
    decision = decideOverlap(overlap, unfinished, concurrency) === 'start' ? 'start' : 'wait';
  }
  const isBehind = decision === 'wait';
  const { open, waiting } = unfinished;
  admission.unfinished.set(
    task.id,
    isBehind ? { open, waiting: waiting + 1 } : { open: open + 1, waiting },
  );
  admission.rows.push(newRunRow(candidate, admission.now, isBehind));
  return true;
}

/** Keeps a run that was not let in, so that its absence can be explained: it ends at once. */
export function turnAway(admission: Admission, candidate: Candidate, reason: string): void {
  admission.rows.push({
    ...newRunRow(candidate, admission.now, false),
    state: 'cancelled',
    state_reason: reason,
    ended_at: msOf(admission.now),
  });
}

/** Writes the runs that were let in, and their queue rows. */
export async function insertAdmitted(unit: Unit, admission: Admission): Promise<void> {
  await insertRows(unit, 'run', admission.rows);
  const ready = admission.rows.filter((row) => row.behind_at === null && row.ended_at === null);
  await insertRows(
    unit,
    'queue',
    ready.map((row) => ({
      run_id: row.id,
      task_id: row.task_id,
      priority: row.priority,
      ready_at: row.ready_at,
    })),
  );
  for (const row of admission.rows) {
    const taskId = taskIdOf(row.task_id);
    const runId = runIdOf(row.id);
    unit.changes.push({ at: admission.now, kind: 'run.queued', taskId, runId });
    if (row.ended_at === null) continue;
    unit.changes.push({ at: admission.now, kind: 'run.cancelled', taskId, runId });
  }
}

const NONE: Unfinished = { open: 0, waiting: 0 };
const BEHIND_REASON = 'behind another run of this task';
const REPLACED_REASON = 'replaced by a newer run of this task';

/** Cancels the unfinished runs of the task, also those let in by this very transaction. */
async function makeRoom(unit: Unit, admission: Admission, taskId: TaskId): Promise<Unfinished> {
  for (const row of admission.rows) {
    if (row.task_id !== taskId || row.ended_at !== null) continue;
    row.state = 'cancelled';
    row.state_reason = REPLACED_REASON;
    row.ended_at = msOf(admission.now);
    row.behind_at = null;
  }
  const open = await cancelUnfinished(unit, taskId, admission.now, REPLACED_REASON, 'all');
  return { open, waiting: 0 };
}

function newRunRow(candidate: Candidate, now: Temporal.Instant, isBehind: boolean): NewRunRow {
  const { task, scheduledFor, readyAt, origin } = candidate;
  const { policies } = task.definition;
  const startsFrom = msOf(scheduledFor ?? readyAt);
  return {
    id: candidate.id,
    task_id: task.id,
    task_name: task.definition.name,
    namespace: task.namespace,
    task_version: task.version,
    trigger: candidate.trigger,
    scheduled_for: msOrNull(scheduledFor),
    covers_since: msOrNull(candidate.coversSince),
    missed_count: candidate.missedCount,
    state: 'queued',
    state_reason: isBehind ? BEHIND_REASON : null,
    behind_at: isBehind ? msOf(now) : null,
    held_until: null,
    priority: policies.priority,
    created_at: msOf(now),
    ready_at: msOf(readyAt),
    deadline_at: policies.deadlineMs === undefined ? null : startsFrom + policies.deadlineMs,
    started_at: null,
    ended_at: null,
    attempt: 0,
    attempts_max: policies.retry.attemptsMax,
    cancel_requested_at: null,
    outcome: null,
    message: null,
    result: null,
    questions: '[]',
    asked_until: null,
    overrides: JSON.stringify(candidate.overrides),
    origin_principal: origin.principal,
    origin_client: origin.client ?? null,
    origin_parent_run_id: origin.parentRunId ?? null,
    fence: 0,
    owner: null,
    lease_until: null,
  };
}
