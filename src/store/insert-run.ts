import type { InsertedRun, Idempotency, NewRun } from '../ports/store.ts';
import { admitRun, insertAdmitted } from './admit-run.ts';
import type { Admission } from './admit-run.ts';
import { insertUnlistedTask } from './change-tasks.ts';
import type { StoreContext } from './context.ts';
import { findEarlierRequest, rememberRequest } from './idempotency.ts';
import { runIdOf, runOf } from './run-row.ts';
import type { Unit } from './unit.ts';
import { countUnfinished } from './unfinished-runs.ts';
import { write } from './write.ts';

export function insertRun(
  context: StoreContext,
  run: NewRun,
  now: Temporal.Instant,
  idempotency: Idempotency | undefined,
): Promise<InsertedRun> {
  return write(context, (unit) => insertIn(unit, run, now, idempotency, async () => undefined));
}

export function insertUnlistedRun(
  context: StoreContext,
  run: NewRun,
  now: Temporal.Instant,
  idempotency: Idempotency | undefined,
): Promise<InsertedRun> {
  return write(context, (unit) =>
    insertIn(unit, run, now, idempotency, () => insertUnlistedTask(unit, run.task)),
  );
}

async function insertIn(
  unit: Unit,
  run: NewRun,
  now: Temporal.Instant,
  idempotency: Idempotency | undefined,
  prepare: () => Promise<void>,
): Promise<InsertedRun> {
  const earlier = await findEarlierRequest(unit.db, idempotency, now);
  if (earlier.kind === 'repeated') return { kind: 'repeated', id: runIdOf(earlier.madeId) };
  if (earlier.kind === 'key_reused') return earlier;
  await prepare();
  if (!(await queueRun(unit, run, now))) {
    return { kind: 'overlaps', with: await findUnfinished(unit, run) };
  }
  await rememberRequest(unit.db, idempotency, run.id, now);
  const row = await unit.db
    .selectFrom('run')
    .selectAll()
    .where('id', '=', run.id)
    .executeTakeFirstOrThrow();
  return { kind: 'inserted', run: runOf(row) };
}

/** Queues the run, unless its overlap policy says no. */
export async function queueRun(unit: Unit, run: NewRun, now: Temporal.Instant): Promise<boolean> {
  const unfinished = await countUnfinished(unit.db, [run.task.id]);
  const admission: Admission = { now, unfinished, rows: [] };
  const isAdmitted = await admitRun(unit, admission, {
    ...run,
    scheduledFor: undefined,
    coversSince: undefined,
    missedCount: 0,
  });
  if (isAdmitted) await insertAdmitted(unit, admission);
  return isAdmitted;
}

/** The run that is in the way: the oldest unfinished one. */
async function findUnfinished(unit: Unit, { task }: NewRun) {
  const row = await unit.db
    .selectFrom('run')
    .select('id')
    .where('task_id', '=', task.id)
    .where('ended_at', 'is', null)
    .orderBy('ordinal')
    .limit(1)
    .executeTakeFirstOrThrow();
  return runIdOf(row.id);
}
