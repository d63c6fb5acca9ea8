import type { LedgerEntry, LedgerOutcome } from '../domain/ledger.ts';
import { nextAfterRuns } from '../domain/plan.ts';
import type { Task } from '../domain/task.ts';
import type { PlannedTask } from '../ports/store.ts';
import { admitRun, insertAdmitted } from './admit-run.ts';
import type { Admission } from './admit-run.ts';
import type { StoreContext } from './context.ts';
import { inList, inParts } from './in-list.ts';
import { insertRows } from './insert-rows.ts';
import { msOf, msOrNull } from './instants.ts';
import { ledgerRowOf } from './ledger-row.ts';
import type { Db, LedgerRow, DueRow } from './schema.ts';
import type { Unit } from './unit.ts';
import { countUnfinished } from './unfinished-runs.ts';
import { write } from './write.ts';

export async function applyPlans(
  context: StoreContext,
  planned: readonly PlannedTask[],
  now: Temporal.Instant,
): Promise<number> {
  if (planned.length === 0) return 0;
  return write(context, async (unit) => {
    const moving = await findUnmoved(unit.db, planned);
    const withRuns = moving.filter(({ plan }) => plan.runs.length > 0);
    const batch: Batch = {
      now,
      unfinished: await countUnfinished(
        unit.db,
        withRuns.map(({ task }) => task.id),
      ),
      rows: [],
      ledger: [],
      progress: [],
    };
    for (const one of moving) await addPlan(unit, batch, one);
    await insertLedger(context, unit, batch);
    await insertAdmitted(unit, batch);
    await insertRows(unit, 'due', batch.progress, 'moving', (insert) =>
      insert.onConflict((conflict) =>
        conflict.column('task_id').doUpdateSet((eb) => ({
          revision: eb.ref('excluded.revision'),
          next_for: eb.ref('excluded.next_for'),
          next_due_at: eb.ref('excluded.next_due_at'),
          due_at: eb.ref('excluded.due_at'),
          covered_until: eb.ref('excluded.covered_until'),
          runs_planned: eb.ref('excluded.runs_planned'),
          plans_applied: eb.ref('excluded.plans_applied'),
        })),
      ),
    );
    return moving.length;
  });
}

type Batch = Admission & {
  readonly ledger: LedgerRow[];
  readonly progress: DueRow[];
};

/** The plans whose task still is as the planner saw it. */
async function findUnmoved(
  db: Db,
  planned: readonly PlannedTask[],
): Promise<readonly PlannedTask[]> {
  const stored = new Map<string, string>();
  for (const part of inParts(planned)) {
    const rows = await db
      .selectFrom('due')
      .select(['task_id', 'revision', 'due_at', 'plans_applied'])
      .where('task_id', 'in', inList(part.map(({ task }) => task.id)))
      .where('due_at', 'is not', null)
      .execute();
    for (const row of rows) {
      stored.set(row.task_id, positionOf(row.revision, row.due_at, row.plans_applied));
    }
  }
  return planned.filter(({ task }) => {
    const seen = positionOf(task.revision, msOrNull(task.next?.dueAt), task.plansApplied ?? 0);
    // Each task once: a second plan for it was made without knowing the first.
    return stored.get(task.id) === seen && stored.delete(task.id);
  });
}

function positionOf(revision: number, dueAt: number | null, plansApplied: number): string {
  return `${revision} ${dueAt} ${plansApplied}`;
}

async function addPlan(unit: Unit, batch: Batch, { task, plan, runIds }: PlannedTask) {
  for (const stretch of plan.missed) {
    const { from, to, count, isCountExact, reason } = stretch;
    const entry = { taskId: task.id, from, to, count, isCountExact, recordedAt: batch.now };
    batch.ledger.push(ledgerRowOf({ ...entry, kind: 'missed', reason }));
    unit.changes.push({ at: batch.now, kind: 'occurrence.missed', taskId: task.id });
  }
  let runsMade = 0;
  for (const [index, run] of plan.runs.entries()) {
    const id = runIds[index];
    if (id === undefined) throw new Error('A planned run has no id.');
    const isAdmitted = await admitRun(unit, batch, {
      ...run,
      id,
      task,
      trigger: 'schedule',
      overlap: run.isCatchUp ? 'queue_all' : task.definition.policies.overlap,
      overrides: {},
      origin: task.origin,
    });
    const outcome = isAdmitted
      ? ({ kind: 'run', runId: id } as const)
      : ({ kind: 'skipped', reason: 'overlap' } as const);
    batch.ledger.push(ledgerRowOf(occurrenceEntry(task, run.scheduledFor, batch.now, outcome)));
    if (isAdmitted) runsMade += 1;
    else unit.changes.push({ at: batch.now, kind: 'occurrence.skipped', taskId: task.id });
  }
  const next = nextAfterRuns(task, plan, runsMade);
  batch.progress.push({
    task_id: task.id,
    // A task that ends has changed; one that only moves on has not.
    revision: next === undefined ? task.revision + 1 : task.revision,
    next_for: msOrNull(next?.scheduledFor),
    next_due_at: msOrNull(next?.dueAt),
    due_at: msOrNull(next?.dueAt),
    covered_until: msOf(plan.coveredUntil),
    runs_planned: task.runsPlanned + runsMade,
    plans_applied: (task.plansApplied ?? 0) + 1,
  });
  if (next === undefined) await endTask(unit, task, batch.now);
}

function occurrenceEntry(
  task: Task,
  at: Temporal.Instant,
  now: Temporal.Instant,
  outcome: LedgerOutcome,
): LedgerEntry {
  const single = { from: at, to: at, count: 1, isCountExact: true, recordedAt: now };
  return { taskId: task.id, ...single, ...outcome };
}

async function endTask(unit: Unit, task: Task, at: Temporal.Instant): Promise<void> {
  await unit.db
    .updateTable('task')
    .set({
      state: 'ended',
      state_reason: ENDED_REASON,
      state_at: msOf(at),
      updated_at: msOf(at),
    })
    .where('id', '=', task.id)
    .execute();
  unit.changes.push({ at, kind: 'task.ended', taskId: task.id });
}

const ENDED_REASON = 'its schedule has no further occurrences';

/**
 * Writes the ledger. An occurrence that is covered already, which a sound plan never contains, keeps
 * its entry and gets no second run; one bad plan must not hold up the tasks planned along with it.
 */
async function insertLedger(context: StoreContext, unit: Unit, batch: Batch): Promise<void> {
  const { count } = await insertRows(unit, 'ledger', batch.ledger, 'new', (insert) =>
    insert.onConflict((conflict) => conflict.columns(['task_id', 'from_at']).doNothing()),
  );
  if (count === batch.ledger.length) return;
  const written = new Set<string>();
  const runIds = batch.ledger.flatMap(({ run_id }) => (run_id === null ? [] : [run_id]));
  for (const part of inParts(runIds)) {
    const rows = await unit.db
      .selectFrom('ledger')
      .select('run_id')
      .where('task_id', 'in', inList(batch.ledger.map((row) => row.task_id)))
      .where('run_id', 'in', inList(part))
      .execute();
    for (const { run_id } of rows) if (run_id !== null) written.add(run_id);
  }
  const rows = batch.rows.filter((row) => written.has(row.id));
  context.log.warn('A plan contained occurrences that were covered already.', {
    occurrences: batch.ledger.length - count,
    runsDropped: batch.rows.length - rows.length,
  });
  batch.rows.splice(0, batch.rows.length, ...rows);
}
