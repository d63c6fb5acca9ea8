import type { ChangeKind } from '../domain/change.ts';
import type { TaskId } from '../domain/id.ts';
import { type Origin, sayOrigin } from '../domain/principal.ts';
import type { LedgerEntry } from '../domain/ledger.ts';
import { limitedBy, type Task } from '../domain/task.ts';
import type { Idempotency, Inserted, OffspringLimits } from '../ports/store.ts';
import { cancelUnfinished } from './cancel-runs.ts';
import type { StoreContext } from './context.ts';
import { findEarlierRequest, rememberRequest } from './idempotency.ts';
import { insertRows } from './insert-rows.ts';
import { msOf } from './instants.ts';
import { ledgerRowOf } from './ledger-row.ts';
import type { Db } from './schema.ts';
import { definitionText, progressRowOf, taskIdOf, taskRowOf } from './task-row.ts';
import type { Unit } from './unit.ts';
import { write } from './write.ts';

export function insertTask(
  context: StoreContext,
  task: Task,
  idempotency: Idempotency | undefined,
  limits?: OffspringLimits,
): Promise<Inserted<TaskId>> {
  return write(context, async (unit) => {
    const { db, changes } = unit;
    const now = context.clock.now();
    const earlier = await findEarlierRequest(db, idempotency, now);
    if (earlier.kind === 'repeated') return { kind: 'repeated', id: taskIdOf(earlier.madeId) };
    if (earlier.kind === 'key_reused') return earlier;
    const holder = await findNameHolder(db, task);
    if (holder !== undefined) return { kind: 'name_taken', id: holder };
    const reached = limits && (await reachedLimit(db, task, limits));
    if (reached !== undefined) return reached;
    await insertRows(unit, 'task', [taskRowOf(task)]);
    await insertRows(unit, 'due', [progressRowOf(task)]);
    await insertVersion(unit, task, task.origin);
    await insertTags(unit, task);
    await rememberRequest(db, idempotency, task.id, now);
    changes.push({ at: task.createdAt, kind: 'task.created', taskId: task.id });
    return { kind: 'inserted' };
  });
}

/** Stores the task as a deleted one, for a run that is queued in the same transaction. */
export async function insertUnlistedTask(unit: Unit, task: Task): Promise<void> {
  const deletedAt = msOf(task.createdAt);
  await insertRows(unit, 'task', [{ ...taskRowOf(task), name_key: null, deleted_at: deletedAt }]);
  await insertRows(unit, 'due', [progressRowOf(task)]);
  await insertVersion(unit, task, task.origin);
  await insertTags(unit, task);
}

async function reachedLimit(
  db: Db,
  { lineage, origin, createdAt }: Task,
  { tasksPerRun, tasksAlive }: OffspringLimits,
): Promise<Extract<Inserted<TaskId>, { kind: 'too_many' }> | undefined> {
  if (lineage === undefined) return undefined;
  const count = async (query: typeof offspring): Promise<number> =>
    (await query.select(({ fn }) => fn.countAll<number>().as('count')).executeTakeFirst())?.count ??
    0;
  const offspring = db.selectFrom('task').where('lineage_task_id', '=', lineage.parentTaskId);
  const ofRun = offspring.where('origin_parent_run_id', '=', origin.parentRunId ?? null);
  if ((await count(ofRun)) >= tasksPerRun) {
    return { kind: 'too_many', which: 'of_run', limit: tasksPerRun };
  }
  const alive = offspring
    .where('deleted_at', 'is', null)
    .where('state', '!=', 'ended')
    .where('lineage_ends_at', '>', msOf(createdAt));
  if ((await count(alive)) >= tasksAlive) {
    return { kind: 'too_many', which: 'alive', limit: tasksAlive };
  }
  return undefined;
}

export function updateTask(
  context: StoreContext,
  task: Task,
  change: ChangeKind,
  entries: readonly LedgerEntry[],
  by?: Origin,
): Promise<'updated' | 'stale' | 'name_taken'> {
  return replaceTask(context, 'kept', { task, change, entries, by });
}

export function undeleteTask(
  context: StoreContext,
  task: Task,
  entries: readonly LedgerEntry[],
): Promise<'updated' | 'stale' | 'name_taken'> {
  const change = 'task.undeleted';
  return replaceTask(context, 'deleted', { task, change, entries, by: undefined });
}

type Replacement = {
  readonly task: Task;
  readonly change: ChangeKind;
  readonly entries: readonly LedgerEntry[];
  readonly by: Origin | undefined;
};

function replaceTask(
  context: StoreContext,
  which: 'kept' | 'deleted',
  { task, change, entries, by }: Replacement,
): Promise<'updated' | 'stale' | 'name_taken'> {
  return write(context, async (unit) => {
    const { db, changes } = unit;
    const stored = await findStored(db, task.id, task.revision - 1, which);
    if (stored === undefined) return 'stale';
    // The update was made from what the task was before a plan moved it: its next occurrence,
    // coverage and count would be set back.
    const plansRead = task.plansApplied ?? stored.plans_applied;
    if (plansRead !== stored.plans_applied) return 'stale';
    if ((await findNameHolder(db, task)) !== undefined) return 'name_taken';
    await db
      .updateTable('task')
      .set({ ...taskRowOf(task), deleted_at: null })
      .where('id', '=', task.id)
      .execute();
    const { task_id, ...progress } = progressRowOf(task);
    await db
      .updateTable('due')
      .set({ ...progress, plans_applied: stored.plans_applied })
      .where('task_id', '=', task_id)
      .execute();
    if (task.version !== stored.version) {
      await insertVersion(unit, task, by);
      await db.deleteFrom('task_tag').where('task_id', '=', task.id).execute();
      await insertTags(unit, task);
      await lookAgainAtHeld(unit, task);
    }
    await insertRows(unit, 'ledger', entries.map(ledgerRowOf));
    changes.push({ at: task.updatedAt, kind: change, taskId: task.id });
    for (const entry of entries) {
      if (entry.kind === 'run') continue;
      changes.push({ at: entry.recordedAt, kind: `occurrence.${entry.kind}`, taskId: task.id });
    }
    return 'updated';
  });
}

/** What the task says now may let its held runs go; the dispatcher judges them anew. */
async function lookAgainAtHeld({ db }: Unit, task: Task): Promise<void> {
  await db
    .updateTable('queue')
    .set({ ready_at: msOf(task.updatedAt) })
    .where('run_id', 'in', (eb) =>
      eb
        .selectFrom('run')
        .select('run.id')
        .where('run.task_id', '=', task.id)
        .where('run.ended_at', 'is', null)
        .where('run.state', '=', 'held'),
    )
    .execute();
}

export function deleteTask(
  context: StoreContext,
  id: TaskId,
  revision: number,
  at: Temporal.Instant,
): Promise<'deleted' | 'stale'> {
  return write(context, async (unit) => {
    const { db } = unit;
    if ((await findStored(db, id, revision, 'kept')) === undefined) return 'stale';
    const deleted = { deleted_at: msOf(at), name_key: null };
    await db.updateTable('task').set(deleted).where('id', '=', id).execute();
    await db
      .updateTable('due')
      .set({ revision: revision + 1, due_at: null, next_for: null, next_due_at: null })
      .where('task_id', '=', id)
      .execute();
    unit.changes.push({ at, kind: 'task.deleted', taskId: id });
    await cancelUnfinished(unit, id, at, 'its task was deleted', 'not_started');
    return 'deleted';
  });
}

/** What is stored of a task that has this revision. */
function findStored(db: Db, id: TaskId, revision: number, which: 'kept' | 'deleted') {
  return db
    .selectFrom('task')
    .innerJoin('due', 'due.task_id', 'task.id')
    .select(['task.version', 'due.plans_applied'])
    .where('task.id', '=', id)
    .where('due.revision', '=', revision)
    .where('task.deleted_at', which === 'kept' ? 'is' : 'is not', null)
    .executeTakeFirst();
}

/** The other task that has this task's name or foreign id in its namespace, if there is one. */
async function findNameHolder(db: Db, task: Task): Promise<TaskId | undefined> {
  const { name_key, foreign_id } = taskRowOf(task);
  const others = db.selectFrom('task').select('id').where('id', '!=', task.id);
  const byName =
    name_key === null
      ? undefined
      : await others.where('name_key', '=', name_key).executeTakeFirst();
  if (byName !== undefined) return taskIdOf(byName.id);
  if (foreign_id === null) return undefined;
  const byForeignId = await others
    .where('namespace', '=', task.namespace)
    .where('foreign_id', '=', foreign_id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  return byForeignId === undefined ? undefined : taskIdOf(byForeignId.id);
}

/** Writes the definition of a new version. */
async function insertVersion(unit: Unit, task: Task, by: Origin | undefined): Promise<void> {
  const row = {
    task_id: task.id,
    version: task.version,
    definition: definitionText(task.definition),
    created_at: msOf(task.updatedAt),
    changed_by: by === undefined ? null : sayOrigin(by),
  };
  await insertRows(unit, 'task_version', [row]);
}

async function insertTags(unit: Unit, { id, definition }: Task): Promise<void> {
  const tags = limitedBy(definition);
  await insertRows(
    unit,
    'task_tag',
    tags.map((tag) => ({ tag, task_id: id })),
  );
}
