import { DatabaseSync } from 'node:sqlite';

/** Runs that one transaction writes, so that the write-ahead log stays small. */
const RUNS_PER_TRANSACTION = 100_000;
const DAY_MS = 24 * 3_600_000;
/** One run in this many is of the first task, which so has far more than the others. */
const BUSY_EVERY = 20;

/**
 * Fills the file with what months leave behind: `runs` runs of all its tasks in the last 30 days, with
 * their attempts, ledger entries and changes, what a tenth of them spent, the deliveries of webhooks,
 * items of the inbox and the audit trail.
 *
 * @param nowMs the instant of the newest run, in milliseconds.
 */
export function loadRuns(file: string, runs: number, nowMs: number): void {
  const db = new DatabaseSync(file, { timeout: 5_000 });
  db.exec(`pragma synchronous = off; pragma cache_size = -200000; pragma temp_store = memory;
    create temp table place as select row_number() over (order by id) - 1 as place, id, name from task;
    create unique index temp.place_by_number on place (place);`);
  const tasks = Number(db.prepare('select count(*) as count from place').get()?.['count']);
  tagTasks(db);
  const everyMs = Math.floor((30 * DAY_MS) / runs);
  for (let from = 0; from < runs; from += RUNS_PER_TRANSACTION) {
    const to = Math.min(runs, from + RUNS_PER_TRANSACTION);
    db.exec('begin immediate');
    writeRuns(db, { from, to, tasks, startMs: nowMs - runs * everyMs, everyMs });
    db.exec('commit');
  }
  writeOthers(db, nowMs);
  db.exec('pragma optimize; pragma wal_checkpoint(truncate)');
  db.close();
}

function tagTasks(db: DatabaseSync): void {
  db.exec(`
    update task set kept_runs_max = 1000000;
    insert into task_tag select id, 'nightly' from place where place % 3 = 1;
    insert into task_tag select id, 'rare' from place where place % 1000 = 7;
    insert into task_tag select id, 'never' from place where place % 4 = 3;
    insert into task_tag
      select id, case when place % 4 = 3 then '@reminder' when place % 10 = 0 then '@agent' else '@command' end
      from place where true on conflict do nothing;
    update task_version set definition = json_set(definition,
      '$.schedule.rule.pattern', printf('%d %d * * *', p.place % 60, p.place % 24))
      from place p where p.id = task_version.task_id;`);
}

type Part = {
  readonly from: number;
  readonly to: number;
  readonly tasks: number;
  readonly startMs: number;
  readonly everyMs: number;
};

/** Runs number `from` + 1 up to `to`. Every fourth task never ran. */
function writeRuns(db: DatabaseSync, { from, to, tasks, startMs, everyMs }: Part): void {
  const at = `${startMs} + n * ${everyMs}`;
  const state = `case when n % 100 = 0 then 'failed' when n % 5000 = 1 then 'cancelled' else 'succeeded' end`;
  const outcome = `case when n % 1000 = 0 then 'timed_out' when n % 100 = 0 then 'failed'
    when n % 5000 = 1 then 'cancelled' else 'succeeded' end`;
  const result = `'{"exitCode":0,"durationMs":1200,"outputBytes":4096,"outputIsCut":false}'`;
  const trigger = `case when n % 50000 = 2 then 'webhook' when n % 1000 = 3 then 'manual' else 'schedule' end`;
  db.exec(`
    create temp table made as
      with recursive counter(n) as (select ${from + 1} union all select n + 1 from counter where n < ${to}),
      placed as (select n, case when n % ${BUSY_EVERY} = 0 then 0
        else n % ${tasks} - (n % ${tasks}) % 4 + (n % 3) end as place from counter)
      select n, printf('run_7%025d', n) as id, place.id as task_id, place.name as task_name,
        ${at} as at, ${state} as state, ${outcome} as outcome, ${trigger} as trigger
      from placed cross join place using (place);
    insert into run (id, task_id, task_name, namespace, task_version, trigger, scheduled_for, missed_count,
        state, priority, created_at, ready_at, started_at, ended_at, attempt, attempts_max, outcome, message,
        result, overrides, origin_principal, fence)
      select id, task_id, task_name, 'native', 1, trigger, case trigger when 'schedule' then at end, 0,
        state, 0, at, at, at + 40, at + 1240, 1, 1, outcome,
        case state when 'failed' then 'exit code ' || n % 7 end, ${result}, '{}', 'owner', 1
      from made;
    insert into run_attempt (run_id, attempt, started_at, ended_at, outcome, result)
      select id, 1, at + 40, at + 1240, outcome, ${result} from made;
    insert into ledger (task_id, from_at, to_at, count, is_count_exact, kind, reason, run_id, recorded_at)
      select task_id, at, at, 1, 1, case when n % 5000 = 4 then 'missed' else 'run' end,
        case when n % 5000 = 4 then 'daemon_down' end, id, at from made where trigger = 'schedule';
    insert into change (at, kind, task_id, run_id) select at, 'run.' || state, task_id, id from made;
    insert into spend (run_id, attempt, task_id, task_name, namespace, engine, at, usd_micros, is_unpriced,
        is_estimated, input_tokens, output_tokens, cached_tokens)
      select id, 1, task_id, task_name, 'native', 'engine ' || n % 4, at, 12000 + n % 9000, 0, 0, 5000, 700, 0
      from made where n % 10 = 1;
    drop table made;`);
}

function writeOthers(db: DatabaseSync, nowMs: number): void {
  const numbers = (count: number): string =>
    `with recursive counter(n) as (select 1 union all select n + 1 from counter where n < ${count})`;
  db.exec(`
    begin immediate;
    insert into inbox (kind, cause, namespace, task_id, task_name, title, body, count, state, created_at,
        updated_at, notice, deliveries, pending_tries)
      ${numbers(20_000)} select 'failure', 'bench ' || n, 'native', p.id, p.name, 'failed', 'exit code 1', 1,
        case when n % 500 = 0 then 'unread' else 'done' end, ${nowMs} - n * 60000, ${nowMs} - n * 60000,
        '{}', '[]', 0
      from counter join place p on p.place = n % 10000;
    insert into audit (at, principal_kind, principal, verb, subject, verdict, detail, previous_hash, hash)
      ${numbers(200_000)} select ${nowMs} - (200000 - n) * 1000, 'owner', 'owner',
        case n % 4 when 0 then 'create_task' else 'run_task' end, 'task ' || n,
        case when n % 50000 = 0 then 'refused' else 'done' end, '{}', '', 'bench' from counter;
    commit;`);
}
