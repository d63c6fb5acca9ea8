import { sql } from 'kysely';
import type { Spent } from '../domain/budget/budget.ts';
import type { Run } from '../domain/run.ts';
import { kindTag } from '../domain/task.ts';
import type {
  Saved,
  SpendBook,
  SpendEntry,
  SpendQuery,
  SpendScope,
  SpendTotal,
} from '../ports/spend.ts';
import type { StoreContext } from './context.ts';
import { instantOf, msOf } from './instants.ts';
import type { Db } from './schema.ts';
import type { Unit } from './unit.ts';

const MICROS_PER_USD = 1_000_000;
const QUARTER_MS = 15 * 60_000;

/** Entries are kept this long. */
const SPEND_MS_MAX = 400 * 24 * 3_600_000;

export function createSpendBook({ db }: StoreContext): SpendBook {
  return {
    sum: async (scope, since) => {
      const row = await inScope(db, scope)
        .where('spend.at', '>=', msOf(since))
        .select(SUMS)
        .executeTakeFirst();
      return spentOf(row);
    },
    sumOfRun: async (id) => {
      const rows = db.selectFrom('spend').where('run_id', '=', id).select(SUMS);
      return spentOf(await rows.executeTakeFirst());
    },
    listLatest: async (taskId, limit) => {
      const rows = await db
        .selectFrom('spend')
        .where('task_id', '=', taskId)
        .select(['usd_micros', sql<number>`input_tokens + output_tokens`.as('tokens')])
        .orderBy('at', 'desc')
        .limit(limit)
        .execute();
      return rows.map(spentOf);
    },
    listTotals: (query, limit) => listTotals(db, query, limit),
    sumSaved: (stretch) => sumSaved(db, stretch),
    listHolds: async (now) => {
      const rows = await db
        .selectFrom('pool_hold')
        .selectAll()
        .where('until', '>', msOf(now))
        .orderBy('pool')
        .limit(HOLDS_LISTED_MAX)
        .execute();
      return rows.map((row) => ({ pool: row.pool, until: instantOf(row.until) }));
    },
  };
}

const HOLDS_LISTED_MAX = 1_000;

const SUMS = [
  sql<number>`coalesce(sum(spend.usd_micros), 0)`.as('usd_micros'),
  sql<number>`coalesce(sum(spend.input_tokens + spend.output_tokens), 0)`.as('tokens'),
] as const;

type SumRow = { readonly usd_micros: number; readonly tokens: number };

function spentOf(row: SumRow | undefined): Spent {
  return { usd: (row?.usd_micros ?? 0) / MICROS_PER_USD, tokens: row?.tokens ?? 0 };
}

function inScope(db: Db, scope: SpendScope) {
  const all = db.selectFrom('spend');
  switch (scope.kind) {
    case 'all':
      return all;
    case 'task':
      return all.where('spend.task_id', '=', scope.taskId);
    case 'tag':
      return all.where('spend.task_id', 'in', (eb) =>
        eb.selectFrom('task_tag').select('task_tag.task_id').where('task_tag.tag', '=', scope.tag),
      );
  }
}

async function listTotals(
  db: Db,
  query: SpendQuery,
  limit: number,
): Promise<readonly SpendTotal[]> {
  let spends = inScope(db, query.scope)
    .where('spend.at', '>=', msOf(query.since))
    .where('spend.at', '<', msOf(query.until));
  if (query.namespace !== 'all') spends = spends.where('spend.namespace', '=', query.namespace);
  const keyed = {
    task: sql<string>`spend.task_id`,
    engine: sql<string>`spend.engine`,
    tag: sql<string>`tag.tag`,
    quarter: sql<string>`cast((spend.at / ${sql.lit(QUARTER_MS)}) * ${sql.lit(QUARTER_MS)} as text)`,
  }[query.by];
  const source =
    query.by === 'tag'
      ? spends
          .innerJoin('task_tag as tag', 'tag.task_id', 'spend.task_id')
          // Beside its tags a task is bounded by the kind of its action, which nobody gave it.
          .where('tag.tag', 'not like', kindTag('%'))
      : spends;
  const totals = source
    .select([
      keyed.as('key'),
      ...SUMS,
      sql<number>`sum(spend.input_tokens)`.as('input_tokens'),
      sql<number>`sum(spend.output_tokens)`.as('output_tokens'),
      sql<number>`sum(spend.cached_tokens)`.as('cached_tokens'),
      sql<number>`count(*)`.as('attempts'),
      sql<number>`sum(spend.is_unpriced)`.as('unpriced'),
      sql<number>`max(spend.is_estimated)`.as('is_estimated'),
    ])
    .groupBy(keyed);
  const rows = await (
    query.by === 'quarter'
      ? totals.orderBy(sql`min(spend.at)`)
      : totals.orderBy(sql`sum(spend.usd_micros)`, 'desc').orderBy(keyed)
  )
    .limit(limit)
    .execute();
  const names = query.by === 'task' ? await namesOf(db, rows) : new Map<string, string>();
  return rows.map((row) => ({
    key: row.key,
    name: names.get(row.key),
    usd: row.usd_micros / MICROS_PER_USD,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    cachedTokens: row.cached_tokens,
    attempts: row.attempts,
    unpriced: row.unpriced,
    isEstimated: row.is_estimated === 1,
  }));
}

/** The names that the tasks had when they last spent something, by their ids. */
async function namesOf(
  db: Db,
  tasks: readonly { readonly key: string }[],
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (const { key } of tasks) {
    const row = await db
      .selectFrom('spend')
      .select('task_name')
      .where('task_id', '=', key)
      .orderBy('at', 'desc')
      .limit(1)
      .executeTakeFirst();
    if (row !== undefined) names.set(key, row.task_name);
  }
  return names;
}

async function sumSaved(
  db: Db,
  { scope, namespace, since, until }: Omit<SpendQuery, 'by'>,
): Promise<Saved> {
  let savings = db
    .selectFrom('saving')
    .where('saving.at', '>=', msOf(since))
    .where('saving.at', '<', msOf(until));
  if (namespace !== 'all') savings = savings.where('saving.namespace', '=', namespace);
  if (scope.kind === 'task') savings = savings.where('saving.task_id', '=', scope.taskId);
  if (scope.kind === 'tag') {
    savings = savings.where('saving.task_id', 'in', (eb) =>
      eb.selectFrom('task_tag').select('task_tag.task_id').where('task_tag.tag', '=', scope.tag),
    );
  }
  const row = await savings
    .select([
      sql<number>`coalesce(sum(saving.usd_micros), 0)`.as('usd_micros'),
      sql<number>`coalesce(sum(saving.tokens), 0)`.as('tokens'),
      sql<number>`count(*)`.as('runs'),
    ])
    .executeTakeFirst();
  return { ...spentOf(row), runs: row?.runs ?? 0 };
}

/** Notes what a run did not use, in the transaction that ends it. */
export async function noteSaved(
  unit: Unit,
  { id, taskId, namespace }: Run,
  { usd, tokens }: Spent,
  at: Temporal.Instant,
): Promise<void> {
  await unit.db
    .insertInto('saving')
    .values({
      run_id: id,
      task_id: taskId,
      namespace,
      at: msOf(at),
      usd_micros: Math.round(usd * MICROS_PER_USD),
      tokens,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Notes what an attempt has used, in the transaction that finishes it. */
export async function noteSpend(
  unit: Unit,
  run: Run,
  attempt: number,
  entry: SpendEntry,
  at: Temporal.Instant,
): Promise<void> {
  const { engine, usage, costUsd } = entry;
  await unit.db
    .insertInto('spend')
    .values({
      run_id: run.id,
      attempt,
      task_id: run.taskId,
      task_name: run.taskName,
      namespace: run.namespace,
      engine,
      at: msOf(at),
      usd_micros: Math.round((costUsd ?? 0) * MICROS_PER_USD),
      is_unpriced: costUsd === undefined ? 1 : 0,
      is_estimated: entry.isCostEstimated ? 1 : 0,
      input_tokens: usage.inputTokens,
      output_tokens: usage.outputTokens,
      cached_tokens: usage.cachedTokens,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Holds a pool at least until then. */
export async function holdPool(unit: Unit, pool: string, until: Temporal.Instant): Promise<void> {
  await unit.db
    .insertInto('pool_hold')
    .values({ pool, until: msOf(until) })
    .onConflict((conflict) => conflict.column('pool').doUpdateSet({ until: msOf(until) }))
    .execute();
}

/** Removes entries and holds that are kept no longer. @returns how many. */
export async function removeOldSpend(db: Db, nowMs: number, limit: number): Promise<number> {
  if (limit <= 0) return 0;
  const holds = await db.deleteFrom('pool_hold').where('until', '<=', nowMs).executeTakeFirst();
  await db
    .deleteFrom('saving')
    .where('at', '<', nowMs - SPEND_MS_MAX)
    .execute();
  const old = await db
    .selectFrom('spend')
    .select(['run_id', 'attempt'])
    .where('at', '<', nowMs - SPEND_MS_MAX)
    .orderBy('at')
    .limit(limit)
    .execute();
  for (const { run_id, attempt } of old) {
    await db
      .deleteFrom('spend')
      .where('run_id', '=', run_id)
      .where('attempt', '=', attempt)
      .execute();
  }
  return old.length + Number(holds.numDeletedRows);
}
