import { sql } from 'kysely';
import { UNDELETE_MS_MAX } from '../domain/task.ts';
import type { Pruned } from '../ports/store.ts';
import { removeExpiredRecords } from './access-records.ts';
import type { StoreContext } from './context.ts';
import { IDEMPOTENCY_MS } from './idempotency.ts';
import { removeOldItems } from './inbox.ts';
import { inList, inParts } from './in-list.ts';
import { msOf } from './instants.ts';
import { runIdOf } from './run-row.ts';
import type { Db } from './schema.ts';
import { removeOldSpend } from './spend-book.ts';
import { removeOldDeliveries } from './webhooks.ts';
import { write } from './write.ts';

/**
 * Removes what is kept no longer, up to `limit` rows. Each call looks at the next few tasks, in the
 * order of their ids, and begins anew after the last one: no call looks at everything.
 */
export async function prune(
  context: StoreContext,
  now: Temporal.Instant,
  limit: number,
): Promise<Pruned> {
  const nowMs = msOf(now);
  const tasks = await nextTasks(context.db, nowMs);
  let room = Math.min(limit, ROWS_MAX);
  const victims: Victims = { runIds: [], ledger: [] };
  for (const task of tasks.rows) {
    if (room <= 0) break;
    const runIds = await findOldRuns(context.db, task, nowMs, room);
    victims.runIds.push(...runIds);
    room -= runIds.length;
    if (room <= 0) break;
    if (task.has_old_ledger === 1) {
      const entries = await findOldEntries(context.db, task, nowMs, room);
      victims.ledger.push(...entries);
      room -= entries.length;
    }
  }
  const isCut = room <= 0;
  const removed = await write(context, async ({ db }) => {
    await removeRuns(db, victims.runIds);
    await removeEntries(db, victims.ledger);
    if (!isCut) await removeGoneTasks(db, tasks.rows, nowMs);
    // What was cut short is gone on with by the next call, from the same place.
    if (!isCut && tasks.nextPlace !== tasks.place) await setPlace(db, tasks.nextPlace);
    const changes = await removeOldChanges(db, nowMs, room);
    const requests = await removeOldRequests(db, nowMs, room - changes);
    const spends = await removeOldSpend(db, nowMs, room - changes - requests);
    const items = await removeOldItems(db, nowMs, room - changes - requests - spends);
    const most = changes + requests + spends + items;
    const removed = most + (await removeExpiredRecords(db, nowMs, room - most));
    return removed + (await removeOldDeliveries(db, nowMs, room - removed));
  });
  const hasMore = removed >= room || tasks.nextPlace !== FIRST_PLACE;
  return { runIds: victims.runIds.map(runIdOf), hasMore };
}

type Victims = {
  readonly runIds: string[];
  readonly ledger: { readonly task_id: string; readonly from_at: number }[];
};

type PrunedTask = {
  readonly id: string;
  readonly kept_runs_max: number;
  readonly kept_ms_max: number;
  readonly created_at: number;
  readonly deleted_at: number | null;
  readonly run_count: number;
  readonly has_old_run: number;
  readonly has_old_ledger: number;
};

/** The rows that one call removes at most, so that nothing else waits for it long. */
const ROWS_MAX = 250;
/** The tasks that one call looks at. */
const TASKS_MAX = 200;
/** Changes are kept this long, and this many of them even longer. */
const CHANGES_MS_MAX = 7 * 24 * 3_600_000;
const CHANGES_KEPT_MIN = 10_000;
/** Before every id: a round over the tasks begins here. */
const FIRST_PLACE = '';
const PLACE_KEY = 'prune.after_task';

/** The next tasks to look at, and where to go on after them. */
async function nextTasks(db: Db, nowMs: number) {
  const place = await getPlace(db);
  const rows: readonly PrunedTask[] = await db
    .selectFrom('task')
    .select(['id', 'kept_runs_max', 'kept_ms_max', 'created_at', 'deleted_at'])
    .select((eb) => [
      eb
        .selectFrom('run')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .whereRef('run.task_id', '=', 'task.id')
        .$castTo<{ count: number }>()
        .as('run_count'),
      sql<number>`exists (select 1 from run where run.task_id = task.id and run.created_at < ${nowMs} - task.kept_ms_max)`.as(
        'has_old_run',
      ),
      sql<number>`exists (select 1 from ledger where ledger.task_id = task.id and ledger.from_at < ${nowMs} - task.kept_ms_max)`.as(
        'has_old_ledger',
      ),
    ])
    .where('id', '>', place)
    .orderBy('id')
    .limit(TASKS_MAX)
    .execute()
    .then((rows) => rows.map((row) => ({ ...row, run_count: row.run_count ?? 0 })));
  const last = rows.length === TASKS_MAX ? rows.at(-1) : undefined;
  return { rows, place, nextPlace: last?.id ?? FIRST_PLACE };
}

/** Runs of the task that ended too long ago, and those beyond the newest ones that it keeps. */
async function findOldRuns(
  db: Db,
  task: PrunedTask,
  nowMs: number,
  limit: number,
): Promise<readonly string[]> {
  const ended = db
    .selectFrom('run')
    .select('id')
    .where('task_id', '=', task.id)
    .where('ended_at', 'is not', null);
  const ids = new Set<string>();
  if (task.has_old_run === 1) {
    const before = nowMs - task.kept_ms_max;
    const rows = await ended
      .where('created_at', '<', before)
      .where('ended_at', '<', before)
      .orderBy('created_at')
      .orderBy('ordinal')
      .limit(limit)
      .execute();
    for (const { id } of rows) ids.add(id);
  }
  const surplus = task.run_count - task.kept_runs_max;
  if (surplus > 0 && ids.size < limit) {
    const unfinished = await countUnfinishedOf(db, task.id);
    const rows = await ended
      .orderBy('created_at')
      .orderBy('ordinal')
      .limit(Math.max(0, Math.min(limit, surplus - unfinished)))
      .execute();
    for (const { id } of rows) ids.add(id);
  }
  return [...ids].slice(0, limit);
}

async function countUnfinishedOf(db: Db, taskId: string): Promise<number> {
  const row = await db
    .selectFrom('run')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('task_id', '=', taskId)
    .where('ended_at', 'is', null)
    .executeTakeFirstOrThrow();
  return row.count;
}

function findOldEntries(db: Db, task: PrunedTask, nowMs: number, limit: number) {
  const before = nowMs - task.kept_ms_max;
  return db
    .selectFrom('ledger')
    .select(['task_id', 'from_at'])
    .where('task_id', '=', task.id)
    .where('from_at', '<', before)
    .where('to_at', '<', before)
    .orderBy('from_at')
    .limit(limit)
    .execute();
}

async function removeRuns(db: Db, runIds: readonly string[]): Promise<void> {
  for (const part of inParts(runIds)) {
    await db.deleteFrom('run_attempt').where('run_id', 'in', inList(part)).execute();
    await db.deleteFrom('run').where('id', 'in', inList(part)).execute();
  }
}

async function removeEntries(db: Db, entries: Victims['ledger']): Promise<void> {
  const lastOf = new Map<string, number>();
  // Entries were found oldest first, so all up to the last one of a task go.
  for (const { task_id, from_at } of entries) lastOf.set(task_id, from_at);
  for (const [taskId, fromAt] of lastOf) {
    await db
      .deleteFrom('ledger')
      .where('task_id', '=', taskId)
      .where('from_at', '<=', fromAt)
      .execute();
  }
}

/** Removes what is left of deleted tasks that have no runs any more. */
async function removeGoneTasks(db: Db, tasks: readonly PrunedTask[], nowMs: number): Promise<void> {
  const deleted = tasks.filter((task) => isGone(task, nowMs)).map((task) => task.id);
  if (deleted.length === 0) return;
  const rows = await db
    .selectFrom('task')
    .select('id')
    .where('id', 'in', inList(deleted))
    .where((eb) =>
      eb.not(
        eb.exists(eb.selectFrom('run').select('run.id').whereRef('run.task_id', '=', 'task.id')),
      ),
    )
    .execute();
  if (rows.length === 0) return;
  const ids = inList(rows.map((row) => row.id));
  await db.deleteFrom('ledger').where('task_id', 'in', ids).execute();
  await db.deleteFrom('task_tag').where('task_id', 'in', ids).execute();
  await db.deleteFrom('task_note').where('task_id', 'in', ids).execute();
  await db.deleteFrom('task_version').where('task_id', 'in', ids).execute();
  await db.deleteFrom('due').where('task_id', 'in', ids).execute();
  await db.deleteFrom('task').where('id', 'in', ids).execute();
}

/** Deleted, and too long ago to be taken back; what was never in a list is not taken back at all. */
function isGone({ created_at, deleted_at }: PrunedTask, nowMs: number): boolean {
  if (deleted_at === null) return false;
  return deleted_at === created_at || deleted_at < nowMs - UNDELETE_MS_MAX;
}

async function removeOldChanges(db: Db, nowMs: number, limit: number): Promise<number> {
  if (limit <= 0) return 0;
  const newest = await db
    .selectFrom('change')
    .select('id')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  const rows = await db
    .selectFrom('change')
    .select(['id', 'at'])
    .where('id', '<=', (newest?.id ?? 0) - CHANGES_KEPT_MIN)
    .orderBy('id')
    .limit(limit)
    .execute();
  // Up to the first one that is young enough: ids stay without holes before the ones that are kept.
  const firstKept = rows.findIndex((row) => row.at >= nowMs - CHANGES_MS_MAX);
  const old = firstKept === -1 ? rows : rows.slice(0, firstKept);
  const last = old.at(-1);
  if (last !== undefined) await db.deleteFrom('change').where('id', '<=', last.id).execute();
  return old.length;
}

async function removeOldRequests(db: Db, nowMs: number, limit: number): Promise<number> {
  if (limit <= 0) return 0;
  const rows = await db
    .selectFrom('idempotency')
    .select(['principal', 'key'])
    .where('created_at', '<=', nowMs - IDEMPOTENCY_MS)
    .orderBy('created_at')
    .limit(limit)
    .execute();
  for (const { principal, key } of rows) {
    await db
      .deleteFrom('idempotency')
      .where('principal', '=', principal)
      .where('key', '=', key)
      .execute();
  }
  return rows.length;
}

async function getPlace(db: Db): Promise<string> {
  const query = db.selectFrom('store_state').select('value').where('key', '=', PLACE_KEY);
  return (await query.executeTakeFirst())?.value ?? '';
}

async function setPlace(db: Db, value: string): Promise<void> {
  await db
    .insertInto('store_state')
    .values({ key: PLACE_KEY, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute();
}
