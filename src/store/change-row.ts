import type { Change, ChangeKind } from '../domain/change.ts';
import type { RunId, TaskId } from '../domain/id.ts';
import { instantOf } from './instants.ts';
import type { ChangeRow } from './schema.ts';

export function changeOf(row: ChangeRow): Change {
  return {
    id: row.id,
    at: instantOf(row.at),
    kind: row.kind as ChangeKind,
    taskId: (row.task_id ?? undefined) as TaskId | undefined,
    runId: (row.run_id ?? undefined) as RunId | undefined,
  };
}

export function returnedId(row: unknown): number {
  return (row as { readonly id: number }).id;
}
