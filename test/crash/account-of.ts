import { readFileSync, existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** What became of everything that was due, counted from the data folder and the file of effects. */
export type Account = {
  /** Occurrences that were due. */
  readonly slots: number;
  readonly runs: number;
  readonly lost: number;
  readonly effects: number;
  /** What must not be, in sentences. */
  readonly wrong: readonly string[];
};

/** A line of the effects: the run, its occurrence and the attempt. */
type Effect = { readonly runId: string; readonly scheduledFor: string; readonly attempt: number };

type TaskRow = {
  readonly id: string;
  readonly name: string;
  readonly created_at: number;
  readonly covered_until: number;
};
type LedgerRow = {
  readonly from_at: number;
  readonly to_at: number;
  readonly count: number;
  readonly kind: string;
  readonly run_id: string | null;
};
type RunRow = {
  readonly id: string;
  readonly state: string;
  readonly outcome: string | null;
  readonly scheduled_for: number | null;
  readonly attempt: number;
};

/**
 * Compares the ledger with the occurrences that the clock says there were, and with the effects that
 * the commands had. It reads the tables by itself and knows nothing of the program.
 */
export function accountOf(databaseFile: string, effectsFile: string, intervalMs: number): Account {
  const database = new DatabaseSync(databaseFile);
  try {
    const effects = readEffects(effectsFile);
    const runs = all<RunRow>(
      database,
      'select id, state, outcome, scheduled_for, attempt from run',
    );
    const tasks = all<TaskRow>(
      database,
      `select id, name, created_at, covered_until from task join due on task_id = id
       where exists (select 1 from ledger where ledger.task_id = id)`,
    );
    const ledgers = tasks.map((task) => checkLedger(database, task, intervalMs));
    const integrity = all<{ readonly integrity_check: string }>(database, 'pragma integrity_check');
    return {
      slots: ledgers.reduce((sum, ledger) => sum + ledger.slots, 0),
      runs: runs.length,
      lost: runs.filter((run) => run.outcome === 'lost').length,
      effects: effects.length,
      wrong: [
        ...ledgers.flatMap((ledger) => ledger.wrong),
        ...checkEffects(effects, runs),
        ...integrity
          .filter((row) => row.integrity_check !== 'ok')
          .map((row) => row.integrity_check),
      ],
    };
  } finally {
    database.close();
  }
}

/** Every occurrence from the task's making to the last one that was planned is covered by one entry. */
function checkLedger(
  database: DatabaseSync,
  task: TaskRow,
  intervalMs: number,
): { readonly slots: number; readonly wrong: readonly string[] } {
  const entries = all<LedgerRow>(
    database,
    `select from_at, to_at, count, kind, run_id from ledger where task_id = '${task.id}' order by from_at`,
  );
  const wrong: string[] = [];
  const phase = task.covered_until % intervalMs;
  const firstMs = phase + Math.ceil((task.created_at + 1 - phase) / intervalMs) * intervalMs;
  let expectedMs = firstMs;
  for (const { from_at, to_at, count, kind, run_id } of entries) {
    if (from_at > expectedMs)
      wrong.push(`${task.name}: ${at(expectedMs)} is missing before ${at(from_at)}`);
    if (from_at < expectedMs) wrong.push(`${task.name}: ${at(from_at)} is covered twice`);
    if ((to_at - from_at) / intervalMs + 1 !== count)
      wrong.push(`${task.name}: ${at(from_at)} counts ${count}`);
    if (kind === 'run' && run_id === null) wrong.push(`${task.name}: ${at(from_at)} has no run`);
    expectedMs = to_at + intervalMs;
  }
  if (expectedMs !== task.covered_until + intervalMs) {
    wrong.push(`${task.name}: ${at(expectedMs)} counts as covered and is missing`);
  }
  return { slots: (task.covered_until - firstMs) / intervalMs + 1, wrong };
}

/** No attempt had its effect twice, nothing was repeated that succeeded, nothing succeeded without its effect. */
function checkEffects(effects: readonly Effect[], runs: readonly RunRow[]): string[] {
  const wrong: string[] = [];
  const attempts = new Map<string, number[]>();
  for (const { runId, attempt } of effects) {
    const earlier = attempts.get(runId) ?? [];
    if (earlier.includes(attempt)) wrong.push(`${runId}: attempt ${attempt} had its effect twice`);
    attempts.set(runId, [...earlier, attempt]);
  }
  const known = new Set(runs.map((run) => run.id));
  for (const id of attempts.keys())
    if (!known.has(id)) wrong.push(`${id}: it had an effect and no run`);
  for (const run of runs) {
    const had = attempts.get(run.id) ?? [];
    if (run.state === 'succeeded' && had.length === 0)
      wrong.push(`${run.id}: it succeeded without an effect`);
    if (had.some((attempt) => attempt > run.attempt))
      wrong.push(`${run.id}: an attempt is not in its account`);
    if (!['succeeded', 'failed', 'cancelled'].includes(run.state))
      wrong.push(`${run.id}: it is still ${run.state}`);
  }
  return wrong;
}

/** Runs of tasks that may not repeat a lost attempt, and had more than one effect. */
export function repeated(
  databaseFile: string,
  effectsFile: string,
  taskName: string,
): readonly string[] {
  const database = new DatabaseSync(databaseFile);
  try {
    const ids = new Set(
      all<{ readonly id: string }>(
        database,
        `select id from run where task_name like '${taskName}'`,
      ).map((run) => run.id),
    );
    const seen = new Set<string>();
    const twice: string[] = [];
    for (const { runId, scheduledFor } of readEffects(effectsFile)) {
      if (!ids.has(runId)) continue;
      if (seen.has(runId)) twice.push(`${runId} for ${scheduledFor}`);
      seen.add(runId);
    }
    return twice;
  } finally {
    database.close();
  }
}

function readEffects(file: string): readonly Effect[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return lines.map((line) => {
    const [runId = '', scheduledFor = '', attempt = ''] = line.split(' ');
    return { runId, scheduledFor, attempt: Number(attempt) };
  });
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- a row enters the program here.
function all<Row>(database: DatabaseSync, sql: string): readonly Row[] {
  return database.prepare(sql).all() as readonly unknown[] as readonly Row[];
}

function at(ms: number): string {
  return `${Math.floor(ms / 1_000)}.${String(ms % 1_000).padStart(3, '0')}`;
}
