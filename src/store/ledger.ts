import { sql } from 'kysely';
import type { TaskId } from '../domain/id.ts';
import type { LedgerEntry } from '../domain/ledger.ts';
import type { Namespace } from '../domain/principal.ts';
import type { StoreContext } from './context.ts';
import { msOf } from './instants.ts';
import { ledgerEntryOf } from './ledger-row.ts';
import { pageSize } from './page-size.ts';

export async function listLedger(
  { db }: StoreContext,
  taskId: TaskId,
  from: Temporal.Instant,
  to: Temporal.Instant,
  limit: number,
): Promise<readonly LedgerEntry[]> {
  const rows = await db
    .selectFrom('ledger')
    .selectAll()
    .where('task_id', '=', taskId)
    .where('from_at', '<=', msOf(to))
    // Entries never overlap, so of those that began before `from` only the last one can touch it.
    .where('from_at', '>=', (eb) =>
      eb.fn.coalesce(
        eb
          .selectFrom('ledger as before')
          .select('before.from_at')
          .where('before.task_id', '=', taskId)
          .where('before.from_at', '<', msOf(from))
          .orderBy('before.from_at', 'desc')
          .limit(1),
        eb.val(msOf(from)),
      ),
    )
    .where('to_at', '>=', msOf(from))
    .orderBy('from_at')
    .limit(pageSize(limit))
    .execute();
  return rows.map(ledgerEntryOf);
}

export async function listGaps(
  { db }: StoreContext,
  namespace: Namespace | 'all',
  since: Temporal.Instant,
  until: Temporal.Instant,
  limit: number,
): Promise<readonly LedgerEntry[]> {
  let query = db
    .selectFrom('ledger')
    .selectAll('ledger')
    // Written out, because an index that holds only these entries serves no query with a parameter.
    .where('ledger.kind', '!=', sql.lit('run'))
    .where('ledger.recorded_at', '>=', msOf(since))
    .where('ledger.recorded_at', '<=', msOf(until));
  if (namespace !== 'all') {
    query = query
      .innerJoin('task', 'task.id', 'ledger.task_id')
      .where('task.namespace', '=', namespace);
  }
  const rows = await query
    .orderBy('ledger.recorded_at', 'desc')
    .orderBy('ledger.from_at', 'desc')
    .limit(pageSize(limit))
    .execute();
  return rows.map(ledgerEntryOf);
}
