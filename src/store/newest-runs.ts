import { sql } from 'kysely';
import { isFinal, type RunState } from '../domain/run.ts';
import { kindTag } from '../domain/task.ts';
import type { RunFilter } from '../ports/store.ts';
import { inList } from './in-list.ts';
import { msOf } from './instants.ts';
import type { Db, RunRow } from './schema.ts';

/** Where a page ended. */
export type RunPlace = { readonly createdAt: number; readonly ordinal: number };

/** The newest runs of a filter, newest first. However rare they are, not all the others are read. */
export async function newestRuns(
  db: Db,
  filter: RunFilter,
  place: RunPlace | undefined,
  limit: number,
): Promise<readonly RunRow[]> {
  const parts = partsOf(filter.states ?? []);
  if (parts.length > 1) {
    const found = parts.map((states) => newestRuns(db, { ...filter, states }, place, limit));
    return (await Promise.all(found)).flat().toSorted(newestFirst).slice(0, limit);
  }
  if (!isByTask(filter)) return newest(db, filter, place, limit);
  const isFew = filter.taskId === undefined && !hasIndex(filter) && (await hasFewTasks(db, filter));
  return isFew
    ? newestOfFewTasks(db, filter, place, limit)
    : newest(db, filter, place, limit, sql<boolean>`+run.task_id in ${tasksOf(db, filter)}`);
}

/** The states of one part are found through one index. */
function partsOf(states: readonly RunState[]): readonly (readonly RunState[])[] {
  const unfinished = states.filter((state) => !isFinal(state));
  const final = [...new Set(states.filter(isFinal))].map((state) => [state]);
  return unfinished.length === 0 ? final : [unfinished, ...final];
}

function newestFirst(one: RunRow, other: RunRow): number {
  return other.created_at - one.created_at || other.ordinal - one.ordinal;
}

function isByTask({ tag, kind, text }: RunFilter): boolean {
  return tag !== undefined || kind !== undefined || text !== undefined;
}

/** Whether an index leads to these runs and few others. */
function hasIndex({ states, trigger, outcome }: RunFilter): boolean {
  return (
    (trigger ?? 'schedule') !== 'schedule' ||
    (outcome ?? 'succeeded') !== 'succeeded' ||
    (states ?? ['succeeded']).every((state) => state !== 'succeeded')
  );
}

function newest(
  db: Db,
  filter: RunFilter,
  place: RunPlace | undefined,
  limit: number,
  also = sql<boolean>`true`,
): Promise<readonly RunRow[]> {
  const runs = matching(db, filter, place).selectAll().where(also).limit(limit);
  // A plus keeps SQLite from walking through all runs by their age to find the few that are unfinished.
  return isUnfinished(filter)
    ? runs
        .orderBy(sql`+run.created_at`, 'desc')
        .orderBy('run.ordinal', 'desc')
        .execute()
    : runs.orderBy('run.created_at', 'desc').orderBy('run.ordinal', 'desc').execute();
}

function isUnfinished({ states }: RunFilter): boolean {
  return states !== undefined && states.length > 0 && !states.some(isFinal);
}

/** Everything of the filter that a run says itself. What is said twice is said as an index says it. */
function matching(db: Db, filter: RunFilter, place: RunPlace | undefined) {
  const { namespace, taskId, states, trigger, outcome, since, until } = filter;
  const [state] = states?.length === 1 ? states : [];
  let query = db.selectFrom('run');
  if (namespace !== 'all') query = query.where('run.namespace', '=', namespace);
  if (namespace !== 'all' && namespace !== 'native') query = query.where(NOT_NATIVE);
  if (taskId !== undefined) query = query.where('run.task_id', '=', taskId);
  if (states !== undefined) query = query.where('run.state', 'in', states);
  if (isUnfinished(filter)) query = query.where('run.ended_at', 'is', null);
  if (trigger !== undefined) query = query.where('run.trigger', '=', trigger);
  if (trigger !== undefined && trigger !== 'schedule') query = query.where(NOT_BY_SCHEDULE);
  if (outcome !== undefined) query = query.where('run.outcome', '=', outcome);
  if (state === 'failed' || FAILURES.has(outcome)) query = query.where(FAILED);
  if (state === 'cancelled' || outcome === 'cancelled') query = query.where(CANCELLED);
  if (since !== undefined) query = query.where('run.created_at', '>=', msOf(since));
  if (until !== undefined) query = query.where('run.created_at', '<', msOf(until));
  if (place === undefined) return query;
  return query.where((eb) =>
    eb(eb.refTuple('run.created_at', 'run.ordinal'), '<', eb.tuple(place.createdAt, place.ordinal)),
  );
}

const NOT_NATIVE = sql<boolean>`run.namespace <> 'native'`;
const NOT_BY_SCHEDULE = sql<boolean>`run.trigger <> 'schedule'`;
const FAILED = sql<boolean>`run.outcome in ('failed', 'timed_out', 'lost')`;
const CANCELLED = sql<boolean>`(run.state = 'cancelled' or run.outcome = 'cancelled')`;
const FAILURES: ReadonlySet<RunFilter['outcome']> = new Set(['failed', 'timed_out', 'lost']);

/** More tasks than these are not looked through for a text: who means so many means something else. */
const TASKS_NAMED_MAX = 500;
/** Of so many tasks the latest run of each can be looked up; more of them are met often enough. */
const TASKS_LOOKED_UP_MAX = 20_000;

/** Tasks with the tag, the kind and the text of a filter; deleted ones are among them. */
function tasksOf(db: Db, { namespace, tag, kind, text }: RunFilter) {
  let query = db.selectFrom('task').select('task.id');
  for (const wanted of [tag, kind === undefined ? undefined : kindTag(kind)]) {
    if (wanted === undefined) continue;
    query = query.where('task.id', 'in', (eb) =>
      eb.selectFrom('task_tag').select('task_tag.task_id').where('task_tag.tag', '=', wanted),
    );
  }
  if (namespace !== 'all') query = query.where('task.namespace', '=', namespace);
  if (text === undefined) return query;
  const pattern = `%${text.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`;
  return query
    .where(sql<boolean>`task.search_text like ${pattern} escape '\\'`)
    .orderBy('task.id', 'desc')
    .limit(TASKS_NAMED_MAX);
}

async function hasFewTasks(db: Db, filter: RunFilter): Promise<boolean> {
  if (filter.text !== undefined) return true;
  const found = await db
    .selectFrom(
      tasksOf(db, filter)
        .limit(TASKS_LOOKED_UP_MAX + 1)
        .as('found'),
    )
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return found.count <= TASKS_LOOKED_UP_MAX;
}

/**
 * The newest runs are runs of the tasks whose latest ones are the newest. So of every task one run is
 * looked up, and of these tasks a page.
 */
async function newestOfFewTasks(
  db: Db,
  filter: RunFilter,
  place: RunPlace | undefined,
  limit: number,
): Promise<readonly RunRow[]> {
  const latestOf = (count: number) =>
    matching(db, filter, place)
      .select('run.ordinal')
      .where(sql<boolean>`run.task_id = candidate.id`)
      .orderBy('run.created_at', 'desc')
      .orderBy('run.ordinal', 'desc')
      .limit(count);
  const runsOf = (count: number) =>
    db
      .selectFrom('task as candidate')
      .innerJoin('run as found', (join) =>
        join.on(sql<boolean>`found.ordinal in ${latestOf(count)}`),
      )
      .orderBy('found.created_at', 'desc')
      .orderBy('found.ordinal', 'desc')
      .limit(limit);
  const tasks = await runsOf(1)
    .select('candidate.id')
    .where('candidate.id', 'in', tasksOf(db, filter))
    .execute();
  if (tasks.length === 0) return [];
  return runsOf(limit)
    .selectAll('found')
    .where('candidate.id', 'in', inList(tasks.map(({ id }) => id)))
    .execute();
}
