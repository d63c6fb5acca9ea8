import { sql } from 'kysely';
import type { TaskId } from '../domain/id.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Namespace } from '../domain/principal.ts';
import type { RunState, Trigger } from '../domain/run.ts';
import type { History, MarksQuery, OutcomeCount, RunMark, TaskVersion } from '../ports/history.ts';
import type { StoreContext } from './context.ts';
import { inList } from './in-list.ts';
import { instantOf, instantOrAbsent, msOf } from './instants.ts';
import { runIdOf } from './run-row.ts';
import type { Db, RunRow } from './schema.ts';
import { definitionOf, taskIdOf } from './task-row.ts';

export function createHistory({ db }: StoreContext): History {
  return {
    listVersions: (...query) => listVersions(db, ...query),
    listLatest: (...query) => listLatest(db, ...query),
    listMarks: (...query) => listMarks(db, ...query),
    countOutcomes: (...query) => countOutcomes(db, ...query),
  };
}

async function listVersions(
  db: Db,
  taskId: TaskId,
  limit: number,
  before: number | undefined,
): Promise<readonly TaskVersion[]> {
  let query = db.selectFrom('task_version').selectAll().where('task_id', '=', taskId);
  if (before !== undefined) query = query.where('version', '<', before);
  const rows = await query.orderBy('version', 'desc').limit(limit).execute();
  return rows.map((row) => ({
    version: row.version,
    createdAt: instantOrAbsent(row.created_at),
    changedBy: row.changed_by ?? undefined,
    definition: definitionOf(row.definition),
  }));
}

const MARK_COLUMNS = [
  'id',
  'task_id',
  'task_name',
  'state',
  'outcome',
  'state_reason',
  'message',
  'trigger',
  'scheduled_for',
  'created_at',
  'started_at',
  'ended_at',
] as const satisfies readonly (keyof RunRow)[];

/** For each task its newest runs by the index, in one query: a window would read all of them. */
async function listLatest(
  db: Db,
  taskIds: readonly TaskId[],
  perTask: number,
): Promise<readonly RunMark[]> {
  if (taskIds.length === 0) return [];
  const rows = await db
    .selectFrom('task')
    .innerJoin('run', 'run.task_id', 'task.id')
    .select(MARK_COLUMNS.map((column) => `run.${column}` as const))
    .where('task.id', 'in', inList(taskIds))
    .where(
      'run.ordinal',
      'in',
      sql<number>`(select latest.ordinal from run as latest where latest.task_id = task.id
        order by latest.created_at desc, latest.ordinal desc limit ${perTask})`,
    )
    .orderBy('run.created_at', 'desc')
    .orderBy('run.ordinal', 'desc')
    .execute();
  return rows.map(markOf);
}

async function listMarks(
  db: Db,
  { namespace, taskId, from, to }: MarksQuery,
  limit: number,
): Promise<readonly RunMark[]> {
  let query = db
    .selectFrom('run')
    .select(MARK_COLUMNS)
    .where('created_at', '>=', msOf(from))
    .where('created_at', '<', msOf(to));
  if (taskId !== undefined) query = query.where('task_id', '=', taskId);
  if (namespace !== 'all') query = query.where('namespace', '=', namespace);
  const rows = await query
    .orderBy('created_at', 'desc')
    .orderBy('ordinal', 'desc')
    .limit(limit)
    .execute();
  return rows.map(markOf);
}

async function countOutcomes(
  db: Db,
  namespace: Namespace | 'all',
  since: Temporal.Instant,
): Promise<readonly OutcomeCount[]> {
  let query = db
    .selectFrom('run')
    .select((eb) => ['outcome', eb.fn.countAll<number>().as('count')])
    .where('ended_at', '>=', msOf(since));
  if (namespace !== 'all') query = query.where('namespace', '=', namespace);
  const rows = await query.groupBy('outcome').orderBy('outcome').execute();
  return rows.map((row) => ({
    outcome: (row.outcome ?? undefined) as Outcome['kind'] | undefined,
    count: row.count,
  }));
}

function markOf(row: Pick<RunRow, (typeof MARK_COLUMNS)[number]>): RunMark {
  return {
    id: runIdOf(row.id),
    taskId: taskIdOf(row.task_id),
    taskName: row.task_name,
    state: row.state as RunState,
    outcome: (row.outcome ?? undefined) as Outcome['kind'] | undefined,
    reason: row.state_reason ?? row.message ?? undefined,
    trigger: row.trigger as Trigger,
    scheduledFor: instantOrAbsent(row.scheduled_for),
    createdAt: instantOf(row.created_at),
    startedAt: instantOrAbsent(row.started_at),
    endedAt: instantOrAbsent(row.ended_at),
  };
}
