/** One step of the data format. A released step never changes; a new one is added at the end. */
export type Migration = {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
};

export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    name: 'first',
    sql: `
      create table task (
        id text primary key,
        namespace text not null,
        foreign_id text,
        name text not null,
        name_key text unique,
        search_text text not null,
        state text not null,
        state_reason text,
        state_at integer not null,
        version integer not null,
        ext text not null,
        runs_at_once_max integer,
        ends_after_success integer not null,
        kept_runs_max integer not null,
        kept_ms_max integer not null,
        origin_principal text not null,
        origin_client text,
        origin_parent_run_id text,
        created_at integer not null,
        updated_at integer not null,
        deleted_at integer
      ) strict, without rowid;
      create unique index task_by_foreign_id on task (namespace, foreign_id)
        where deleted_at is null and foreign_id is not null;
      create index task_by_name on task (namespace, name) where deleted_at is null;
      create index task_by_state on task (state, namespace, deleted_at) where deleted_at is null;

      create table task_version (
        task_id text not null,
        version integer not null,
        definition text not null,
        primary key (task_id, version)
      ) strict, without rowid;

      create table task_tag (
        task_id text not null,
        tag text not null,
        primary key (task_id, tag)
      ) strict, without rowid;
      create index task_tag_by_tag on task_tag (tag, task_id);

      create table due (
        task_id text primary key,
        revision integer not null,
        next_for integer,
        next_due_at integer,
        due_at integer,
        covered_until integer not null,
        runs_planned integer not null,
        plans_applied integer not null
      ) strict, without rowid;
      create index due_by_at on due (due_at, task_id) where due_at is not null;

      create table ledger (
        task_id text not null,
        from_at integer not null,
        to_at integer not null,
        count integer not null,
        is_count_exact integer not null,
        kind text not null,
        reason text,
        run_id text,
        recorded_at integer not null,
        primary key (task_id, from_at)
      ) strict, without rowid;
      create index ledger_gaps on ledger (recorded_at) where kind != 'run';

      create table run (
        ordinal integer primary key autoincrement,
        id text not null unique,
        task_id text not null,
        task_name text not null,
        namespace text not null,
        task_version integer not null,
        trigger text not null,
        scheduled_for integer,
        covers_since integer,
        missed_count integer not null,
        state text not null,
        state_reason text,
        behind_at integer,
        held_until integer,
        priority integer not null,
        created_at integer not null,
        ready_at integer not null,
        deadline_at integer,
        started_at integer,
        ended_at integer,
        attempt integer not null,
        attempts_max integer not null,
        cancel_requested_at integer,
        outcome text,
        message text,
        result text,
        overrides text not null,
        origin_principal text not null,
        origin_client text,
        origin_parent_run_id text,
        fence integer not null,
        owner text,
        lease_until integer
      ) strict;
      create unique index run_by_occurrence on run (task_id, scheduled_for)
        where scheduled_for is not null;
      create index run_by_task on run (task_id, created_at);
      create index run_by_age on run (created_at);
      create index run_by_end on run (ended_at) where ended_at is not null;
      -- ended_at is in it only so that counting needs the index alone; likewise deleted_at above.
      create index run_unfinished on run (task_id, behind_at, ended_at) where ended_at is null;
      create index run_by_lease on run (lease_until) where lease_until is not null;
      create index run_by_deadline on run (deadline_at)
        where deadline_at is not null and ended_at is null;

      create table run_attempt (
        run_id text not null,
        attempt integer not null,
        started_at integer not null,
        ended_at integer,
        outcome text,
        message text,
        result text,
        primary key (run_id, attempt)
      ) strict, without rowid;

      create table queue (
        run_id text primary key,
        task_id text not null,
        priority integer not null,
        ready_at integer not null
      ) strict, without rowid;
      create index queue_by_rank on queue (priority desc, ready_at, run_id);
      create index queue_by_ready on queue (ready_at);

      create table change (
        id integer primary key autoincrement,
        at integer not null,
        kind text not null,
        task_id text,
        run_id text
      ) strict;

      create table idempotency (
        principal text not null,
        key text not null,
        request_hash text not null,
        made_id text not null,
        created_at integer not null,
        primary key (principal, key)
      ) strict, without rowid;
      create index idempotency_by_age on idempotency (created_at);

      create table secret (
        name text primary key,
        sealed blob not null,
        created_at integer not null,
        updated_at integer not null
      ) strict, without rowid;

      create table secret_meta (
        key text primary key,
        value blob not null
      ) strict, without rowid;

      create table store_state (
        key text primary key,
        value text not null
      ) strict, without rowid;
    `,
  },
  {
    version: 2,
    name: 'inbox',
    sql: `
      create table inbox (
        id integer primary key autoincrement,
        kind text not null,
        cause text not null unique,
        namespace text not null,
        task_id text,
        task_name text,
        run_id text,
        title text not null,
        body text not null,
        count integer not null,
        state text not null,
        snoozed_until integer,
        recovered_at integer,
        created_at integer not null,
        updated_at integer not null,
        notice text not null,
        deliveries text not null,
        pending_what text,
        pending_at integer,
        pending_first_at integer,
        pending_tries integer not null
      ) strict;
      create index inbox_by_state on inbox (state, namespace, id);
      create index inbox_by_task on inbox (task_id) where task_id is not null;
      create index inbox_by_pending on inbox (pending_at) where pending_at is not null;
      create index inbox_by_age on inbox (updated_at);
    `,
  },
  {
    version: 3,
    name: 'spend',
    sql: `
      create table spend (
        run_id text not null,
        attempt integer not null,
        task_id text not null,
        task_name text not null,
        namespace text not null,
        engine text not null,
        at integer not null,
        usd_micros integer not null,
        is_unpriced integer not null,
        is_estimated integer not null,
        input_tokens integer not null,
        output_tokens integer not null,
        cached_tokens integer not null,
        primary key (run_id, attempt)
      ) strict, without rowid;
      -- The sums are in the indexes, so that adding them up reads nothing else.
      create index spend_by_task on spend (task_id, at, usd_micros, input_tokens, output_tokens);
      create index spend_by_time on spend (at, usd_micros, input_tokens, output_tokens);

      create table pool_hold (
        pool text primary key,
        until integer not null
      ) strict, without rowid;

      alter table task add column pool text;
    `,
  },
  {
    version: 4,
    name: 'access',
    sql: `
      create table api_key (
        id text primary key,
        name text not null,
        digest text not null,
        scopes text not null,
        created_at integer not null,
        created_by text not null,
        expires_at integer,
        revoked_at integer,
        last_used_at integer
      ) strict, without rowid;
      create unique index api_key_by_name on api_key (name) where revoked_at is null;

      create table access_record (
        kind text not null,
        id text not null,
        sealed blob not null,
        group_id text,
        alias text,
        expires_at integer,
        consumed_at integer,
        primary key (kind, id)
      ) strict, without rowid;
      create index access_record_by_group on access_record (kind, group_id)
        where group_id is not null;
      create index access_record_by_alias on access_record (kind, alias) where alias is not null;
      create index access_record_by_expiry on access_record (expires_at)
        where expires_at is not null;
    `,
  },
  {
    version: 5,
    name: 'chains',
    sql: `
      alter table task add column after_task_id text;
      create index task_by_after on task (after_task_id) where after_task_id is not null;
    `,
  },
  {
    version: 6,
    name: 'lineage',
    sql: `
      alter table task add column lineage_task_id text;
      alter table task add column lineage_depth integer;
      alter table task add column lineage_ends_at integer;
      create index task_by_lineage on task (lineage_task_id) where lineage_task_id is not null;
    `,
  },
  {
    version: 7,
    name: 'secret grants',
    sql: `
      alter table secret add column grants text not null default '{}';
      alter table secret add column last_use text;
    `,
  },
  {
    version: 8,
    name: 'webhooks',
    sql: `
      create table webhook (
        id text primary key,
        namespace text not null,
        foreign_id text,
        ext text not null,
        name text not null,
        name_key text unique,
        description text,
        token text not null unique,
        former_token text,
        former_until integer,
        scheme text not null,
        task_id text not null,
        owns_task integer not null,
        overlap text not null,
        allowed_addresses text not null,
        is_enabled integer not null,
        revision integer not null,
        origin_principal text not null,
        origin_client text,
        origin_parent_run_id text,
        created_at integer not null,
        updated_at integer not null
      ) strict;
      create unique index webhook_by_foreign_id on webhook (namespace, foreign_id)
        where foreign_id is not null;
      create index webhook_by_former_token on webhook (former_token) where former_token is not null;
      create index webhook_by_task on webhook (task_id);

      create table webhook_delivery (
        id integer primary key autoincrement,
        webhook_id text not null,
        at integer not null,
        verdict text not null,
        sender_id text,
        source text,
        cause text not null,
        headers text not null,
        body text not null,
        body_bytes integer not null,
        is_body_cut integer not null,
        run_id text,
        replay_of integer
      ) strict;
      create index webhook_delivery_by_webhook on webhook_delivery (webhook_id, id);
      create index webhook_delivery_by_age on webhook_delivery (at);

      create table webhook_seen (
        webhook_id text not null,
        key text not null,
        at integer not null,
        run_id text,
        primary key (webhook_id, key)
      ) strict, without rowid;
      create index webhook_seen_by_age on webhook_seen (at);
    `,
  },
  {
    version: 9,
    name: 'task notes and savings',
    sql: `
      create table task_note (
        task_id text not null,
        key text not null,
        value text not null,
        at integer not null,
        primary key (task_id, key)
      ) strict, without rowid;

      create table saving (
        run_id text primary key,
        task_id text not null,
        namespace text not null,
        at integer not null,
        usd_micros integer not null,
        tokens integer not null
      ) strict, without rowid;
      create index saving_by_task on saving (task_id, at);
      create index saving_by_time on saving (at);
    `,
  },
  {
    version: 10,
    name: 'history',
    sql: `
      alter table task_version add column created_at integer;
      create index run_failed on run (created_at) where outcome in ('failed', 'timed_out', 'lost');
    `,
  },
  {
    version: 11,
    name: 'questions',
    sql: `
      alter table run add column questions text not null default '[]';
      alter table run add column asked_until integer;
      create index run_by_question on run (asked_until) where asked_until is not null;
    `,
  },
  {
    version: 12,
    name: 'policy',
    sql: `
      create table approval (
        id text primary key,
        verb text not null,
        act text not null,
        principal_id text not null,
        principal text not null,
        content text not null,
        content_hash text not null,
        title text not null,
        state text not null,
        created_at integer not null,
        expires_at integer not null,
        decided_at integer,
        decided_by text,
        outcome text
      ) strict, without rowid;
      create index approval_by_principal on approval (principal_id, state);
      create index approval_by_expiry on approval (expires_at);

      create table audit (
        id integer primary key autoincrement,
        at integer not null,
        principal_kind text not null,
        principal text not null,
        client text,
        parent_run_id text,
        origin text,
        verb text not null,
        subject text,
        verdict text not null,
        detail text not null,
        previous_hash text not null,
        hash text not null
      ) strict;
      create index audit_by_principal on audit (principal, verb, at);
      create trigger audit_is_not_changed before update on audit
        begin select raise(abort, 'the audit trail is only added to'); end;
      create trigger audit_is_not_cut before delete on audit
        begin select raise(abort, 'the audit trail is only added to'); end;

      create index task_by_principal on task (origin_principal)
        where origin_principal <> 'owner' and deleted_at is null;
    `,
  },
  {
    version: 13,
    name: 'rare runs',
    sql: `
      -- Each holds the few runs of a kind that a list asks for among very many others.
      create index run_cancelled on run (created_at)
        where (state = 'cancelled' or outcome = 'cancelled');
      create index run_by_trigger on run (trigger, created_at) where trigger <> 'schedule';
      create index run_by_namespace on run (namespace, created_at) where namespace <> 'native';

      -- Everything that is added up is in it.
      drop index spend_by_time;
      create index spend_by_time on spend (at, usd_micros, input_tokens, output_tokens,
        cached_tokens, engine, namespace, task_id, is_unpriced, is_estimated);
    `,
  },
  {
    version: 14,
    name: 'seen clients',
    sql: `
      create table seen_client (
        name text not null,
        transport text not null,
        version text,
        first_at integer not null,
        last_at integer not null,
        primary key (name, transport)
      ) strict, without rowid;
    `,
  },
  {
    version: 15,
    name: 'authors of versions',
    sql: `
      alter table task_version add column changed_by text;
    `,
  },
  {
    version: 16,
    name: 'undelete',
    sql: `
      create index task_by_deletion on task (deleted_at) where deleted_at is not null;
    `,
  },
];
