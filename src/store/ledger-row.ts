import type { LedgerEntry, LedgerOutcome } from '../domain/ledger.ts';
import { instantOf, msOf } from './instants.ts';
import { runIdOf } from './run-row.ts';
import type { LedgerRow } from './schema.ts';
import { taskIdOf } from './task-row.ts';

export function ledgerEntryOf(row: LedgerRow): LedgerEntry {
  return {
    taskId: taskIdOf(row.task_id),
    from: instantOf(row.from_at),
    to: instantOf(row.to_at),
    count: row.count,
    isCountExact: row.is_count_exact === 1,
    recordedAt: instantOf(row.recorded_at),
    ...outcomeOf(row),
  };
}

function outcomeOf(row: LedgerRow): LedgerOutcome {
  if (row.run_id !== null) return { kind: 'run', runId: runIdOf(row.run_id) };
  return { kind: row.kind, reason: row.reason } as LedgerOutcome;
}

export function ledgerRowOf(entry: LedgerEntry): LedgerRow {
  return {
    task_id: entry.taskId,
    from_at: msOf(entry.from),
    to_at: msOf(entry.to),
    count: entry.count,
    is_count_exact: entry.isCountExact ? 1 : 0,
    kind: entry.kind,
    reason: entry.kind === 'run' ? null : entry.reason,
    run_id: entry.kind === 'run' ? entry.runId : null,
    recorded_at: msOf(entry.recordedAt),
  };
}
