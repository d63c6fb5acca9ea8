import type { Action } from '../domain/action.ts';
import type { Budget } from '../domain/budget/budget.ts';
import type { AfterOutcome } from '../domain/chain.ts';
import type { Change } from '../domain/change.ts';
import type { Compare } from '../domain/difference/compare.ts';
import type { Gates } from '../domain/gates/gate.ts';
import type { RunId, TaskId } from '../domain/id.ts';
import type { Approval, ApprovalId } from '../domain/policy/approval.ts';
import type { AuditEntry } from '../domain/policy/audit-entry.ts';
import type { Policy } from '../domain/policy/policy.ts';
import type { Standstill } from '../ports/standstill.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import type { LedgerEntry } from '../domain/ledger.ts';
import type { CatchUp, OverlapPolicy, Retention, RetryPolicy } from '../domain/policies.ts';
import type { Principal, Scope } from '../domain/principal.ts';
import type { Attempt, Run, RunState, Trigger } from '../domain/run.ts';
import type { WhenInput, WhenOptions } from '../domain/schedule/parse-when.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { Receipt } from '../domain/schedule/receipt.ts';
import type { SecretGrants } from '../domain/secrets/secret-grants.ts';
import type { Spread } from '../domain/statistics.ts';
import type { Schedule } from '../domain/schedule/schedule.ts';
import type { Task, TaskDefinition, TaskState } from '../domain/task.ts';
import type { AskPolicy, SuccessPolicy } from '../domain/success/success-policy.ts';
import type { AlertPolicy } from '../domain/alerts/alert-policy.ts';
import type { InboxItem } from '../domain/inbox/inbox-item.ts';
import type { Settlement } from '../domain/inbox/settle-item.ts';
import type { Delivery, Outcome } from '../domain/outcome.ts';
import type { ApiKey } from '../domain/api-key.ts';
import type { Admissions, Connection, ApiKeys, IssuedKey } from '../ports/access.ts';
import type { BackupCopy, BackupRequest, Backups } from '../ports/backups.ts';
import type { Announcer } from '../ports/announcer.ts';
import type { ChannelListing, Channels } from '../ports/channels.ts';
import type { Clock } from '../ports/clock.ts';
import type { Engines } from '../ports/engines.ts';
import type { RunMark, TaskVersion } from '../ports/history.ts';
import type { Ids } from '../ports/ids.ts';
import type { LiveWork, WorkSoFar } from '../ports/live-work.ts';
import type { Log } from '../ports/log.ts';
import type { Outgoing } from '../ports/outgoing.ts';
import type { OutputPage, OutputStore, OutputStream } from '../ports/output.ts';
import type { SecretListing, Secrets } from '../ports/secrets.ts';
import type { SessionAccount } from './admissions.ts';
import type { AlertRules } from './alert-rules.ts';
import type { SecretUses } from './secret-uses.ts';
import type { PoolHold, Saved, SpendTotal } from '../ports/spend.ts';
import type { SeenClientListing } from '../ports/seen-clients.ts';
import type { Counts, Page, Store } from '../ports/store.ts';
import type { AuditCheck, ListAuditQuery } from './audit-trail.ts';
import type { AwaitedApproval } from './await-approval.ts';
import type { ApprovalDecision, ApprovalDetail, ListApprovalsQuery } from './approvals.ts';
import type { Quotas } from './guard-act.ts';
import type { ListInboxQuery } from './inbox.ts';
import type { EngineListing } from './list-engines.ts';
import type { AddressAnswer, TestAddressRequest } from './test-address.ts';
import type { Webhook, WebhookDelivery } from '../domain/webhooks/webhook.ts';
import type {
  HookAnswer,
  ListDeliveriesQuery,
  ListWebhooksQuery,
  RotateRequest,
  TestWebhookRequest,
  WebhookDetail,
  WebhookDraft,
  WebhookEdit,
  WebhookRef,
  WebhookWithSecret,
} from './webhooks/webhook-requests.ts';

/** What the services need from the outside. */
export type ServicePorts = {
  readonly store: Store;
  readonly output: OutputStore;
  readonly secrets: Secrets;
  readonly announcer: Announcer;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly settings: ServiceSettings;
  /** What the daemon tells about itself. */
  readonly daemon: () => DaemonFacts;
  /** Whether a path leads to a directory; without it, missing directories are not warned of. */
  readonly isDirectory?: (path: string) => Promise<boolean>;
  /** The agent command lines; without it, agent actions are not looked at before they run. */
  readonly engines?: Engines;
  /** Single requests that belong to no run; absent where none can be made. */
  readonly outgoing?: Outgoing;
  /** The ways to a person; absent where nothing can be sent. */
  readonly channels?: Channels;
  /** What becomes of acts, by who asks; the usual policy when absent. */
  readonly policy?: Policy;
  /** Whether nothing may be changed. */
  readonly isReadOnly?: boolean;
  readonly quotas?: Quotas;
  /** The keys of programs; absent where nobody is let in by one. */
  readonly apiKeys?: ApiKeys;
  /** Who was let in otherwise than by a key; absent where nobody can be. */
  readonly admissions?: Admissions;
  readonly backups?: Backups;
  /** Links by which a person signs in; absent where nobody can. */
  readonly signInLinks?: { make(): Promise<string> };
  /** What runs in progress have come to; absent where none are carried out. */
  readonly liveWork?: LiveWork;
  /** Pages on which a person gives the value of a secret. */
  readonly secretPages?: { make(name: string): Promise<SecretPage> };
};

export type ServiceSettings = {
  /** IANA zone of schedules whose author named none. */
  readonly zone: string;
  /** The shortest interval between two occurrences, in milliseconds. */
  readonly intervalMsMin: number;
  /** Home directory of the user the daemon runs as; `~` in a path means it. */
  readonly home: string;
  /** What all runs together may use; without it, nothing bounds them. */
  readonly budget?: Budget;
  /** The address by which senders and clients elsewhere know the daemon, without a final slash. */
  readonly publicUrl?: string;
  /** Whether a browser has to be signed in; it has to when absent. */
  readonly wantsSignIn?: boolean;
  /** What tasks tell that do not say it themselves; nothing when absent. */
  readonly alerts?: AlertPolicy;
};

export type DaemonFacts = {
  readonly version: string;
  readonly pid: number;
  readonly startedAt: Temporal.Instant;
  readonly dataFolder: string;
  readonly address: string | undefined;
  readonly profile: 'laptop' | 'shared';
  readonly nodeVersion: string;
  readonly tzdataVersion: string;
  /** Conditions that a person should know of: `disk_full`, `clock_jumped`… empty when all is well. */
  readonly alarms: readonly string[];
};

export type PoliciesDraft = {
  readonly catchUp?: Partial<CatchUp>;
  readonly overlap?: OverlapPolicy;
  readonly retry?: Partial<RetryPolicy>;
  readonly timeoutMs?: number;
  readonly deadlineMs?: number;
  readonly priority?: number;
  readonly concurrency?: number;
  readonly endsAfterSuccess?: boolean;
  /** Replaces the whole budget; one without a bound removes it. */
  readonly budget?: Budget;
  /** Replaces all gates; `off` removes them. */
  readonly gates?: Gates | 'off';
  /** `off` removes it. */
  readonly compare?: Compare | 'off';
  readonly retention?: Partial<Retention>;
  /** Replaces the whole; one that asks for nothing removes it. */
  readonly success?: SuccessPolicy;
  readonly ask?: Partial<AskPolicy>;
  readonly alerts?: AlertPolicy;
};

/** The task whose runs start another, and how they have to end: `succeeded` when absent. */
export type AfterDraft = {
  readonly task?: TaskRef;
  readonly outcomes?: readonly AfterOutcome[];
};

export type TaskDraft = {
  readonly name: string;
  readonly description?: string;
  /** Absent for a task that runs only when asked. */
  readonly when?: WhenInput;
  readonly whenOptions?: WhenOptions;
  /** One that is read already, where there is no `when`. */
  readonly schedule?: Schedule;
  /** IANA zone; the daemon's own when absent. */
  readonly zone?: string;
  /** In an edit, one without a task removes it. */
  readonly after?: AfterDraft;
  readonly action: Action;
  readonly policies?: PoliciesDraft;
  readonly tags?: readonly string[];
  readonly isPaused?: boolean;
  readonly idempotencyKey?: string;
  readonly foreignId?: string;
  readonly ext?: JsonObject;
};

/** Fields that are absent stay as they are. */
export type TaskEdit = Partial<
  Omit<TaskDraft, 'idempotencyKey' | 'foreignId' | 'isPaused' | 'schedule'>
> & {
  /** All of it at once, as an older version said it; the other fields go before it. */
  readonly definition?: TaskDefinition;
  /** Removes the schedule: the task then runs only when asked. */
  readonly removesSchedule?: boolean;
  /** Refused as `conflict` when the task has another revision by now. */
  readonly revision?: number;
};

/** A task with what its schedule means: every answer about a task says zone and next times. */
export type TaskWithReceipt = {
  readonly task: Task;
  readonly receipt: Receipt | undefined;
  /** Whether nothing was changed because the request was a repeat. */
  readonly isRepeat: boolean;
  /** What a person should know before relying on the task; those of the receipt are among them. */
  readonly warnings: readonly string[];
};

export type TaskDetail = TaskWithReceipt & {
  readonly lastRuns: readonly Run[];
};

export type KeyDraft = {
  /** Up to 64 characters. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** For so long it can be used; for good when absent. */
  readonly lifetimeMs?: number;
};

/** A task named by id, by unique name, or by a profile's id. */
export type TaskRef = string;

export type RunDetail = {
  readonly run: Run;
  readonly attempts: readonly Attempt[];
  /** Of the attempt that is in progress here. */
  readonly soFar?: WorkSoFar | undefined;
};

export type PreviewQuery = {
  readonly when: WhenInput;
  readonly whenOptions?: WhenOptions;
  readonly zone?: string;
  readonly count?: number;
  /** Occurrences after then; after now when absent. */
  readonly after?: Temporal.Instant;
};

export type ListTasksQuery = {
  readonly states?: readonly TaskState[];
  readonly tag?: string;
  readonly text?: string;
  /** Of the action. */
  readonly kind?: string;
  /** A principal, or a client. */
  readonly madeBy?: string;
  readonly limit?: number;
  readonly cursor?: string;
};

export type ListRunsQuery = {
  readonly task?: TaskRef;
  readonly states?: readonly RunState[];
  readonly trigger?: Trigger;
  /** Tag, kind of action, and name or description, as the task of the run has them now. */
  readonly tag?: string;
  readonly kind?: string;
  readonly text?: string;
  readonly outcome?: Outcome['kind'];
  readonly since?: Temporal.Instant;
  readonly until?: Temporal.Instant;
  readonly limit?: number;
  readonly cursor?: string;
};

export type RunTaskRequest = {
  readonly task: TaskRef;
  /** Whether to start although another run of the task is unfinished; the task's policy when absent. */
  readonly overlap?: OverlapPolicy;
  /** Working directory of this run, for commands and agents. */
  readonly cwd?: string;
  /** Prompt of this run, for agents and models. */
  readonly prompt?: string;
  /** Data for the templates and the command of the task. */
  readonly payload?: Json;
  /** Whether the run goes only when the gates of the task let it; it passes them when absent. */
  readonly gates?: boolean;
  /** The run of an agent whose session is resumed; absent unless a run is continued. */
  readonly continues?: RunId;
  readonly idempotencyKey?: string;
};

/** Something to be done once, now, by no task in any list. */
export type RunActionRequest = {
  readonly action: Action;
  /** What its run is called; a line of the action when absent. */
  readonly name?: string;
  readonly timeoutMs?: number;
  /** Of this one run. */
  readonly budget?: Budget;
  readonly idempotencyKey?: string;
};

/** What is changed beside what the run was given. */
export type RerunRequest = Omit<RunTaskRequest, 'task' | 'continues'> & {
  /** Whether an agent is to resume the session of that run. */
  readonly continue?: boolean;
};

export type ListVersionsQuery = {
  readonly task: TaskRef;
  readonly limit?: number;
  readonly cursor?: string;
};

/** The same for several tasks: those that are named, or those that a filter means. */
export type BulkChange = {
  readonly verb: 'pause' | 'resume' | 'delete' | 'run';
  readonly tasks?: readonly TaskRef[];
  readonly filter?: Pick<ListTasksQuery, 'states' | 'tag' | 'text' | 'kind' | 'madeBy'>;
  readonly reason?: string;
};

export type BulkResult = {
  readonly task: TaskRef;
  /** Absent when it was done. */
  readonly refusal: Refusal | undefined;
  readonly run: RunId | undefined;
};

export type TimelineQuery = {
  readonly from: Temporal.Instant;
  readonly to: Temporal.Instant;
  readonly task?: TaskRef;
};

export type Upcoming = {
  readonly taskId: TaskId;
  readonly taskName: string;
  readonly at: Temporal.Instant;
};

export type Timeline = {
  readonly from: Temporal.Instant;
  readonly to: Temporal.Instant;
  readonly now: Temporal.Instant;
  /** Made in the stretch, newest first. */
  readonly runs: readonly RunMark[];
  /** After now, earliest first. */
  readonly upcoming: readonly Upcoming[];
  readonly isCut: boolean;
};

export type WeekLoad = {
  readonly zone: string;
  readonly from: Temporal.Instant;
  readonly to: Temporal.Instant;
  /** By weekday, Monday first, and by hour. */
  readonly counts: readonly (readonly number[])[];
  readonly isCut: boolean;
};

type Tally = readonly { readonly key: string; readonly count: number }[];

export type TaskStatistics = {
  readonly task: Task;
  readonly since: Temporal.Instant;
  readonly runs: number;
  /** Whether there are more runs than were looked at; the latest ones were. */
  readonly isCut: boolean;
  readonly states: Tally;
  readonly failures: Tally;
  readonly durationMs: Spread | undefined;
  readonly latenessMs: Spread | undefined;
};

export type OutputRequest = {
  readonly run: RunId;
  /** The latest when absent. */
  readonly attempt?: number;
  readonly offset?: number;
  readonly bytesMax?: number;
  readonly stream?: OutputStream | 'all';
};

/** Why something did or did not happen, in sentences and as data. */
export type Explanation = {
  readonly sentences: readonly string[];
  readonly task: Task | undefined;
  readonly run: Run | undefined;
  readonly entries: readonly LedgerEntry[];
};

/** `at` may be an instant, or a local time in the task's zone such as `07:00` or `2026-12-24T07:00`. */
export type ExplainQuery =
  | { readonly task: TaskRef; readonly at?: string }
  | { readonly run: RunId };

export type Happenings = {
  readonly since: Temporal.Instant;
  readonly until: Temporal.Instant;
  readonly ended: readonly Run[];
  readonly running: readonly Run[];
  readonly gaps: readonly (LedgerEntry & { readonly taskName: string | undefined })[];
  readonly upcoming: readonly Task[];
  /** Unread items of the inbox, newest first. */
  readonly inbox: readonly InboxItem[];
  /** Whether a list was cut at its bound. */
  readonly isCut: boolean;
};

export type UsageQuery = {
  /** The beginning of the month when absent. */
  readonly since?: Temporal.Instant;
  /** Now when absent. */
  readonly until?: Temporal.Instant;
  readonly by: 'task' | 'tag' | 'engine' | 'day';
  readonly task?: TaskRef;
  readonly tag?: string;
  /** IANA zone of days and months; the daemon's own when absent. */
  readonly zone?: string;
  readonly limit?: number;
};

/** What agents and models have used. */
export type UsageReport = {
  readonly since: Temporal.Instant;
  readonly until: Temporal.Instant;
  readonly by: UsageQuery['by'];
  /** Days are keyed by their date. */
  readonly rows: readonly SpendTotal[];
  readonly isCut: boolean;
  readonly total: SpendTotal;
  /** What runs did not use because their gates let them go; without tasks by engine or day. */
  readonly saved: Saved;
  /** The month of `until`, for the same tasks, and what it comes to if it goes on like this. */
  readonly month: {
    readonly since: Temporal.Instant;
    readonly until: Temporal.Instant;
    readonly usd: number;
    readonly projectedUsd: number;
  };
  /** Engines and providers whose usage window is closed. */
  readonly holds: readonly PoolHold[];
  /** Of all runs together; absent when nothing bounds them. */
  readonly budget: Budget | undefined;
};

export type Status = {
  readonly daemon: DaemonFacts;
  readonly counts: Counts;
  readonly next: Task | undefined;
  /** Since when nothing starts; absent when all goes its way. */
  readonly standstill: Standstill | undefined;
  readonly now: Temporal.Instant;
};

/** What a program that watches the daemon is told. */
export type DaemonMetrics = {
  readonly status: Status;
  /** Runs that ended within an hour. */
  readonly ended: readonly { readonly outcome: string; readonly count: number }[];
  /** Of the scheduled runs that were made within five minutes and have started. */
  readonly latenessMs: readonly number[];
  readonly spend: UsageReport;
};

/** What a principal can ask for: the one interface behind every door. */
/** Where a person gives the value of a secret. */
export type SecretPage = { readonly url: string; readonly expiresAt: Temporal.Instant };

export type Services = {
  createTask(draft: TaskDraft): Promise<TaskWithReceipt>;
  updateTask(task: TaskRef, edit: TaskEdit): Promise<TaskWithReceipt>;
  /** `revision` of these three: refused as `conflict` when the task has another by now. */
  deleteTask(task: TaskRef, revision?: number): Promise<Task>;
  undeleteTask(task: TaskRef): Promise<TaskWithReceipt>;
  pauseTask(task: TaskRef, reason?: string, revision?: number): Promise<Task>;
  resumeTask(task: TaskRef, revision?: number): Promise<TaskWithReceipt>;
  runTask(request: RunTaskRequest): Promise<Run>;
  /** Carries an action out once; its run is kept as others are, under a task that no list has. */
  runAction(request: RunActionRequest): Promise<Run>;
  rerun(run: RunId, changes: RerunRequest): Promise<Run>;
  duplicateTask(task: TaskRef, name?: string): Promise<TaskWithReceipt>;
  changeTasks(change: BulkChange): Promise<readonly BulkResult[]>;
  listVersions(query: ListVersionsQuery): Promise<Page<TaskVersion>>;
  getVersion(task: TaskRef, version: number): Promise<TaskVersion>;
  restoreVersion(task: TaskRef, version: number, revision?: number): Promise<TaskWithReceipt>;
  latestRuns(
    tasks: readonly TaskRef[],
  ): Promise<readonly { readonly task: Task; readonly runs: readonly RunMark[] }[]>;
  timeline(query: TimelineQuery): Promise<Timeline>;
  weekLoad(zone?: string): Promise<WeekLoad>;
  taskStatistics(task: TaskRef, since?: Temporal.Instant): Promise<TaskStatistics>;
  listTasks(query: ListTasksQuery): Promise<Page<Task>>;
  getTask(task: TaskRef): Promise<TaskDetail>;
  previewSchedule(query: PreviewQuery): Promise<Receipt>;
  listRuns(query: ListRunsQuery): Promise<Page<Run>>;
  getRun(run: RunId): Promise<RunDetail>;
  /** Answers when the run has ended, or after `timeoutMs` (bound: WAIT_MS_MAX) with the run as it is. */
  waitForRun(run: RunId, timeoutMs: number, signal: AbortSignal): Promise<RunDetail>;
  readOutput(
    request: OutputRequest,
  ): Promise<OutputPage & { readonly run: Run; readonly attempt: number }>;
  cancelRun(run: RunId, reason?: string): Promise<Run>;
  /** Answers the question that a run waits with. */
  answerRun(run: RunId, text: string): Promise<Run>;
  explain(query: ExplainQuery): Promise<Explanation>;
  whatHappened(query: {
    readonly since?: Temporal.Instant;
    readonly limit?: number;
  }): Promise<Happenings>;
  usage(query: UsageQuery): Promise<UsageReport>;
  getStatus(): Promise<Status>;
  getMetrics(): Promise<DaemonMetrics>;
  /** Looks at the agent command lines, or at the one of a task and its MCP servers. */
  listEngines(task?: TaskRef): Promise<EngineListing>;
  listChanges(afterId: number, limit: number): Promise<readonly Change[]>;
  lastChangeId(): Promise<number>;
  /** Whether every change after this one is still kept, and they are not too many to be told. */
  canReplayAfter(changeId: number): Promise<boolean>;
  /** @returns what a person should know about the value. */
  setSecret(name: string, value: string, grants?: SecretGrants): Promise<readonly string[]>;
  /** Of a client's variables those to be kept for the tasks of its profile, as secrets by name. */
  changedProfileSecrets(values: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, string>>;
  /** A link by which a person gives the value of a secret, once. */
  askForSecret(name: string): Promise<SecretPage>;
  grantSecret(name: string, more: SecretGrants): Promise<SecretListing>;
  revokeSecret(name: string, less: SecretGrants): Promise<SecretListing>;
  rotateSecrets(key: 'data' | 'master'): Promise<{ readonly resealed: number }>;
  /** Every task, for carrying them to another daemon. */
  allTasks(): Promise<readonly Task[]>;
  exportSecrets(passphrase: string): Promise<string>;
  /** @returns the names of those that are new or have another value. */
  importSecrets(
    sealed: string,
    passphrase: string,
    grants: ReadonlyMap<string, SecretGrants>,
    isTrial: boolean,
  ): Promise<readonly string[]>;
  /** Secrets of webhooks that another daemon sealed, by the ids they had there. */
  openWebhookSecrets(sealed: string, passphrase: string): Promise<ReadonlyMap<string, string>>;
  removeSecret(name: string): Promise<boolean>;
  listSecrets(): Promise<readonly SecretListing[]>;
  /** Which tasks name which secrets, those among them that are not set. */
  listSecretUses(): Promise<readonly SecretUses[]>;
  /** Makes a key for a program; its text is told this once. */
  addKey(draft: KeyDraft): Promise<IssuedKey>;
  /** The programs that have called over MCP, the one that called last first. */
  listClients(): Promise<readonly SeenClientListing[]>;
  listKeys(): Promise<readonly ApiKey[]>;
  /** By id or name. */
  revokeKey(key: string): Promise<ApiKey>;
  /** The programs that a person has let in by OAuth, newest first. */
  listConnections(): Promise<readonly Connection[]>;
  revokeConnection(id: string): Promise<Connection>;
  readSessions(): Promise<SessionAccount>;
  /** @returns how many sessions ended. */
  signOutEverybody(): Promise<number>;
  makeBackup(request: BackupRequest): Promise<BackupCopy>;
  /** The address of a page that signs in whoever opens it first, within five minutes. */
  makeSignInLink(): Promise<string>;
  listInbox(query: ListInboxQuery): Promise<Page<InboxItem>>;
  settleInboxItem(id: number, settlement: Settlement): Promise<InboxItem>;
  listChannels(): Promise<readonly ChannelListing[]>;
  /** What is told through them: by default, and by the tasks that say it themselves. */
  listAlertRules(): Promise<AlertRules>;
  /** Through one channel, or through each by itself. */
  sendTestNotice(channel: string | undefined, signal: AbortSignal): Promise<readonly Delivery[]>;
  /** Requests an address once, as a task would. Nothing is kept. */
  testAddress(request: TestAddressRequest, signal: AbortSignal): Promise<AddressAnswer>;
  createWebhook(draft: WebhookDraft): Promise<WebhookWithSecret>;
  editWebhook(webhook: WebhookRef, edit: WebhookEdit): Promise<WebhookDetail>;
  removeWebhook(webhook: WebhookRef): Promise<Webhook>;
  rotateWebhook(webhook: WebhookRef, request: RotateRequest): Promise<WebhookWithSecret>;
  getWebhook(webhook: WebhookRef): Promise<WebhookDetail>;
  listWebhooks(query: ListWebhooksQuery): Promise<Page<WebhookDetail>>;
  listDeliveries(query: ListDeliveriesQuery): Promise<Page<WebhookDelivery>>;
  replayDelivery(delivery: number): Promise<HookAnswer>;
  /** Sends the webhook a request as its sender would; it starts a run. */
  testWebhook(request: TestWebhookRequest): Promise<HookAnswer>;
  /** What waits for a person, and what was decided; newest first. */
  listApprovals(query: ListApprovalsQuery): Promise<Page<Approval>>;
  /** With what it would do by now, while it waits. */
  getApproval(id: ApprovalId): Promise<ApprovalDetail>;
  /** Waits until what the principal itself has asked for is decided and done; at most 45 s. */
  awaitApproval(id: ApprovalId, timeoutMs: number, signal: AbortSignal): Promise<AwaitedApproval>;
  /** For people alone. What is approved is done at once, as it was asked for. */
  decideApproval(id: ApprovalId, decision: ApprovalDecision): Promise<Approval>;
  /** Refused to everybody. */
  readSecret(name: string): Promise<never>;
  listAudit(query: ListAuditQuery): Promise<Page<AuditEntry>>;
  checkAudit(): Promise<AuditCheck>;
  /** Cancels everything in progress and holds the rest until `resumeAll`. */
  stopAll(
    reason?: string,
  ): Promise<{ readonly standstill: Standstill; readonly cancelled: number }>;
  /** @returns whether anything was stopped. */
  resumeAll(): Promise<boolean>;
};

/** Makes the services for a caller. */
export type ServicesFor = (principal: Principal) => Services;
