import { sql } from 'kysely';
import type { Namespace } from '../domain/principal.ts';
import type { TaskState } from '../domain/task.ts';
import type { Counts } from '../ports/store.ts';
import type { StoreContext } from './context.ts';

export async function countStates(
  { db }: StoreContext,
  namespace: Namespace | 'all',
): Promise<Counts> {
  let tasks = db
    .selectFrom('task')
    .select((eb) => ['state', eb.fn.countAll<number>().as('count')])
    // Named one by one, so that an index by state serves the count of one namespace as well.
    .where('state', 'in', TASK_STATES)
    .where('deleted_at', 'is', null);
  let runs = db
    .selectFrom('run')
    .select((eb) => ['state', eb.fn.countAll<number>().as('count')])
    .where('ended_at', 'is', null);
  if (namespace !== 'all') {
    tasks = tasks.where('namespace', '=', namespace);
    runs = runs.where('namespace', '=', namespace);
  }
  const taskCounts = byState(await tasks.groupBy('state').execute());
  const runCounts = byState(await runs.groupBy('state').execute());
  return {
    tasks: {
      active: taskCounts('active'),
      paused: taskCounts('paused'),
      ended: taskCounts('ended'),
    },
    runs: {
      queued: runCounts('queued'),
      running: runCounts('running'),
      retrying: runCounts('retrying'),
      held: runCounts('held'),
      waiting: runCounts('waiting'),
    },
  };
}

const TASK_STATES: readonly TaskState[] = ['active', 'paused', 'ended'];

function byState(
  rows: readonly { readonly state: string; readonly count: number }[],
): (state: string) => number {
  const counts = new Map(rows.map((row) => [row.state, row.count]));
  return (state) => counts.get(state) ?? 0;
}

export async function countTasksOf({ db }: StoreContext, principal: string): Promise<number> {
  const row = await db
    .selectFrom('task')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('origin_principal', '=', principal)
    // As the index says it.
    .where('origin_principal', '<>', sql.lit('owner'))
    .where('state', '!=', 'ended')
    .where('deleted_at', 'is', null)
    .executeTakeFirstOrThrow();
  return row.count;
}
