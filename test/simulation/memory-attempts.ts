import type { Transition } from '../../src/domain/attempt.ts';
import { poolOf } from '../../src/domain/budget/pool.ts';
import { isSkipped } from '../../src/domain/gates/gate.ts';
import type { NewInboxItem } from '../../src/domain/inbox/inbox-item.ts';
import { withoutWork, type Outcome } from '../../src/domain/outcome.ts';
import { isFinal, type Attempt, type Claim, type Run } from '../../src/domain/run.ts';
import { waitingReason } from '../../src/domain/success/question.ts';
import { limitedBy, type Task } from '../../src/domain/task.ts';
import type { SpendEntry } from '../../src/ports/spend.ts';
import type { Kept } from '../../src/ports/task-notes.ts';
import type { TakeRuns } from '../../src/ports/store.ts';
import { startFollowers } from './memory-chain.ts';
import { addItem } from './memory-inbox.ts';
import { noteSpend } from './memory-spend.ts';
import {
  cancelRow,
  DELETED_REASON,
  endRun,
  hasStarted,
  isWaiting,
  tell,
  unfinishedRuns,
  type MemoryState,
  type RunRow,
  type Told,
} from './memory-state.ts';

/** Claims ready runs and begins their next attempt. */
export function takeRuns(told: Told, take: TakeRuns): readonly Claim[] {
  const { state } = told;
  const nowMs = take.now.epochMilliseconds;
  const ready = [...state.runs.values()].filter(
    (row) =>
      isWaiting(row) &&
      row.readyMs <= nowMs &&
      !row.isBehind &&
      (row.run.deadlineAt === undefined || row.run.deadlineAt.epochMilliseconds > nowMs) &&
      !isPoolHeld(state, row, take.now),
  );
  ready.sort(
    (a, b) => b.run.priority - a.run.priority || a.readyMs - b.readyMs || a.order - b.order,
  );
  const claims: Claim[] = [];
  for (const row of ready) {
    if (claims.length >= take.limit) break;
    if (isTagFull(state, row, take.tagLimits)) continue;
    claims.push(claim(told, row, take));
  }
  return claims;
}

/** Ends the attempt of the claim, if its fencing token still holds. */
export function finishAttempt(
  told: Told,
  { run, fence }: Claim,
  outcome: Outcome,
  transition: Transition,
  item: NewInboxItem | undefined,
  spend: SpendEntry | undefined,
  kept: Kept | undefined,
): boolean {
  const { state, at } = told;
  const row = state.runs.get(run.id);
  if (row === undefined || row.fence !== fence || row.run.state !== 'running') return false;
  const { attempt } = row.run;
  const message = outcome.kind === 'succeeded' ? undefined : outcome.message;
  const account = { outcome: outcome.kind, message, result: outcome.result };
  const wait = waitOf(state, row, transition);
  const ended = takeLastAttempt(row);
  const isForgotten = wait !== undefined && wait.to !== 'retrying' && !wait.counts;
  if (!isForgotten) row.attempts.push({ ...ended, ...account, endedAt: at });
  if (spend !== undefined) noteSpend(told, run, attempt, spend);
  if (transition.to === 'held' && transition.pool !== undefined) {
    state.poolHolds.set(transition.pool, transition.until);
  }
  const ofRun = { ...account, result: withoutWork(outcome.result) };
  if (wait === undefined) finishRun(told, row, outcome, transition, ofRun);
  else waitAgain(told, row, wait, ofRun);
  const isMoot = item?.kind === 'question' && wait === undefined;
  if (item !== undefined && !isMoot) addItem(told, item);
  if (kept !== undefined && isFinal(row.run.state)) keep(told, row.run, kept);
  if (isSkipped(outcome.result)) return true;
  if (transition.to === 'succeeded') endAfterSuccess(told, run.taskId);
  startFollowers(told, row.run);
  return true;
}

function keep({ state, at }: Told, run: Run, { notes, saved }: Kept): void {
  const { id: runId, taskId, namespace } = run;
  const known = state.notes.get(taskId) ?? new Map<string, string>();
  if (run.state === 'succeeded') for (const { key, value } of notes) known.set(key, value);
  state.notes.set(taskId, known);
  if (saved === undefined) return;
  state.savings.push({ ...saved, runId, taskId, namespace, atMs: at.epochMilliseconds });
}

type Account = Pick<Run, 'outcome' | 'message' | 'result'>;
type Wait = Extract<Transition, { readonly to: 'retrying' | 'held' | 'waiting' }>;

/** Whoever asked for the end was promised it: a run that is to be cancelled gets no other attempt. */
function waitOf(state: MemoryState, row: RunRow, transition: Transition): Wait | undefined {
  if (!('readyAt' in transition || 'counts' in transition)) return undefined;
  const isOver = row.run.cancelRequestedAt !== undefined || isGone(state, row);
  return isOver ? undefined : transition;
}

function isGone(state: MemoryState, row: RunRow): boolean {
  return state.tasks.get(row.run.taskId)?.isDeleted === true;
}

function finishRun(
  told: Told,
  row: RunRow,
  outcome: Outcome,
  { to }: Transition,
  account: Account,
): void {
  switch (to) {
    case 'succeeded':
      return endRun(told, row, to, { ...account, stateReason: undefined });
    case 'failed': {
      const isOverBudget = outcome.kind === 'failed' && outcome.reason === 'budget';
      const stateReason = isOverBudget ? outcome.reason : undefined;
      return endRun(told, row, to, { ...account, stateReason });
    }
    case 'cancelled':
    case 'retrying':
    case 'waiting':
    case 'held': {
      const isAsked = row.run.cancelRequestedAt !== undefined;
      const stateReason = isAsked ? row.run.stateReason : DELETED_REASON;
      return endRun(told, row, 'cancelled', { ...account, stateReason });
    }
  }
}

function waitAgain(told: Told, row: RunRow, wait: Wait, account: Account): void {
  const { run } = row;
  row.run = { ...run, ...account, ...changesOf(run, wait), state: wait.to };
  row.readyMs = row.run.readyAt.epochMilliseconds;
  row.owner = undefined;
  tell(told, `run.${wait.to}`, run.taskId, run.id);
}

function changesOf(run: Run, wait: Wait): Partial<Run> {
  switch (wait.to) {
    case 'retrying':
      return { readyAt: wait.readyAt };
    case 'held': {
      const { until, reason, counts } = wait;
      const held = { readyAt: until, heldUntil: until, stateReason: reason };
      return { ...held, ...countChanges(run, counts) };
    }
    case 'waiting': {
      const { question, counts } = wait;
      const questions = [...run.questions, question];
      return { questions, stateReason: waitingReason(question), ...countChanges(run, counts) };
    }
  }
}

/** Waiting for what was not its fault uses up none of its attempts. */
function countChanges(run: Run, counts: boolean): Partial<Run> {
  if (counts) return { attemptsMax: run.attemptsMax + 1 };
  const attempt = run.attempt - 1;
  return { attempt, startedAt: attempt === 0 ? undefined : run.startedAt };
}

/** One success is enough for some tasks. Whoever read the task before must not write it back. */
function endAfterSuccess(told: Told, id: Task['id']): void {
  const row = told.state.tasks.get(id);
  if (row === undefined || row.isDeleted || row.task.state !== 'active') return;
  const { policies, schedule } = row.task.definition;
  if (!policies.endsAfterSuccess || schedule === undefined) return;
  const { next, coveredUntil } = row.task;
  const isBefore = (a: Temporal.Instant, b: Temporal.Instant) => Temporal.Instant.compare(a, b) < 0;
  if (next !== undefined && !isBefore(told.at, next.scheduledFor)) {
    const stretch = { from: next.scheduledFor, to: told.at, count: 1, isCountExact: false };
    const outcome = { kind: 'skipped', reason: 'overlap' } as const;
    row.ledger.push({ taskId: id, ...stretch, recordedAt: told.at, ...outcome });
    tell(told, 'occurrence.skipped', id, undefined);
  }
  row.task = {
    ...row.task,
    coveredUntil: isBefore(coveredUntil, told.at) ? told.at : coveredUntil,
    state: 'ended',
    stateReason: 'a run of it has succeeded, and it was to run until then',
    stateAt: told.at,
    updatedAt: told.at,
    next: undefined,
    revision: row.task.revision + 1,
  };
  row.dueMs = undefined;
  tell(told, 'task.ended', id, undefined);
  for (const run of unfinishedRuns(told.state, id)) {
    if (hasStarted(run.run.state)) continue;
    cancelRow(told, run, 'another run of its task has succeeded, and one was enough');
  }
}

/** Whether the usage window of the pool that its task draws on is closed. */
function isPoolHeld(state: MemoryState, { run }: RunRow, now: Temporal.Instant): boolean {
  const task = state.tasks.get(run.taskId)?.task;
  const pool = task && poolOf(task.definition.action);
  const until = pool === undefined ? undefined : state.poolHolds.get(pool);
  return until !== undefined && Temporal.Instant.compare(until, now) > 0;
}

function isTagFull(state: MemoryState, row: RunRow, limits: ReadonlyMap<string, number>): boolean {
  if (limits.size === 0) return false;
  const tagsOf = (one: RunRow): readonly string[] => {
    const task = state.tasks.get(one.run.taskId)?.task;
    return task === undefined ? [] : limitedBy(task.definition);
  };
  const running = [...state.runs.values()].filter((one) => one.run.state === 'running');
  return tagsOf(row).some((tag) => {
    const limit = limits.get(tag);
    return (
      limit !== undefined && running.filter((one) => tagsOf(one).includes(tag)).length >= limit
    );
  });
}

function claim(told: Told, row: RunRow, take: TakeRuns): Claim {
  const attempt = row.run.attempt + 1;
  row.fence += 1;
  row.owner = take.owner;
  row.leaseUntilMs = take.leaseUntil.epochMilliseconds;
  row.run = {
    ...row.run,
    state: 'running',
    stateReason: undefined,
    heldUntil: undefined,
    attempt,
    startedAt: row.run.startedAt ?? take.now,
  };
  row.attempts.push({
    runId: row.run.id,
    attempt,
    startedAt: take.now,
    endedAt: undefined,
    outcome: undefined,
    message: undefined,
    result: undefined,
  });
  tell(told, 'run.started', row.run.taskId, row.run.id);
  return { run: row.run, fence: row.fence };
}

function takeLastAttempt(row: RunRow): Attempt {
  const last = row.attempts.pop();
  if (last === undefined) throw new Error('A run that is finished never began.');
  return last;
}
