import { sql } from 'kysely';
import type { RunId } from '../domain/id.ts';
import type { Namespace } from '../domain/principal.ts';
import type { Run } from '../domain/run.ts';
import { kindTag } from '../domain/task.ts';
import type { Page, RunFilter } from '../ports/store.ts';
import type { StoreContext } from './context.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { inList } from './in-list.ts';
import { msOf } from './instants.ts';
import { pageSize } from './page-size.ts';
import { runOf } from './run-row.ts';
import type { Db } from './schema.ts';

export async function getRun({ db }: StoreContext, id: RunId): Promise<Run | undefined> {
  const row = await db.selectFrom('run').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : runOf(row);
}

export async function listRuns(
  { db }: StoreContext,
  filter: RunFilter,
  limit: number,
  cursor: string | undefined,
): Promise<Page<Run>> {
  const { namespace, taskId, states, trigger, tag, kind, text, outcome, since, until } = filter;
  const size = pageSize(limit);
  let query = db.selectFrom('run').selectAll();
  if (namespace !== 'all') query = query.where('namespace', '=', namespace);
  if (taskId !== undefined) query = query.where('task_id', '=', taskId);
  if (states !== undefined) query = query.where('state', 'in', states);
  if (trigger !== undefined) query = query.where('trigger', '=', trigger);
  for (const wanted of [tag, kind === undefined ? undefined : kindTag(kind)]) {
    if (wanted === undefined) continue;
    query = query.where((eb) =>
      eb.exists(
        eb
          .selectFrom('task_tag')
          .select('task_tag.task_id')
          .where('task_tag.tag', '=', wanted)
          .whereRef('task_tag.task_id', '=', 'run.task_id'),
      ),
    );
  }
  if (text !== undefined) {
    const ids = await findTaskIds(db, text);
    if (ids.length === 0) return { items: [], cursor: undefined };
    query = query.where('task_id', 'in', inList(ids));
  }
  if (outcome !== undefined) query = query.where('outcome', '=', outcome);
  // Said in the words of the index, so that the few that failed are found among many that did not.
  if (outcome === 'failed' || (states?.length === 1 && states[0] === 'failed')) {
    query = query.where(sql<boolean>`outcome in ('failed', 'timed_out', 'lost')`);
  }
  if (since !== undefined) query = query.where('created_at', '>=', msOf(since));
  if (until !== undefined) query = query.where('created_at', '<', msOf(until));
  if (cursor !== undefined) {
    const [createdAt, ordinal] = decodeCursor('runs', ['number', 'number'], cursor).map(Number);
    query = query.where((eb) =>
      eb(eb.refTuple('created_at', 'ordinal'), '<', eb.tuple(createdAt ?? 0, ordinal ?? 0)),
    );
  }
  const rows = await query
    .orderBy('created_at', 'desc')
    .orderBy('ordinal', 'desc')
    .limit(size + 1)
    .execute();
  const last = rows.length > size ? rows[size - 1] : undefined;
  return {
    items: rows.slice(0, size).map(runOf),
    cursor: last === undefined ? undefined : encodeCursor('runs', [last.created_at, last.ordinal]),
  };
}

export async function listEndedRuns(
  { db }: StoreContext,
  namespace: Namespace | 'all',
  since: Temporal.Instant,
  until: Temporal.Instant,
  limit: number,
): Promise<readonly Run[]> {
  let query = db
    .selectFrom('run')
    .selectAll()
    .where('ended_at', '>=', msOf(since))
    .where('ended_at', '<=', msOf(until));
  if (namespace !== 'all') query = query.where('namespace', '=', namespace);
  const rows = await query
    .orderBy('ended_at', 'desc')
    .orderBy('ordinal', 'desc')
    .limit(pageSize(limit))
    .execute();
  return rows.map(runOf);
}

/** More tasks than these are not looked through for a text: who means so many means something else. */
const TASKS_NAMED_MAX = 500;

/** Tasks whose name or description has the text, newest first; deleted ones are among them. */
async function findTaskIds(db: Db, text: string): Promise<readonly string[]> {
  const pattern = `%${text.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`;
  const rows = await db
    .selectFrom('task')
    .select('id')
    .where(sql<boolean>`search_text like ${pattern} escape '\\'`)
    .orderBy('id', 'desc')
    .limit(TASKS_NAMED_MAX)
    .execute();
  return rows.map(({ id }) => id);
}
