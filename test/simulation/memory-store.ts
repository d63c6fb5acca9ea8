import type { Announcer } from '../../src/ports/announcer.ts';
import type { RunId } from '../../src/domain/id.ts';
import { sayOrigin } from '../../src/domain/principal.ts';
import { nextAfterRuns } from '../../src/domain/plan.ts';
import { isFinal, type Run } from '../../src/domain/run.ts';
import { UNDELETE_MS_MAX, type Task } from '../../src/domain/task.ts';
import type {
  InsertedRun,
  NewRun,
  OffspringLimits,
  PlannedTask,
  Store,
} from '../../src/ports/store.ts';
import { finishAttempt, takeRuns } from './memory-attempts.ts';
import { memoryAccessRecords, memoryApiKeys } from './memory-access.ts';
import { memoryClients } from './memory-clients.ts';
import { memoryHistory } from './memory-history.ts';
import { memoryInbox } from './memory-inbox.ts';
import { memoryApprovals, memoryAudit, memoryStandstill } from './memory-policy.ts';
import { prune, WEEK_MS } from './memory-prune.ts';
import { blankRun, queue, startFollowers } from './memory-chain.ts';
import { memoryQuestions } from './memory-questions.ts';
import { memoryQueries } from './memory-queries.ts';
import { memorySpend } from './memory-spend.ts';
import { memoryWebhooks } from './memory-webhooks.ts';
import {
  cancelRow,
  decide,
  DELETED_REASON,
  dueMsOf,
  endRun,
  hasStarted,
  isWaiting,
  tell,
  unfinishedRuns,
  type MemoryState,
  type RunRow,
  type TaskRow,
  type Told,
  type Transact,
} from './memory-state.ts';

/** How the store is opened: on state that may outlive it, or on state of its own. */
export type MemoryStorePorts = {
  readonly state: MemoryState;
  readonly now: () => Temporal.Instant;
  readonly announcer: Pick<Announcer, 'announce'>;
  /** Told of occurrences that were planned although they are covered; no sound plan has any. */
  readonly onUnsoundPlan?: (task: Task, at: Temporal.Instant) => void;
};

const ENDED_REASON = 'its schedule has no further occurrences';

/**
 * The whole `Store` on plain maps, for the simulation. Every call is one transaction: it runs in
 * one go, so a process that dies before or after it leaves nothing half done.
 */
export function openMemoryStore(ports: MemoryStorePorts): Store {
  const { state, now, announcer, onUnsoundPlan = () => {} } = ports;
  const transact: Transact = async (at, work) => {
    const told: Told = { state, at, changes: [] };
    const answer = work(told);
    if (told.changes.length > 0) announcer.announce(told.changes);
    return answer;
  };

  const replaceTask = (
    wasDeleted: boolean,
    ...[task, change, entries, by]: Parameters<Store['updateTask']>
  ) =>
    transact<'updated' | 'stale' | 'name_taken'>(task.updatedAt, (told) => {
      const row = state.tasks.get(task.id);
      if (row === undefined || row.isDeleted !== wasDeleted) return 'stale';
      if (row.task.revision !== task.revision - 1) return 'stale';
      const plansApplied = row.task.plansApplied ?? 0;
      if ((task.plansApplied ?? plansApplied) !== plansApplied) return 'stale';
      if (nameHolder(state, task) !== undefined) return 'name_taken';
      if (task.version !== row.task.version) lookAgainAtHeld(state, task);
      row.task = { ...task, plansApplied };
      row.isDeleted = false;
      row.deletedAtMs = undefined;
      row.dueMs = dueMsOf(task);
      if (!row.definitions.has(task.version)) {
        row.versionsAt.set(task.version, task.updatedAt);
        row.versionsBy.set(task.version, by && sayOrigin(by));
      }
      row.definitions.set(task.version, task.definition);
      row.ledger.push(...entries);
      tell(told, change, task.id, undefined);
      for (const { kind } of entries) {
        if (kind !== 'run') tell(told, `occurrence.${kind}`, task.id, undefined);
      }
      return 'updated';
    });
  return {
    ...memoryQueries(state),
    history: memoryHistory(state),
    spend: memorySpend(state),
    inbox: memoryInbox(state, transact),
    approvals: memoryApprovals(state, transact),
    audit: memoryAudit(state),
    seenClients: memoryClients(state),
    standstill: memoryStandstill(state, transact),
    apiKeys: memoryApiKeys(state),
    accessRecords: memoryAccessRecords(state),
    webhooks: memoryWebhooks(state, transact, (told, run) => letIn(told, run).kind === 'queued'),
    ...memoryQuestions(state, transact),
    now: async () => now(),

    insertTask: (task, idempotency, limits) =>
      transact(task.createdAt, (told) => {
        const key = findKey(state, idempotency, now());
        if (key === 'other') return { kind: 'key_reused' };
        if (key !== undefined) return { kind: 'repeated', id: key as Task['id'] };
        const holder = nameHolder(state, task);
        if (holder !== undefined) return { kind: 'name_taken', id: holder };
        const reached = limits && reachedLimit(state, task, limits);
        if (reached !== undefined) return reached;
        keepTask(state, task, false);
        keepKey(state, idempotency, task.id, task.createdAt);
        tell(told, 'task.created', task.id, undefined);
        return { kind: 'inserted' };
      }),

    updateTask: (...change) => replaceTask(false, ...change),
    undeleteTask: (task, entries) => replaceTask(true, task, 'task.undeleted', entries),
    findDeletedTask: async (ref, namespace, at) =>
      [...state.tasks.values()]
        .filter(
          ({ task, deletedAtMs }) =>
            deletedAtMs !== undefined &&
            deletedAtMs >= at.epochMilliseconds - UNDELETE_MS_MAX &&
            (namespace === 'all' || task.namespace === namespace) &&
            (task.id === ref || task.definition.name === ref),
        )
        .toSorted((one, other) => (other.deletedAtMs ?? 0) - (one.deletedAtMs ?? 0))[0]?.task,

    deleteTask: (id, revision, at) =>
      transact(at, (told) => {
        const row = state.tasks.get(id);
        if (row === undefined || row.isDeleted || row.task.revision !== revision) return 'stale';
        row.isDeleted = true;
        row.deletedAtMs = at.epochMilliseconds;
        row.task = { ...row.task, revision: row.task.revision + 1, next: undefined };
        row.dueMs = undefined;
        tell(told, 'task.deleted', id, undefined);
        for (const run of unfinishedRuns(state, id)) {
          if (!hasStarted(run.run.state)) cancelRow(told, run, DELETED_REASON);
        }
        return 'deleted';
      }),

    applyPlans: (planned, at) =>
      transact(at, (told) => planned.filter((one) => applyPlan(told, one, onUnsoundPlan)).length),

    insertRun: (run, at, idempotency) =>
      transact(at, (told) => insertRun(told, run, at, idempotency, now())),

    insertUnlistedRun: (run, at, idempotency) =>
      transact(at, (told) => {
        const isNew = findKey(state, idempotency, now()) === undefined;
        if (isNew) keepTask(state, run.task, true);
        return insertRun(told, run, at, idempotency, now());
      }),

    takeRuns: (take) =>
      transact(take.now, (told) => (state.standstill === undefined ? takeRuns(told, take) : [])),

    renewLeases: async (owner, claims, leaseUntil) => {
      const lost: RunId[] = [];
      const cancelling: RunId[] = [];
      for (const { run, fence } of claims) {
        const row = state.runs.get(run.id);
        if (row === undefined || row.fence !== fence || row.owner !== owner) lost.push(run.id);
        else {
          row.leaseUntilMs = leaseUntil.epochMilliseconds;
          if (row.run.cancelRequestedAt !== undefined) cancelling.push(run.id);
        }
      }
      return { lost, cancelling };
    },

    finishAttempt: (claim, outcome, transition, at, item, spend, kept) =>
      transact(at, (told) => finishAttempt(told, claim, outcome, transition, item, spend, kept)),

    adoptRun: async (claim, owner, leaseUntil) => {
      const row = state.runs.get(claim.run.id);
      if (row === undefined || row.fence !== claim.fence || row.run.state !== 'running')
        return undefined;
      row.fence += 1;
      row.owner = owner;
      row.leaseUntilMs = leaseUntil.epochMilliseconds;
      return { run: row.run, fence: row.fence };
    },

    requestCancel: (id, at, reason) =>
      transact(at, (told) => {
        const row = state.runs.get(id);
        if (row === undefined) return 'not_found';
        return isFinal(row.run.state) ? 'already_ended' : cancelRow(told, row, reason);
      }),

    expireQueuedRuns: (at, limit) =>
      transact(at, (told) => {
        const nowMs = at.epochMilliseconds;
        const expired = [...state.runs.values()].filter(
          (row) =>
            (isWaiting(row) || row.run.state === 'waiting') &&
            row.run.deadlineAt !== undefined &&
            row.run.deadlineAt.epochMilliseconds <= nowMs,
        );
        const account = { outcome: 'failed', stateReason: 'deadline' } as const;
        for (const row of expired.slice(0, limit)) {
          const message =
            row.run.state === 'waiting'
              ? 'Its deadline passed while it waited for an answer.'
              : 'Its deadline passed before it could start.';
          endRun(told, row, 'failed', { ...account, message });
          startFollowers(told, row.run);
        }
        return Math.min(expired.length, limit);
      }),

    prune: async (at, limit) => prune(state, at, limit),

    close: async () => {},
  };
}

/** What the task says now may let its held runs go. */
function lookAgainAtHeld(state: MemoryState, task: Task): void {
  for (const row of unfinishedRuns(state, task.id)) {
    if (row.run.state === 'held') row.readyMs = task.updatedAt.epochMilliseconds;
  }
}

function applyPlan(
  told: Told,
  { task, plan, runIds }: PlannedTask,
  onUnsoundPlan: (task: Task, at: Temporal.Instant) => void,
): boolean {
  const row = told.state.tasks.get(task.id);
  if (row === undefined || row.isDeleted || row.task.revision !== task.revision) return false;
  if ((row.task.plansApplied ?? 0) !== (task.plansApplied ?? 0) || row.dueMs === undefined)
    return false;
  const isCovered = (at: Temporal.Instant): boolean => {
    const isTaken = row.ledger.some(({ from }) => from.epochMilliseconds === at.epochMilliseconds);
    if (isTaken) onUnsoundPlan(task, at);
    return isTaken && told.state.isLedgerUnique;
  };
  for (const { reason, ...stretch } of plan.missed) {
    if (isCovered(stretch.from)) continue;
    row.ledger.push({ taskId: task.id, ...stretch, recordedAt: told.at, kind: 'missed', reason });
    tell(told, 'occurrence.missed', task.id, undefined);
  }
  let made = 0;
  plan.runs.forEach((run, index) => {
    if (!isCovered(run.scheduledFor) && planRun(told, row, run, runIds[index])) made += 1;
  });
  const next = nextAfterRuns(row.task, plan, made);
  const isOver = next === undefined;
  row.task = {
    ...row.task,
    next,
    coveredUntil: plan.coveredUntil,
    runsPlanned: row.task.runsPlanned + made,
    ...(isOver ? { state: 'ended', stateReason: ENDED_REASON, stateAt: told.at } : {}),
    // Whoever read the task before must not write its old plan back.
    plansApplied: (row.task.plansApplied ?? 0) + 1,
    revision: row.task.revision + (isOver ? 1 : 0),
  };
  row.dueMs = dueMsOf(row.task);
  if (isOver) tell(told, 'task.ended', task.id, undefined);
  return true;
}

function planRun(
  told: Told,
  taskRow: TaskRow,
  planned: PlannedTask['plan']['runs'][number],
  id: RunId | undefined,
): boolean {
  if (id === undefined) throw new Error('A planned run has no id.');
  const { task } = taskRow;
  const { policies } = task.definition;
  const { scheduledFor, isCatchUp, readyAt, coversSince, missedCount } = planned;
  const entry = {
    taskId: task.id,
    from: scheduledFor,
    to: scheduledFor,
    count: 1,
    isCountExact: true,
    recordedAt: told.at,
  };
  const rows = unfinishedRuns(told.state, task.id);
  const decision = isCatchUp
    ? decide(rows, 'queue_all', policies.concurrency)
    : decide(rows, policies.overlap, policies.concurrency);
  if (decision === 'skip') {
    taskRow.ledger.push({ ...entry, kind: 'skipped', reason: 'overlap' });
    tell(told, 'occurrence.skipped', task.id, undefined);
    return false;
  }
  taskRow.ledger.push({ ...entry, kind: 'run', runId: id });
  const run: Run = {
    ...blankRun(id, task, told.at, readyAt),
    trigger: 'schedule',
    scheduledFor,
    coversSince,
    missedCount,
    deadlineAt:
      policies.deadlineMs === undefined
        ? undefined
        : scheduledFor.add({ milliseconds: policies.deadlineMs }),
    origin: task.origin,
  };
  queue(told, run, decision, rows);
  return true;
}

/** Queues the run, unless its overlap policy says no. */
function letIn(
  told: Told,
  run: NewRun,
):
  | { readonly kind: 'queued'; readonly row: RunRow }
  | { readonly kind: 'overlaps'; readonly with: RunId } {
  const rows = unfinishedRuns(told.state, run.task.id);
  const decision = decide(rows, run.overlap, run.task.definition.policies.concurrency);
  const [first] = rows;
  if (decision === 'skip' && first !== undefined) return { kind: 'overlaps', with: first.run.id };
  return { kind: 'queued', row: queue(told, newRun(run, told.at), decision, rows) };
}

function newRun(
  { id, task, trigger, readyAt, overrides, origin }: NewRun,
  at: Temporal.Instant,
): Run {
  return { ...blankRun(id, task, at, readyAt), trigger, overrides, origin };
}

function reachedLimit(
  state: MemoryState,
  { lineage, origin, createdAt }: Task,
  { tasksPerRun, tasksAlive }: OffspringLimits,
) {
  const offspring = [...state.tasks.values()].filter(
    ({ task }) => lineage !== undefined && task.lineage?.parentTaskId === lineage.parentTaskId,
  );
  const ofRun = offspring.filter(({ task }) => task.origin.parentRunId === origin.parentRunId);
  if (ofRun.length >= tasksPerRun && lineage !== undefined) {
    return { kind: 'too_many', which: 'of_run', limit: tasksPerRun } as const;
  }
  const alive = offspring.filter(
    ({ task, isDeleted }) =>
      !isDeleted &&
      task.state !== 'ended' &&
      task.lineage !== undefined &&
      Temporal.Instant.compare(task.lineage.endsAt, createdAt) > 0,
  );
  if (alive.length >= tasksAlive && lineage !== undefined) {
    return { kind: 'too_many', which: 'alive', limit: tasksAlive } as const;
  }
  return undefined;
}

function nameHolder(state: MemoryState, task: Task): Task['id'] | undefined {
  for (const row of state.tasks.values()) {
    if (row.isDeleted || row.task.id === task.id || row.task.namespace !== task.namespace) continue;
    const isSameName =
      task.namespace === 'native' && row.task.definition.name === task.definition.name;
    const isSameForeign = task.foreignId !== undefined && row.task.foreignId === task.foreignId;
    if (isSameName || isSameForeign) return row.task.id;
  }
  return undefined;
}

function keepTask(state: MemoryState, task: Task, isDeleted: boolean): void {
  state.tasks.set(task.id, {
    task: { ...task, plansApplied: 0 },
    dueMs: dueMsOf(task),
    isDeleted,
    deletedAtMs: undefined,
    definitions: new Map([[task.version, task.definition]]),
    versionsAt: new Map([[task.version, task.updatedAt]]),
    versionsBy: new Map([[task.version, sayOrigin(task.origin)]]),
    ledger: [],
  });
}

function insertRun(
  told: Told,
  run: NewRun,
  at: Temporal.Instant,
  idempotency: MaybeKey,
  now: Temporal.Instant,
): InsertedRun {
  const key = findKey(told.state, idempotency, now);
  if (key === 'other') return { kind: 'key_reused' };
  if (key !== undefined) return { kind: 'repeated', id: key as RunId };
  const letInto = letIn(told, run);
  if (letInto.kind === 'overlaps') return letInto;
  keepKey(told.state, idempotency, run.id, at);
  return { kind: 'inserted', run: letInto.row.run };
}

type MaybeKey = Parameters<Store['insertTask']>[1];

function findKey(
  state: MemoryState,
  key: MaybeKey,
  now: Temporal.Instant,
): Task['id'] | RunId | 'other' | undefined {
  const row = key && state.keys.get(`${key.principal} ${key.key}`);
  if (row === undefined || now.epochMilliseconds - row.atMs > WEEK_MS) return undefined;
  return row.requestHash === key?.requestHash ? row.id : 'other';
}

function keepKey(
  state: MemoryState,
  key: MaybeKey,
  id: Task['id'] | RunId,
  at: Temporal.Instant,
): void {
  if (key === undefined) return;
  state.keys.set(`${key.principal} ${key.key}`, { ...key, id, atMs: at.epochMilliseconds });
}
