import type { Change, ChangeKind } from '../domain/change.ts';
import type { RunId, TaskId } from '../domain/id.ts';
import type { JsonObject } from '../domain/json.ts';
import type { LedgerEntry } from '../domain/ledger.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Plan } from '../domain/plan.ts';
import type { Namespace, Origin } from '../domain/principal.ts';
import type { Transition } from '../domain/attempt.ts';
import type { Attempt, Claim, Run, RunState, Trigger } from '../domain/run.ts';
import type { Task, TaskDefinition, TaskState } from '../domain/task.ts';
import type { OverlapPolicy } from '../domain/policies.ts';
import type { NewInboxItem } from '../domain/inbox/inbox-item.ts';
import type { AccessRecords, ApiKeyRows } from './access.ts';
import type { History } from './history.ts';
import type { Settled } from '../domain/success/settle-question.ts';
import type { Inbox } from './inbox.ts';
import type { SecretRows } from './secrets.ts';
import type { SpendBook, SpendEntry } from './spend.ts';
import type { Kept } from './task-notes.ts';
import type { SeenClients } from './seen-clients.ts';
import type { Webhooks } from './webhooks.ts';
import type { Approvals } from './approvals.ts';
import type { AuditTrail } from './audit.ts';
import type { StandstillSwitch } from './standstill.ts';

/** A caller's own id for a request; repeating the request with it is harmless. Kept for 7 days. */
export type Idempotency = {
  readonly principal: string;
  readonly key: string;
  /** Hash of the request, to tell a repeat from another request under the same key. */
  readonly requestHash: string;
};

export type Inserted<Id> =
  | { readonly kind: 'inserted' }
  | { readonly kind: 'repeated'; readonly id: Id }
  | { readonly kind: 'key_reused' }
  | { readonly kind: 'name_taken'; readonly id: TaskId }
  /** A run has made as many tasks as it may, or those of its task that have not ended are as many as may be. */
  | { readonly kind: 'too_many'; readonly which: 'of_run' | 'alive'; readonly limit: number };

/** How many tasks runs may make: one of them, and those of one task together. */
export type OffspringLimits = { readonly tasksPerRun: number; readonly tasksAlive: number };

export type TaskReference =
  | { readonly by: 'id'; readonly id: TaskId }
  | { readonly by: 'name'; readonly name: string; readonly namespace: Namespace }
  | { readonly by: 'foreign_id'; readonly foreignId: string; readonly namespace: Namespace };

export type Page<Item> = {
  readonly items: readonly Item[];
  /** Hand it back for the next page; absent on the last one. */
  readonly cursor: string | undefined;
};

export type TaskFilter = {
  readonly namespace: Namespace | 'all';
  readonly states: readonly TaskState[] | undefined;
  readonly tag: string | undefined;
  /** Case-insensitive part of the name or description. */
  readonly text: string | undefined;
  /** Of its action. */
  readonly kind?: string | undefined;
  /** The principal that made it, or the client that it came through. */
  readonly madeBy?: string | undefined;
};

export type RunFilter = {
  readonly namespace: Namespace | 'all';
  readonly taskId: TaskId | undefined;
  readonly states: readonly RunState[] | undefined;
  readonly trigger: Trigger | undefined;
  /** Of its task now. */
  readonly tag?: string | undefined;
  /** Of the action of its task now. */
  readonly kind?: string | undefined;
  /** Case-insensitive part of the name or description of its task. */
  readonly text?: string | undefined;
  readonly outcome?: Outcome['kind'] | undefined;
  /** Created at or after. */
  readonly since: Temporal.Instant | undefined;
  /** Created before. */
  readonly until: Temporal.Instant | undefined;
};

/** A task that is due, and what the planner decided for it. */
export type PlannedTask = {
  readonly task: Task;
  readonly plan: Plan;
  /** Ids for the runs of the plan, in its order. */
  readonly runIds: readonly RunId[];
};

export type NewRun = {
  readonly id: RunId;
  readonly task: Task;
  readonly trigger: Exclude<Trigger, 'schedule'>;
  readonly overlap: OverlapPolicy;
  readonly overrides: JsonObject;
  readonly origin: Origin;
  readonly readyAt: Temporal.Instant;
};

export type InsertedRun =
  | { readonly kind: 'inserted'; readonly run: Run }
  | { readonly kind: 'repeated'; readonly id: RunId }
  | { readonly kind: 'key_reused' }
  /** The overlap policy says no: this run of the task is unfinished. */
  | { readonly kind: 'overlaps'; readonly with: RunId };

export type TakeRuns = {
  readonly owner: string;
  readonly leaseUntil: Temporal.Instant;
  readonly now: Temporal.Instant;
  /** The most runs to take. */
  readonly limit: number;
  /** The most runs in progress for each tag that has a limit. */
  readonly tagLimits: ReadonlyMap<string, number>;
};

export type Counts = {
  readonly tasks: Readonly<Record<TaskState, number>>;
  /** Unfinished runs only: finished ones are a history, not a state. */
  readonly runs: Readonly<Record<'queued' | 'running' | 'retrying' | 'held' | 'waiting', number>>;
};

export type Pruned = {
  /** Runs that were removed; their output can go. */
  readonly runIds: readonly RunId[];
  /** Whether there is more to look at: the bound was reached, or not every task has been looked at yet. */
  readonly hasMore: boolean;
};

/**
 * Memory. Every change is one transaction, announced in it and published afterwards. A store never
 * relies on being the only process that uses its data.
 */
export type Store = {
  /** The clock that plans and leases go by. */
  now(): Promise<Temporal.Instant>;

  /** Stores the task with its next occurrence, unless its name or idempotency key is taken, or a limit reached. */
  insertTask(
    task: Task,
    idempotency: Idempotency | undefined,
    limits?: OffspringLimits,
  ): Promise<Inserted<TaskId>>;
  /** Deleted tasks are not found. */
  findTask(reference: TaskReference): Promise<Task | undefined>;
  listTasks(filter: TaskFilter, limit: number, cursor: string | undefined): Promise<Page<Task>>;
  /** Tasks that start after this one, oldest first, up to FOLLOWERS_MAX. */
  listFollowers(id: TaskId): Promise<readonly Task[]>;
  /** Definition of a version, also of a deleted task whose runs are still kept. */
  getDefinition(id: TaskId, version: number): Promise<TaskDefinition | undefined>;
  /**
   * Replaces the task whose revision is `task.revision - 1`, with the ledger entries that close the
   * stretch before it. A new version number stores the definition as that version.
   */
  updateTask(
    task: Task,
    change: ChangeKind,
    entries: readonly LedgerEntry[],
    /** Whose doing a new version is. */
    by?: Origin,
  ): Promise<'updated' | 'stale' | 'name_taken'>;
  /** Forgets the task and its next occurrence, and cancels its runs that have not started. Its runs are kept. */
  deleteTask(id: TaskId, revision: number, at: Temporal.Instant): Promise<'deleted' | 'stale'>;
  /** The task of this id or name that was deleted last, within UNDELETE_MS_MAX; it was in a list once. */
  findDeletedTask(
    ref: string,
    namespace: Namespace | 'all',
    now: Temporal.Instant,
  ): Promise<Task | undefined>;
  /** As `updateTask`, of a task that is deleted: it is there again. */
  undeleteTask(
    task: Task,
    entries: readonly LedgerEntry[],
  ): Promise<'updated' | 'stale' | 'name_taken'>;

  /** Active tasks whose next occurrence is due, earliest first. */
  listDueTasks(now: Temporal.Instant, limit: number): Promise<readonly Task[]>;
  /** The earliest instant at which an occurrence is due or a queued run is ready, if there is one. */
  nextWakeAt(): Promise<{
    readonly dueAt: Temporal.Instant | undefined;
    readonly readyAt: Temporal.Instant | undefined;
  }>;
  /**
   * In one transaction: queues the planned runs as `domain/overlap` decides, writes their ledger
   * entries and moves the tasks on. Tasks that another planner has moved, or that were changed
   * meanwhile, are left alone.
   *
   * @returns how many tasks moved.
   */
  applyPlans(planned: readonly PlannedTask[], now: Temporal.Instant): Promise<number>;

  /** Queues a run that no occurrence caused. */
  insertRun(
    run: NewRun,
    now: Temporal.Instant,
    idempotency: Idempotency | undefined,
  ): Promise<InsertedRun>;
  /**
   * Queues the one run of a task that nobody finds: it is stored as a deleted one, and pruned after its run.
   * Such a run gets no second attempt and waits for nobody.
   */
  insertUnlistedRun(
    run: NewRun,
    now: Temporal.Instant,
    idempotency: Idempotency | undefined,
  ): Promise<InsertedRun>;
  /** Claims ready runs, highest priority first, then oldest; begins their next attempt. None while everything is at a standstill. */
  takeRuns(take: TakeRuns): Promise<readonly Claim[]>;
  /** Extends the leases that `owner` still holds. @returns the runs it no longer holds, or whose cancelling was asked for. */
  renewLeases(
    owner: string,
    claims: readonly Claim[],
    leaseUntil: Temporal.Instant,
  ): Promise<{ readonly lost: readonly RunId[]; readonly cancelling: readonly RunId[] }>;
  /**
   * Ends the attempt and moves the run to where `transition` says, if the fencing token still holds;
   * a run that ends lets the next one of its task go, and starts the tasks that come after its own
   * (`domain/chain`). `item` goes into the inbox along with it.
   *
   * @returns `false`, with nothing written, when somebody else holds the run now.
   */
  finishAttempt(
    claim: Claim,
    outcome: Outcome,
    transition: Transition,
    at: Temporal.Instant,
    item?: NewInboxItem,
    spend?: SpendEntry,
    kept?: Kept,
  ): Promise<boolean>;
  /** What the task remembers from its last run that ended well, by key. */
  listNotes(id: TaskId): Promise<ReadonlyMap<string, string>>;
  /** Runs in progress whose lease has ended, or that a process other than `owner` held when `owner` is the only one. */
  listAbandonedRuns(
    owner: string,
    isOnlyProcess: boolean,
    now: Temporal.Instant,
    limit: number,
  ): Promise<readonly Claim[]>;
  /** Claims an abandoned run anew without beginning an attempt. @returns `undefined` when another was faster. */
  adoptRun(claim: Claim, owner: string, leaseUntil: Temporal.Instant): Promise<Claim | undefined>;
  /** A run that has not started is cancelled at once; one in progress is asked to end. */
  requestCancel(
    id: RunId,
    at: Temporal.Instant,
    reason: string,
  ): Promise<'cancelled' | 'requested' | 'already_ended' | 'not_found'>;
  /**
   * Takes a reply to the question with this number (from 1) that the run waits with: the run is queued
   * again or ends, and its inbox item is settled.
   *
   * @returns `false`, with nothing written, when the run does not wait with it any more.
   */
  replyToRun(id: RunId, question: number, settled: Settled): Promise<boolean>;
  /** Runs to which nobody has answered in time, the longest waiting first. */
  listUnanswered(now: Temporal.Instant, limit: number): Promise<readonly Run[]>;
  /** Runs whose deadline has passed before they could start; they end as failed. @returns how many. */
  expireQueuedRuns(now: Temporal.Instant, limit: number): Promise<number>;

  getRun(id: RunId): Promise<Run | undefined>;
  /** Newest first. */
  listRuns(filter: RunFilter, limit: number, cursor: string | undefined): Promise<Page<Run>>;
  listAttempts(id: RunId): Promise<readonly Attempt[]>;
  /** Entries that touch the stretch [from, to], oldest first. */
  listLedger(
    taskId: TaskId,
    from: Temporal.Instant,
    to: Temporal.Instant,
    limit: number,
  ): Promise<readonly LedgerEntry[]>;
  /** Missed and skipped stretches of every task that were recorded in [since, until], newest first. */
  listGaps(
    namespace: Namespace | 'all',
    since: Temporal.Instant,
    until: Temporal.Instant,
    limit: number,
  ): Promise<readonly LedgerEntry[]>;
  /** Runs that ended in [since, until], newest first. */
  listEndedRuns(
    namespace: Namespace | 'all',
    since: Temporal.Instant,
    until: Temporal.Instant,
    limit: number,
  ): Promise<readonly Run[]>;
  countStates(namespace: Namespace | 'all'): Promise<Counts>;
  /** Tasks that this principal, who is not the owner, has made and that have not ended. */
  countTasksOf(principal: string): Promise<number>;

  /** Changes after the one with this id, oldest first. */
  listChanges(afterId: number, limit: number): Promise<readonly Change[]>;
  lastChangeId(): Promise<number>;

  /** Removes runs beyond their task's retention, old changes and old idempotency keys, up to `limit` rows. */
  prune(now: Temporal.Instant, limit: number): Promise<Pruned>;

  readonly secretRows: SecretRows;
  readonly history: History;
  readonly approvals: Approvals;
  readonly audit: AuditTrail;
  readonly standstill: StandstillSwitch;
  readonly spend: SpendBook;
  readonly inbox: Inbox;
  readonly apiKeys: ApiKeyRows;
  readonly accessRecords: AccessRecords;
  readonly webhooks: Webhooks;
  readonly seenClients: SeenClients;
  close(): Promise<void>;
};
