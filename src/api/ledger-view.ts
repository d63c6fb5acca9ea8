import { z } from 'zod';
import type { LedgerEntry } from '../domain/ledger.ts';
import { timeIn } from './times.ts';

export const ledgerEntryView = z.object({
  task_id: z.string(),
  task: z.string().nullable(),
  from: z.string(),
  to: z.string(),
  count: z.number(),
  is_count_exact: z.boolean(),
  became: z.enum(['run', 'skipped', 'missed']),
  reason: z.string().nullable(),
  run: z.string().nullable(),
});
export type LedgerEntryView = z.output<typeof ledgerEntryView>;

export function viewLedgerEntry(
  entry: LedgerEntry,
  zone: string,
  taskName: string | undefined,
): LedgerEntryView {
  return {
    task_id: entry.taskId,
    task: taskName ?? null,
    from: timeIn(zone, entry.from),
    to: timeIn(zone, entry.to),
    count: entry.count,
    is_count_exact: entry.isCountExact,
    became: entry.kind,
    reason: entry.kind === 'run' ? null : entry.reason,
    run: entry.kind === 'run' ? entry.runId : null,
  };
}

export function tellLedgerEntry(entry: LedgerEntryView): string {
  const count = entry.is_count_exact ? String(entry.count) : `more than ${entry.count}`;
  const stretch =
    entry.from === entry.to
      ? `the occurrence of ${entry.from}`
      : `${count} occurrences from ${entry.from} to ${entry.to}`;
  const fate =
    entry.run === null ? `${entry.became} (${entry.reason ?? ''})` : `became ${entry.run}`;
  return `${entry.task ?? entry.task_id}: ${stretch} ${fate}.`;
}
