import { sql } from 'kysely';
import type { AlertStep } from '../domain/alerts/decide-alert.ts';
import { firstTry, type InboxItem, type NewInboxItem } from '../domain/inbox/inbox-item.ts';
import { wasShown } from '../domain/inbox/reminder-item.ts';
import type { Inbox, InboxFilter } from '../ports/inbox.ts';
import type { Page } from '../ports/store.ts';
import type { StoreContext } from './context.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { inboxItemOf, newInboxRow, pendingColumns, stateColumns } from './inbox-row.ts';
import { inList, inParts } from './in-list.ts';
import { msOf } from './instants.ts';
import { pageSize } from './page-size.ts';
import type { Db } from './schema.ts';
import type { Unit } from './unit.ts';
import { write } from './write.ts';

export function createInbox(context: StoreContext): Inbox {
  const { db } = context;
  return {
    add: (item, at) => write(context, (unit) => addItem(unit, item, at)),
    get: (id) => findItem(db, id),
    list: (filter, limit, cursor) => listItems(db, filter, limit, cursor),
    countUnread: async (namespace) => {
      let query = db
        .selectFrom('inbox')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('state', '=', 'unread');
      if (namespace !== 'all') query = query.where('namespace', '=', namespace);
      return (await query.executeTakeFirstOrThrow()).count;
    },
    settle: (id, state, pending, at) =>
      write(context, (unit) =>
        changeItem(unit, id, at, { ...stateColumns(state), ...pendingColumns(pending) }),
      ),
    listPending: async (now, limit) => {
      const rows = await db
        .selectFrom('inbox')
        .selectAll()
        .where('pending_at', '<=', msOf(now))
        .orderBy('pending_at')
        .orderBy('id')
        .limit(pageSize(limit))
        .execute();
      return rows.map(inboxItemOf);
    },
    recordTold: (item, deliveries, next, at) =>
      write(context, async (unit) => {
        const found = await findItem(unit.db, item.id);
        if (!isSamePending(found, item)) return false;
        await changeItem(unit, item.id, at, {
          deliveries: JSON.stringify(deliveries),
          ...(found?.state.kind === 'snoozed' ? stateColumns({ kind: 'unread' }) : {}),
          ...pendingColumns(next),
        });
        return true;
      }),
    listOpen: async (taskIds) => {
      const items: InboxItem[] = [];
      for (const part of inParts(taskIds)) {
        const rows = await db
          .selectFrom('inbox')
          .selectAll()
          .where('task_id', 'in', inList(part))
          .where('kind', 'in', ['failure', 'budget', 'missed'])
          .where('recovered_at', 'is', null)
          .orderBy('id')
          .execute();
        items.push(...rows.map(inboxItemOf));
      }
      return items;
    },
    alertPosition: () => alertPosition(db),
    applyAlerts: (from, to, steps, at) =>
      write(context, async (unit) => {
        if ((await alertPosition(unit.db)) !== from) return false;
        for (const step of steps) await takeStep(unit, step, at);
        await setAlertPosition(unit.db, to);
        return true;
      }),
  };
}

/**
 * Writes the item unless its cause is known. A reminder that comes again replaces the earlier ones of
 * its task which somebody could see; the ones that nobody saw stay.
 */
export async function addItem(
  unit: Unit,
  item: NewInboxItem,
  at: Temporal.Instant,
): Promise<boolean> {
  const added = await unit.db
    .insertInto('inbox')
    .values(newInboxRow(item, at))
    .onConflict((conflict) => conflict.column('cause').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (added === undefined) {
    if (item.kind === 'reminder') await keepDeliveries(unit, item, at);
    return false;
  }
  if (item.kind === 'reminder') await closeShown(unit, item, added.id, at);
  unit.changes.push({ at, kind: 'inbox.added', ...subjectOf(item) });
  return true;
}

/** A further attempt at a reminder: what came of it replaces what came of the one before. */
async function keepDeliveries(unit: Unit, item: NewInboxItem, at: Temporal.Instant): Promise<void> {
  await unit.db
    .updateTable('inbox')
    .set({ deliveries: JSON.stringify(item.deliveries), updated_at: msOf(at) })
    .where('cause', '=', item.cause)
    .execute();
  unit.changes.push({ at, kind: 'inbox.changed', ...subjectOf(item) });
}

async function closeShown(
  unit: Unit,
  item: NewInboxItem,
  id: number,
  at: Temporal.Instant,
): Promise<void> {
  if (item.taskId === undefined) return;
  const rows = await unit.db
    .selectFrom('inbox')
    .selectAll()
    .where('task_id', '=', item.taskId)
    .where('kind', '=', 'reminder')
    .where('state', '=', 'unread')
    .where('id', '<', id)
    .execute();
  const shown = rows.map(inboxItemOf).filter(wasShown);
  for (const part of inParts(shown)) {
    await unit.db
      .updateTable('inbox')
      .set({ state: 'done', updated_at: msOf(at), ...pendingColumns(undefined) })
      .where('id', 'in', inList(part.map((one) => one.id)))
      .execute();
  }
}

/** Puts away the questions of runs that wait no more. */
export async function settleQuestions(
  unit: Unit,
  runs: readonly { readonly id: string; readonly task_id: string }[],
  at: Temporal.Instant,
): Promise<void> {
  if (runs.length === 0) return;
  const rows = await unit.db
    .updateTable('inbox')
    .set({ state: 'done', snoozed_until: null, updated_at: msOf(at), ...pendingColumns(undefined) })
    .where('task_id', 'in', inList(runs.map((run) => run.task_id)))
    .where('run_id', 'in', inList(runs.map((run) => run.id)))
    .where('kind', '=', 'question')
    .where('state', '!=', 'done')
    .returningAll()
    .execute();
  for (const row of rows) {
    unit.changes.push({ at, kind: 'inbox.changed', ...subjectOf(inboxItemOf(row)) });
  }
}

/** Puts the item of this cause away, when there is one. */
export async function settleCause(unit: Unit, cause: string, at: Temporal.Instant): Promise<void> {
  const row = await unit.db
    .selectFrom('inbox')
    .select('id')
    .where('cause', '=', cause)
    .executeTakeFirst();
  if (row === undefined) return;
  await changeItem(unit, row.id, at, {
    ...stateColumns({ kind: 'done' }),
    ...pendingColumns(undefined),
  });
}

async function takeStep(unit: Unit, step: AlertStep, at: Temporal.Instant): Promise<void> {
  switch (step.kind) {
    case 'open':
      await addItem(unit, step.item, at);
      return;
    case 'again':
      await unit.db
        .updateTable('inbox')
        .set((eb) => ({ count: eb('count', '+', step.count), updated_at: msOf(at) }))
        .where('id', '=', step.id)
        .execute();
      return;
    case 'recovered':
      await changeItem(unit, step.id, at, {
        recovered_at: msOf(at),
        ...pendingColumns(step.isTold ? firstTry('recovery', at) : undefined),
      });
      return;
  }
}

type Columns = Partial<ReturnType<typeof pendingColumns> & ReturnType<typeof stateColumns>> & {
  readonly deliveries?: string;
  readonly recovered_at?: number;
};

async function changeItem(
  unit: Unit,
  id: number,
  at: Temporal.Instant,
  columns: Columns,
): Promise<InboxItem | undefined> {
  const row = await unit.db
    .updateTable('inbox')
    .set({ ...columns, updated_at: msOf(at) })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const item = inboxItemOf(row);
  unit.changes.push({ at, kind: 'inbox.changed', ...subjectOf(item) });
  return item;
}

function subjectOf({ taskId, runId }: Pick<InboxItem, 'taskId' | 'runId'>) {
  return {
    ...(taskId === undefined ? {} : { taskId }),
    ...(runId === undefined ? {} : { runId }),
  };
}

function isSamePending(found: InboxItem | undefined, told: InboxItem): boolean {
  return (
    found?.pending !== undefined &&
    told.pending !== undefined &&
    found.pending.what === told.pending.what &&
    found.pending.tries === told.pending.tries &&
    found.pending.at.equals(told.pending.at)
  );
}

async function findItem(db: Db, id: number): Promise<InboxItem | undefined> {
  const row = await db.selectFrom('inbox').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : inboxItemOf(row);
}

async function listItems(
  db: Db,
  { namespace, states, kinds }: InboxFilter,
  limit: number,
  cursor: string | undefined,
): Promise<Page<InboxItem>> {
  const size = pageSize(limit);
  let query = db.selectFrom('inbox').selectAll();
  if (namespace !== 'all') query = query.where('namespace', '=', namespace);
  if (states !== undefined) query = query.where('state', 'in', states);
  if (kinds !== undefined) query = query.where('kind', 'in', kinds);
  if (cursor !== undefined) {
    const [id] = decodeCursor('inbox', ['number'], cursor).map(Number);
    query = query.where('id', '<', id ?? 0);
  }
  const rows = await query
    .orderBy('id', 'desc')
    .limit(size + 1)
    .execute();
  const last = rows.length > size ? rows[size - 1] : undefined;
  return {
    items: rows.slice(0, size).map(inboxItemOf),
    cursor: last === undefined ? undefined : encodeCursor('inbox', [last.id]),
  };
}

const POSITION_KEY = 'alerts.after_change';

async function alertPosition(db: Db): Promise<number | undefined> {
  const query = db.selectFrom('store_state').select('value').where('key', '=', POSITION_KEY);
  const value = (await query.executeTakeFirst())?.value;
  return value === undefined ? undefined : Number(value);
}

async function setAlertPosition(db: Db, position: number): Promise<void> {
  const value = String(position);
  await db
    .insertInto('store_state')
    .values({ key: POSITION_KEY, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute();
}

/** Items that were settled are kept this long, and any item this long. */
const DONE_MS_MAX = 30 * 24 * 3_600_000;
const ITEM_MS_MAX = 366 * 24 * 3_600_000;

/** @returns how many rows were removed. */
export async function removeOldItems(db: Db, nowMs: number, limit: number): Promise<number> {
  if (limit <= 0) return 0;
  const rows = await db
    .selectFrom('inbox')
    .select('id')
    .where('updated_at', '<', nowMs - DONE_MS_MAX)
    .where((eb) =>
      eb.or([
        eb.and([
          eb('state', '=', sql.lit('done')),
          // A stretch of failures that goes on is remembered, or it would be told anew.
          eb.or([
            eb('recovered_at', 'is not', null),
            eb('kind', 'not in', ['failure', 'budget', 'missed']),
          ]),
        ]),
        eb('updated_at', '<', nowMs - ITEM_MS_MAX),
      ]),
    )
    .limit(limit)
    .execute();
  if (rows.length === 0) return 0;
  await db
    .deleteFrom('inbox')
    .where('id', 'in', inList(rows.map((row) => row.id)))
    .execute();
  return rows.length;
}
