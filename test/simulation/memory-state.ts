import { decideOverlap, type OverlapDecision, type Unfinished } from '../../src/domain/overlap.ts';
import type { Spent } from '../../src/domain/budget/budget.ts';
import type { Change, ChangeKind } from '../../src/domain/change.ts';
import type { RunId, TaskId } from '../../src/domain/id.ts';
import type { InboxItem } from '../../src/domain/inbox/inbox-item.ts';
import type { LedgerEntry } from '../../src/domain/ledger.ts';
import type { OverlapPolicy } from '../../src/domain/policies.ts';
import type { Approval, ApprovalId } from '../../src/domain/policy/approval.ts';
import type { AuditEntry } from '../../src/domain/policy/audit-entry.ts';
import type { Namespace } from '../../src/domain/principal.ts';
import { isFinal, type Attempt, type Run, type RunState } from '../../src/domain/run.ts';
import type { Task, TaskDefinition } from '../../src/domain/task.ts';
import type { KeyId } from '../../src/domain/api-key.ts';
import type { AccessRecord, ApiKeyRow } from '../../src/ports/access.ts';
import type { KeptSecret } from './memory-secret-rows.ts';
import type { Idempotency } from '../../src/ports/store.ts';
import type { Standstill } from '../../src/ports/standstill.ts';
import type { SpendEntry } from '../../src/ports/spend.ts';
import type { SeenClientListing } from '../../src/ports/seen-clients.ts';
import type { WebhookRows } from './memory-webhooks.ts';

export type TaskRow = {
  task: Task;
  /** When the next occurrence is due, in milliseconds since the epoch; absent when the task is not to be planned. */
  dueMs: number | undefined;
  isDeleted: boolean;
  /** Absent for a task that is in no list from the beginning. */
  deletedAtMs: number | undefined;
  readonly definitions: Map<number, TaskDefinition>;
  readonly versionsAt: Map<number, Temporal.Instant>;
  readonly versionsBy: Map<number, string | undefined>;
  readonly ledger: LedgerEntry[];
};

export type RunRow = {
  run: Run;
  readyMs: number;
  /** The order of making, which an id's time cannot tell after the clock was set back. */
  readonly order: number;
  fence: number;
  owner: string | undefined;
  leaseUntilMs: number;
  /** Whether it waits until another run of its task has ended. */
  isBehind: boolean;
  readonly attempts: Attempt[];
};

export type KeyRow = Idempotency & { readonly id: TaskId | RunId; readonly atMs: number };

export type SpendRow = SpendEntry & {
  readonly runId: RunId;
  readonly attempt: number;
  readonly taskId: TaskId;
  readonly taskName: string;
  readonly namespace: Namespace;
  readonly atMs: number;
  /** Whole millionths, which add up without an error. */
  readonly usdMicros: number;
};

export type SavingRow = Spent & {
  readonly runId: RunId;
  readonly taskId: TaskId;
  readonly namespace: Namespace;
  readonly atMs: number;
};

export type InboxRows = {
  /** By id, oldest first. */
  readonly items: Map<number, InboxItem>;
  lastId: number;
  /** The change up to which alerts were decided. */
  alertPosition: number | undefined;
};

/** What outlives every process: plain maps, changed only in one go, as a transaction is. */
export type MemoryState = {
  readonly tasks: Map<TaskId, TaskRow>;
  readonly runs: Map<RunId, RunRow>;
  readonly changes: Change[];
  readonly keys: Map<string, KeyRow>;
  readonly meta: Map<string, Uint8Array>;
  readonly secrets: Map<string, KeptSecret>;
  readonly spends: SpendRow[];
  /** What tasks remember, by task and key. */
  readonly notes: Map<TaskId, Map<string, string>>;
  readonly savings: SavingRow[];
  /** Until when pools are held. */
  readonly poolHolds: Map<string, Temporal.Instant>;
  readonly inbox: InboxRows;
  readonly approvals: Map<ApprovalId, Approval>;
  readonly audit: AuditEntry[];
  standstill: Standstill | undefined;
  readonly apiKeys: Map<KeyId, ApiKeyRow>;
  readonly accessRecords: Map<string, AccessRecord>;
  readonly webhooks: WebhookRows;
  /** The one that called last comes last. */
  readonly clients: Map<string, Omit<SeenClientListing, 'tasks'>>;
  /** Whether an occurrence of a task can have only one entry; a seeded bug takes that away. */
  isLedgerUnique: boolean;
};

export function memoryState(): MemoryState {
  return {
    tasks: new Map(),
    runs: new Map(),
    changes: [],
    keys: new Map(),
    meta: new Map(),
    secrets: new Map(),
    spends: [],
    notes: new Map(),
    savings: [],
    poolHolds: new Map(),
    approvals: new Map(),
    audit: [],
    standstill: undefined,
    inbox: { items: new Map(), lastId: 0, alertPosition: undefined },
    apiKeys: new Map(),
    accessRecords: new Map(),
    clients: new Map(),
    webhooks: { hooks: new Map(), deliveries: new Map(), seen: new Map(), lastId: 0 },
    isLedgerUnique: true,
  };
}

/** What a transaction tells once it is done. */
export type Told = {
  readonly state: MemoryState;
  readonly at: Temporal.Instant;
  readonly changes: Change[];
};

/** Does its work in one go, and announces what it told when it is done. */
export type Transact = <Answer>(
  at: Temporal.Instant,
  work: (told: Told) => Answer,
) => Promise<Answer>;

export const DELETED_REASON = 'its task was deleted';

export function tell(
  told: Told,
  kind: ChangeKind,
  taskId: TaskId | undefined,
  runId: RunId | undefined,
): void {
  const id = (told.state.changes.at(-1)?.id ?? 0) + 1;
  const change = { id, at: told.at, kind, taskId, runId };
  told.state.changes.push(change);
  told.changes.push(change);
}

export function dueMsOf(task: Task): number | undefined {
  return task.state === 'active' ? task.next?.dueAt.epochMilliseconds : undefined;
}

export function hasStarted(state: RunState): boolean {
  return state === 'running';
}

/** Whether it has not started, or is to start again. */
export function isWaiting({ run }: RunRow): boolean {
  return run.state === 'queued' || run.state === 'retrying' || run.state === 'held';
}

/** The unfinished runs of a task, oldest first. */
export function unfinishedRuns(state: MemoryState, id: TaskId): readonly RunRow[] {
  const rows: RunRow[] = [];
  for (const row of state.runs.values()) {
    if (row.run.taskId === id && !isFinal(row.run.state)) rows.push(row);
  }
  return rows;
}

export function decide(
  rows: readonly RunRow[],
  policy: OverlapPolicy,
  concurrency: number | undefined,
): OverlapDecision {
  const unfinished: Unfinished = {
    open: rows.filter((row) => !row.isBehind).length,
    waiting: rows.filter((row) => row.isBehind).length,
  };
  return decideOverlap(policy, unfinished, concurrency);
}

/** Ends a run and lets the next one of its task go. */
export function endRun(
  told: Told,
  row: RunRow,
  state: 'succeeded' | 'failed' | 'cancelled',
  changes: Partial<Run>,
): void {
  row.run = { ...row.run, ...changes, state, endedAt: told.at, heldUntil: undefined };
  row.owner = undefined;
  row.isBehind = false;
  settleQuestions(told, row.run.id);
  tell(told, `run.${state}`, row.run.taskId, row.run.id);
  releaseNext(told, row.run.taskId);
}

/** Puts away what a run has asked that waits no more. */
export function settleQuestions(told: Told, id: RunId): void {
  for (const item of told.state.inbox.items.values()) {
    if (item.runId !== id || item.kind !== 'question' || item.state.kind === 'done') continue;
    const done = { state: { kind: 'done' }, pending: undefined, updatedAt: told.at } as const;
    told.state.inbox.items.set(item.id, { ...item, ...done });
    tell(told, 'inbox.changed', item.taskId, id);
  }
}

function releaseNext(told: Told, id: TaskId): void {
  const rows = unfinishedRuns(told.state, id);
  const open = rows.filter((row) => !row.isBehind).length;
  const free = (told.state.tasks.get(id)?.task.definition.policies.concurrency ?? 1) - open;
  const behind = rows.filter((row) => row.isBehind);
  for (const row of behind.slice(0, Math.max(0, free))) {
    row.isBehind = false;
    row.run = { ...row.run, stateReason: undefined };
  }
}

/** Cancels runs that have not started, and asks those in progress to end. */
export function cancelRow(told: Told, row: RunRow, reason: string): 'cancelled' | 'requested' {
  if (!hasStarted(row.run.state)) {
    endRun(told, row, 'cancelled', { stateReason: reason, cancelRequestedAt: told.at });
    return 'cancelled';
  }
  if (row.run.cancelRequestedAt === undefined) {
    row.run = { ...row.run, cancelRequestedAt: told.at, stateReason: reason };
    tell(told, 'run.cancelling', row.run.taskId, row.run.id);
  }
  return 'requested';
}
