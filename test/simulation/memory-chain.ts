import { CHAIN_TASKS_MAX, isFollowed, problemWithChain } from '../../src/domain/chain.ts';
import { idSuffix, type RunId, type TaskId } from '../../src/domain/id.ts';
import { isFinal, type Run } from '../../src/domain/run.ts';
import type { Task } from '../../src/domain/task.ts';
import {
  cancelRow,
  decide,
  endRun,
  tell,
  unfinishedRuns,
  type MemoryState,
  type RunRow,
  type Told,
} from './memory-state.ts';

/** Queues runs of the tasks that come after one that ended. */
export function startFollowers(told: Told, ended: Run): void {
  const { state, at } = told;
  if (!isFinal(ended.state)) return;
  for (const task of listFollowers(state, ended.taskId)) {
    const { after } = task.definition;
    if (task.state !== 'active' || after === undefined || !isFollowed(after, ended.state)) continue;
    if (problemWithChain(task.id, tasksAbove(state, ended.taskId)) !== undefined) continue;
    const rows = unfinishedRuns(state, task.id);
    const { overlap, concurrency } = task.definition.policies;
    const decision = decide(rows, overlap, concurrency);
    const origin = { ...task.origin, parentRunId: ended.id };
    const run: Run = { ...blankRun(newRunId(told), task, at, at), trigger: 'task', origin };
    const row = queue(told, run, decision, rows);
    if (decision !== 'skip') continue;
    endRun(told, row, 'cancelled', { stateReason: 'another run of this task was unfinished' });
  }
}

export function listFollowers(state: MemoryState, id: TaskId): readonly Task[] {
  return [...state.tasks.values()]
    .filter((row) => !row.isDeleted && row.task.definition.after?.taskId === id)
    .map((row) => row.task)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function tasksAbove(state: MemoryState, from: TaskId): readonly TaskId[] {
  const above: TaskId[] = [];
  let id: TaskId | undefined = from;
  while (id !== undefined && above.length < CHAIN_TASKS_MAX) {
    above.push(id);
    id = state.tasks.get(id)?.task.definition.after?.taskId;
  }
  return above;
}

/** The same for the same history. */
function newRunId({ state, at }: Told): RunId {
  const { size } = state.runs;
  const bytes = [255, 255, 0, 0, 0, 0, size >> 24, size >> 16, size >> 8, size];
  return `run_${idSuffix(at.epochMilliseconds, Uint8Array.from(bytes))}`;
}

export function blankRun(
  id: RunId,
  task: Task,
  at: Temporal.Instant,
  readyAt: Temporal.Instant,
): Run {
  const { policies, name } = task.definition;
  return {
    id,
    taskId: task.id,
    taskName: name,
    namespace: task.namespace,
    taskVersion: task.version,
    trigger: 'manual',
    scheduledFor: undefined,
    coversSince: undefined,
    missedCount: 0,
    state: 'queued',
    stateReason: undefined,
    heldUntil: undefined,
    priority: policies.priority,
    createdAt: at,
    readyAt,
    deadlineAt:
      policies.deadlineMs === undefined
        ? undefined
        : readyAt.add({ milliseconds: policies.deadlineMs }),
    startedAt: undefined,
    endedAt: undefined,
    attempt: 0,
    attemptsMax: policies.retry.attemptsMax,
    cancelRequestedAt: undefined,
    outcome: undefined,
    message: undefined,
    result: undefined,
    questions: [],
    overrides: {},
    origin: task.origin,
  };
}

export function queue(
  told: Told,
  run: Run,
  decision: 'start' | 'wait' | 'skip' | 'replace',
  others: readonly RunRow[],
): RunRow {
  if (decision === 'replace') {
    for (const other of others) cancelRow(told, other, 'replaced by a newer run of this task');
  }
  const isBehind =
    decision === 'wait' ||
    (decision === 'replace' && others.some((other) => !isFinal(other.run.state)));
  const row: RunRow = {
    run: { ...run, stateReason: isBehind ? 'behind another run of this task' : undefined },
    readyMs: run.readyAt.epochMilliseconds,
    order: told.state.runs.size,
    fence: 0,
    owner: undefined,
    leaseUntilMs: 0,
    isBehind,
    attempts: [],
  };
  told.state.runs.set(run.id, row);
  tell(told, 'run.queued', run.taskId, run.id);
  return row;
}
