import type { Generated, Insertable, Kysely, Selectable } from 'kysely';

/**
 * The tables, in types that every database has: ids and JSON are text, instants are milliseconds
 * since the epoch, yes and no are 1 and 0, absent is null.
 */
export type Tables = {
  task: TaskTable;
  task_version: TaskVersionTable;
  task_tag: TaskTagTable;
  due: DueTable;
  ledger: LedgerTable;
  run: RunTable;
  run_attempt: RunAttemptTable;
  queue: QueueTable;
  change: ChangeTable;
  idempotency: IdempotencyTable;
  spend: SpendTable;
  saving: SavingTable;
  pool_hold: PoolHoldTable;
  task_note: TaskNoteTable;
  secret: SecretTable;
  secret_meta: SecretMetaTable;
  store_state: StoreStateTable;
  inbox: InboxTable;
  approval: ApprovalTable;
  audit: AuditTable;
  seen_client: SeenClientTable;
  api_key: ApiKeyTable;
  access_record: AccessRecordTable;
  webhook: WebhookTable;
  webhook_delivery: WebhookDeliveryTable;
  webhook_seen: WebhookSeenTable;
};

/** A connection, or a transaction on it. */
export type Db = Kysely<Tables>;

type SeenClientTable = {
  name: string;
  transport: 'pipe' | 'http';
  version: string | null;
  first_at: number;
  last_at: number;
};

type TaskTable = {
  id: string;
  namespace: string;
  foreign_id: string | null;
  name: string;
  /** The name, where it must be unique: in the native namespace, while the task is not deleted. */
  name_key: string | null;
  /** Name and description in lower case, for searching. */
  search_text: string;
  state: string;
  state_reason: string | null;
  state_at: number;
  version: number;
  ext: string;
  /** The most runs at once, as the current definition says; null for any number. */
  runs_at_once_max: number | null;
  /** Whether one success ends the task, as the current definition says. */
  ends_after_success: 0 | 1;
  kept_runs_max: number;
  kept_ms_max: number;
  /** What the current definition draws tokens from; null for what uses none. */
  pool: string | null;
  /** The task after whose runs it starts, as the current definition says. */
  after_task_id: string | null;
  origin_principal: string;
  origin_client: string | null;
  origin_parent_run_id: string | null;
  /** The task whose run made it; this and the two after it are null when no run did. */
  lineage_task_id: string | null;
  lineage_depth: number | null;
  lineage_ends_at: number | null;
  created_at: number;
  updated_at: number;
  /** A deleted task stays until the last of its runs is pruned. */
  deleted_at: number | null;
};

type TaskVersionTable = {
  task_id: string;
  version: number;
  definition: string;
  /** Null for versions from before it was noted. */
  created_at: number | null;
  changed_by: string | null;
};

type TaskTagTable = {
  tag: string;
  task_id: string;
};

/**
 * What planning moves, and what it is compared by. It is narrow, because it is written for every
 * occurrence.
 */
type DueTable = {
  task_id: string;
  revision: number;
  next_for: number | null;
  next_due_at: number | null;
  /** `next_due_at` while the task is active; null takes the task out of the planner's sight. */
  due_at: number | null;
  covered_until: number;
  runs_planned: number;
  plans_applied: number;
};

type LedgerTable = {
  task_id: string;
  from_at: number;
  to_at: number;
  count: number;
  is_count_exact: number;
  kind: string;
  reason: string | null;
  run_id: string | null;
  recorded_at: number;
};

type RunTable = {
  /** The order in which runs were written down. */
  ordinal: Generated<number>;
  id: string;
  task_id: string;
  task_name: string;
  namespace: string;
  task_version: number;
  trigger: string;
  scheduled_for: number | null;
  covers_since: number | null;
  missed_count: number;
  state: string;
  state_reason: string | null;
  /** Since when it is queued behind another run of its task; such a run has no row in `queue`. */
  behind_at: number | null;
  held_until: number | null;
  priority: number;
  created_at: number;
  ready_at: number;
  deadline_at: number | null;
  started_at: number | null;
  /** Set exactly when the state is final. */
  ended_at: number | null;
  attempt: number;
  attempts_max: number;
  cancel_requested_at: number | null;
  outcome: string | null;
  message: string | null;
  result: string | null;
  /** What it has asked a person, as JSON, oldest first. */
  questions: string;
  /** Set exactly while the run waits for a person. */
  asked_until: number | null;
  overrides: string;
  origin_principal: string;
  origin_client: string | null;
  origin_parent_run_id: string | null;
  fence: number;
  owner: string | null;
  /** Set exactly while the run is in progress. */
  lease_until: number | null;
};

type RunAttemptTable = {
  run_id: string;
  attempt: number;
  started_at: number;
  ended_at: number | null;
  outcome: string | null;
  message: string | null;
  result: string | null;
};

/** The runs that may start as soon as they are ready and a worker is free. */
type QueueTable = {
  run_id: string;
  task_id: string;
  priority: number;
  ready_at: number;
};

type ChangeTable = {
  id: Generated<number>;
  at: number;
  kind: string;
  task_id: string | null;
  run_id: string | null;
};

type IdempotencyTable = {
  principal: string;
  key: string;
  request_hash: string;
  /** Id of the task or run that the request made. */
  made_id: string;
  created_at: number;
};

/** What attempts have used, in millionths of a dollar. It outlives the runs. */
type SpendTable = {
  run_id: string;
  attempt: number;
  task_id: string;
  task_name: string;
  namespace: string;
  engine: string;
  at: number;
  usd_micros: number;
  /** 1 when nobody knows the price. */
  is_unpriced: number;
  is_estimated: number;
  input_tokens: number;
  output_tokens: number;
  cached_tokens: number;
};

/** What runs did not use because they had nothing to do, in millionths of a dollar. */
type SavingTable = {
  run_id: string;
  task_id: string;
  namespace: string;
  at: number;
  usd_micros: number;
  tokens: number;
};

/** What a task remembers from one run to the next. */
type TaskNoteTable = {
  task_id: string;
  key: string;
  value: string;
  at: number;
};

type PoolHoldTable = {
  pool: string;
  until: number;
};

type SecretTable = {
  name: string;
  sealed: Uint8Array;
  created_at: number;
  updated_at: number;
  /** JSON: what may use it. */
  grants: string;
  /** JSON: the run that was handed it last. */
  last_use: string | null;
};

type SecretMetaTable = {
  key: string;
  value: Uint8Array;
};

/** What the store itself remembers between calls. */
type StoreStateTable = {
  key: string;
  value: string;
};

type InboxTable = {
  id: Generated<number>;
  kind: string;
  cause: string;
  namespace: string;
  task_id: string | null;
  task_name: string | null;
  run_id: string | null;
  title: string;
  body: string;
  count: number;
  state: string;
  snoozed_until: number | null;
  recovered_at: number | null;
  created_at: number;
  updated_at: number;
  /** Channels, level and sound, as JSON. */
  notice: string;
  deliveries: string;
  pending_what: string | null;
  /** When it is to be told through the channels; null when nothing is waiting. */
  pending_at: number | null;
  pending_first_at: number | null;
  pending_tries: number;
};

type ApiKeyTable = {
  id: string;
  name: string;
  /** SHA-256 of the text of the key, in hexadecimal. */
  digest: string;
  scopes: string;
  created_at: number;
  created_by: string;
  expires_at: number | null;
  revoked_at: number | null;
  last_used_at: number | null;
};

type AccessRecordTable = {
  kind: string;
  id: string;
  sealed: Uint8Array;
  group_id: string | null;
  alias: string | null;
  expires_at: number | null;
  consumed_at: number | null;
};

export type ApiKeyTableRow = Selectable<ApiKeyTable>;
export type AccessRecordRow = Selectable<AccessRecordTable>;
type WebhookTable = {
  id: string;
  namespace: string;
  foreign_id: string | null;
  ext: string;
  name: string;
  /** The name, where it must be unique: in the native namespace. */
  name_key: string | null;
  description: string | null;
  token: string;
  former_token: string | null;
  former_until: number | null;
  scheme: string;
  task_id: string;
  owns_task: number;
  overlap: string;
  allowed_addresses: string;
  is_enabled: number;
  revision: number;
  origin_principal: string;
  origin_client: string | null;
  origin_parent_run_id: string | null;
  created_at: number;
  updated_at: number;
};

type WebhookDeliveryTable = {
  id: Generated<number>;
  webhook_id: string;
  at: number;
  verdict: string;
  sender_id: string | null;
  source: string | null;
  cause: string;
  headers: string;
  body: string;
  body_bytes: number;
  is_body_cut: number;
  run_id: string | null;
  replay_of: number | null;
};

/** What was delivered already, for as long as a repeat is recognised. */
type WebhookSeenTable = {
  webhook_id: string;
  key: string;
  at: number;
  run_id: string | null;
};

type ApprovalTable = {
  id: string;
  verb: string;
  act: string;
  principal_id: string;
  /** JSON, as is what follows. */
  principal: string;
  content: string;
  content_hash: string;
  title: string;
  state: string;
  created_at: number;
  expires_at: number;
  decided_at: number | null;
  decided_by: string | null;
  outcome: string | null;
};

/** Rows are added and never changed; triggers see to it. */
type AuditTable = {
  id: Generated<number>;
  at: number;
  principal_kind: string;
  principal: string;
  client: string | null;
  parent_run_id: string | null;
  origin: string | null;
  verb: string;
  subject: string | null;
  verdict: string;
  detail: string;
  previous_hash: string;
  hash: string;
};

export type ApprovalRow = Selectable<ApprovalTable>;
export type AuditRow = Selectable<AuditTable>;
export type TaskRow = Selectable<TaskTable>;
export type DueRow = Selectable<DueTable>;
export type LedgerRow = Selectable<LedgerTable>;
export type RunRow = Selectable<RunTable>;
export type NewRunRow = Insertable<RunTable>;
export type RunAttemptRow = Selectable<RunAttemptTable>;
export type ChangeRow = Selectable<ChangeTable>;
export type InboxRow = Selectable<InboxTable>;
export type NewInboxRow = Insertable<InboxTable>;
export type WebhookRow = Selectable<WebhookTable>;
export type WebhookDeliveryRow = Selectable<WebhookDeliveryTable>;
