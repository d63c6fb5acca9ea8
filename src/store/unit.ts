import type { ChangeKind } from '../domain/change.ts';
import type { RunId, TaskId } from '../domain/id.ts';
import type { Db } from './schema.ts';

/** A transaction under way, and the changes that are written at its end. */
export type Unit = {
  readonly db: Db;
  readonly insertTexts: Map<string, string>;
  readonly changes: ChangeDraft[];
};

export type ChangeDraft = {
  readonly at: Temporal.Instant;
  readonly kind: ChangeKind;
  readonly taskId?: TaskId;
  readonly runId?: RunId;
};
