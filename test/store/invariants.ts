import type { DatabaseSync } from 'node:sqlite';

/** Each query finds the rows that break the rule it is named for. */
const RULES: Readonly<Record<string, string>> = {
  'a run of an occurrence has its ledger entry': `
    select id from run where scheduled_for is not null and not exists
      (select 1 from ledger where ledger.run_id = run.id and ledger.from_at = run.scheduled_for)`,
  'a ledger entry of a run has its run': `
    select task_id from ledger where run_id is not null and run_id not in (select id from run)`,
  'an occurrence has one run': `
    select task_id from run where scheduled_for is not null
      group by task_id, scheduled_for having count(*) > 1`,
  'entries of a task do not overlap': `
    select a.task_id from ledger a join ledger b
      on b.task_id = a.task_id and b.from_at > a.from_at and b.from_at <= a.to_at`,
  'every occurrence of a minute task up to where it is covered has its entry': `
    select task.id from task join due on due.task_id = task.id
      where covered_until >= created_at and (covered_until - created_at) / 60000 + 1 !=
        (select coalesce(sum(count), 0) from ledger where ledger.task_id = task.id)`,
  'an active task goes on where it is covered': `
    select task_id from due where due_at is not null and next_for <= covered_until`,
  'a queue row has a run that may start': `
    select run_id from queue left join run on run.id = run_id
      where run.id is null or state not in ('queued', 'retrying', 'held') or behind_at is not null`,
  'a run that may start has a queue row': `
    select id from run where state in ('queued', 'retrying', 'held') and behind_at is null
      and id not in (select run_id from queue)`,
  'a run that waits has another to wait for': `
    select id from run where behind_at is not null and (state != 'queued' or not exists
      (select 1 from run other where other.task_id = run.task_id
        and other.ended_at is null and other.behind_at is null))`,
  'a run in progress has a lease, and no other run has': `
    select id from run where (state = 'running') != (lease_until is not null)
      or (owner is null) != (lease_until is null)`,
  'a run has an end exactly when its state is final': `
    select id from run where (state in ('succeeded', 'failed', 'cancelled')) != (ended_at is not null)`,
  'the attempts of a run are those it counts, and only the last may be unfinished': `
    select id from run where attempt != (select count(*) from run_attempt where run_id = id)
      or (state = 'running') !=
        exists (select 1 from run_attempt where run_id = id and run_attempt.ended_at is null)`,
  'a run was told of': `
    select id from run where id not in
      (select run_id from change where kind = 'run.queued' and run_id is not null)`,
  'a task has its definition and its progress': `
    select id from task where not exists (select 1 from due where task_id = id)
      or not exists (select 1 from task_version
        where task_id = id and task_version.version = task.version)`,
  'a deleted task is never due': `
    select id from task join due on task_id = id
      where deleted_at is not null and due_at is not null`,
};

/** The names of the rules that the data breaks. */
export function brokenRules(database: DatabaseSync): readonly string[] {
  return Object.entries(RULES).flatMap(([rule, sql]) =>
    database.prepare(sql).all().length > 0 ? [rule] : [],
  );
}
