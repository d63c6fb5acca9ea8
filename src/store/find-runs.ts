import type { RunId } from '../domain/id.ts';
import type { Namespace } from '../domain/principal.ts';
import type { Run } from '../domain/run.ts';
import type { Page, RunFilter } from '../ports/store.ts';
import type { StoreContext } from './context.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { msOf } from './instants.ts';
import { newestRuns, type RunPlace } from './newest-runs.ts';
import { pageSize } from './page-size.ts';
import { runOf } from './run-row.ts';

export async function getRun({ db }: StoreContext, id: RunId): Promise<Run | undefined> {
  const row = await db.selectFrom('run').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : runOf(row);
}

/** Newest first. */
export async function listRuns(
  { db }: StoreContext,
  filter: RunFilter,
  limit: number,
  cursor: string | undefined,
): Promise<Page<Run>> {
  const size = pageSize(limit);
  const place = cursor === undefined ? undefined : placeOf(cursor);
  const rows = await newestRuns(db, filter, place, size + 1);
  const last = rows.length > size ? rows[size - 1] : undefined;
  return {
    items: rows.slice(0, size).map(runOf),
    cursor: last === undefined ? undefined : encodeCursor('runs', [last.created_at, last.ordinal]),
  };
}

function placeOf(cursor: string): RunPlace {
  const [createdAt = 0, ordinal = 0] = decodeCursor('runs', ['number', 'number'], cursor).map(
    Number,
  );
  return { createdAt, ordinal };
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
