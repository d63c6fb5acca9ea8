import { sql } from 'kysely';
import { FOLLOWERS_MAX } from '../domain/chain.ts';
import type { TaskId } from '../domain/id.ts';
import type { Namespace } from '../domain/principal.ts';
import { UNDELETE_MS_MAX, kindTag, type Task, type TaskDefinition } from '../domain/task.ts';
import type { Page, TaskFilter, TaskReference } from '../ports/store.ts';
import type { StoreContext } from './context.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { instantOrAbsent, msOf } from './instants.ts';
import { pageSize } from './page-size.ts';
import type { Db } from './schema.ts';
import { definitionOf, TASK_COLUMNS, taskOf } from './task-row.ts';

export async function findTask(
  { db }: StoreContext,
  reference: TaskReference,
): Promise<Task | undefined> {
  let query = selectTasks(db);
  switch (reference.by) {
    case 'id':
      query = query.where('task.id', '=', reference.id);
      break;
    case 'name':
      query = query
        .where('task.namespace', '=', reference.namespace)
        .where('task.name', '=', reference.name);
      break;
    case 'foreign_id':
      query = query
        .where('task.namespace', '=', reference.namespace)
        .where('task.foreign_id', '=', reference.foreignId);
      break;
  }
  // Names are unique in the native namespace only; elsewhere the oldest task of the name is meant.
  const row = await query.orderBy('task.id').limit(1).executeTakeFirst();
  return row === undefined ? undefined : taskOf(row);
}

/** An unlisted task counts as deleted since it was made, and is nothing to take back. */
export async function findDeletedTask(
  { db }: StoreContext,
  ref: string,
  namespace: Namespace | 'all',
  now: Temporal.Instant,
): Promise<Task | undefined> {
  let query = joined(db)
    .where('task.deleted_at', '>=', msOf(now) - UNDELETE_MS_MAX)
    .whereRef('task.deleted_at', '>', 'task.created_at')
    .where((eb) => eb.or([eb('task.id', '=', ref), eb('task.name', '=', ref)]));
  if (namespace !== 'all') query = query.where('task.namespace', '=', namespace);
  const row = await query
    .orderBy('task.deleted_at', 'desc')
    .orderBy('task.id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? undefined : taskOf(row);
}

/** Newest first. */
export async function listTasks(
  { db }: StoreContext,
  filter: TaskFilter,
  limit: number,
  cursor: string | undefined,
): Promise<Page<Task>> {
  const { namespace, states, tag, text, kind, madeBy } = filter;
  const size = pageSize(limit);
  let query = selectTasks(db);
  if (namespace !== 'all') query = query.where('task.namespace', '=', namespace);
  if (states !== undefined) query = query.where('task.state', 'in', states);
  for (const wanted of [tag, kind === undefined ? undefined : kindTag(kind)]) {
    if (wanted === undefined) continue;
    query = query.where((eb) =>
      eb.exists(
        eb
          .selectFrom('task_tag')
          .select('task_tag.task_id')
          .where('task_tag.tag', '=', wanted)
          .whereRef('task_tag.task_id', '=', 'task.id'),
      ),
    );
  }
  if (text !== undefined) {
    const pattern = `%${text.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`;
    query = query.where(sql<boolean>`task.search_text like ${pattern} escape '\\'`);
  }
  if (madeBy !== undefined) {
    query = query.where((eb) =>
      eb.or([eb('task.origin_principal', '=', madeBy), eb('task.origin_client', '=', madeBy)]),
    );
  }
  if (cursor !== undefined) {
    const [id] = decodeCursor('tasks', ['string'], cursor);
    query = query.where('task.id', '<', String(id));
  }
  const rows = await query
    .orderBy('task.id', 'desc')
    .limit(size + 1)
    .execute();
  const items = rows.slice(0, size).map(taskOf);
  const last = rows.length > size ? items.at(-1) : undefined;
  return { items, cursor: last === undefined ? undefined : encodeCursor('tasks', [last.id]) };
}

/** Tasks that start after this one, oldest first, and ended ones among them. */
export async function listFollowers(
  { db }: Pick<StoreContext, 'db'>,
  id: TaskId,
): Promise<readonly Task[]> {
  const rows = await selectTasks(db)
    .where('task.after_task_id', '=', id)
    .orderBy('task.id')
    .limit(FOLLOWERS_MAX)
    .execute();
  return rows.map(taskOf);
}

export async function getDefinition(
  { db }: StoreContext,
  id: TaskId,
  version: number,
): Promise<TaskDefinition | undefined> {
  const row = await db
    .selectFrom('task_version')
    .select('definition')
    .where('task_id', '=', id)
    .where('version', '=', version)
    .executeTakeFirst();
  return row === undefined ? undefined : definitionOf(row.definition);
}

export async function listDueTasks(
  { db }: StoreContext,
  now: Temporal.Instant,
  limit: number,
): Promise<readonly Task[]> {
  const rows = await selectTasks(db)
    .where('due.due_at', '<=', msOf(now))
    .orderBy('due.due_at')
    .orderBy('due.task_id')
    .limit(limit)
    .execute();
  return rows.map(taskOf);
}

export async function nextWakeAt({ db }: StoreContext): Promise<{
  readonly dueAt: Temporal.Instant | undefined;
  readonly readyAt: Temporal.Instant | undefined;
}> {
  const row = await db
    .selectNoFrom((eb) => [
      eb
        .selectFrom('due')
        .select('due_at')
        .where('due_at', 'is not', null)
        .orderBy('due_at')
        .limit(1)
        .as('due_at'),
      eb.selectFrom('queue').select('ready_at').orderBy('ready_at').limit(1).as('ready_at'),
    ])
    .executeTakeFirstOrThrow();
  return { dueAt: instantOrAbsent(row.due_at), readyAt: instantOrAbsent(row.ready_at) };
}

/** Building this takes longer than SQLite needs to answer it, so it is built once for each database. */
function selectTasks(db: Db): TaskSelection {
  const built = selections.get(db) ?? buildSelection(db);
  selections.set(db, built);
  return built;
}

type TaskSelection = ReturnType<typeof buildSelection>;
const selections = new WeakMap<Db, TaskSelection>();

function buildSelection(db: Db) {
  return joined(db).where('task.deleted_at', 'is', null);
}

/** Tasks as they are, the deleted ones among them. */
function joined(db: Db) {
  return db
    .selectFrom('task')
    .innerJoin('due', 'due.task_id', 'task.id')
    .innerJoin('task_version', (join) =>
      join
        .onRef('task_version.task_id', '=', 'task.id')
        .onRef('task_version.version', '=', 'task.version'),
    )
    .select(TASK_COLUMNS.map((column) => `task.${column}` as const))
    .select([
      'due.revision',
      'due.next_for',
      'due.next_due_at',
      'due.covered_until',
      'due.runs_planned',
      'due.plans_applied',
      'task_version.definition',
    ]);
}
