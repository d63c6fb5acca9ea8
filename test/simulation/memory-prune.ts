import { UNDELETE_MS_MAX } from '../../src/domain/task.ts';
import { isFinal } from '../../src/domain/run.ts';
import type { RunId } from '../../src/domain/id.ts';
import type { Pruned } from '../../src/ports/store.ts';
import { pruneAccess } from './memory-access.ts';
import { pruneInbox } from './memory-inbox.ts';
import { pruneSpend } from './memory-spend.ts';
import { pruneWebhooks } from './memory-webhooks.ts';
import type { MemoryState } from './memory-state.ts';

export const WEEK_MS = 7 * 86_400_000;
const CHANGES_KEPT = 10_000;

/** Removes what is beyond its retention, oldest first, up to `limit` rows. */
export function prune(state: MemoryState, now: Temporal.Instant, limit: number): Pruned {
  const nowMs = now.epochMilliseconds;
  const old = oldRuns(state, nowMs);
  const runIds = old.slice(0, limit);
  for (const id of runIds) state.runs.delete(id);
  let left = limit - runIds.length;
  left -= pruneTasks(state, nowMs, left);
  const changes = oldChanges(state, nowMs);
  state.changes.splice(0, Math.min(changes, left));
  left -= Math.min(changes, left);
  left -= pruneSpend(state, nowMs, left);
  left -= pruneInbox(state, nowMs, left);
  left -= pruneAccess(state, nowMs, left);
  left -= pruneWebhooks(state, nowMs, left);
  for (const [key, row] of state.keys) if (nowMs - row.atMs > WEEK_MS) state.keys.delete(key);
  return { runIds, hasMore: old.length > limit || left <= 0 };
}

function oldRuns(state: MemoryState, nowMs: number): readonly RunId[] {
  const old: { readonly id: RunId; readonly order: number }[] = [];
  for (const [taskId, { task }] of state.tasks) {
    const { runsMax, ageMsMax } = task.definition.policies.retention;
    const ended = [...state.runs.values()]
      .filter((row) => row.run.taskId === taskId && isFinal(row.run.state))
      .toSorted((a, b) => b.order - a.order);
    ended.forEach(({ run, order }, index) => {
      const ageMs = nowMs - (run.endedAt?.epochMilliseconds ?? nowMs);
      if (index >= runsMax || ageMs > ageMsMax) old.push({ id: run.id, order });
    });
  }
  return old.toSorted((a, b) => a.order - b.order).map(({ id }) => id);
}

/** Removes old ledger entries, and deleted tasks whose last run is gone. @returns rows removed. */
function pruneTasks(state: MemoryState, nowMs: number, limit: number): number {
  let removed = 0;
  for (const [id, row] of state.tasks) {
    const { ageMsMax } = row.task.definition.policies.retention;
    while (removed < limit && nowMs - (row.ledger[0]?.to.epochMilliseconds ?? nowMs) > ageMsMax) {
      row.ledger.shift();
      removed += 1;
    }
    const hasRuns = [...state.runs.values()].some(({ run }) => run.taskId === id);
    const canComeBack = nowMs - (row.deletedAtMs ?? 0) <= UNDELETE_MS_MAX;
    if (row.isDeleted && !canComeBack && !hasRuns && removed < limit) {
      state.tasks.delete(id);
      state.notes.delete(id);
      removed += 1;
    }
  }
  return removed;
}

function oldChanges(state: MemoryState, nowMs: number): number {
  const surplus = Math.max(0, state.changes.length - CHANGES_KEPT);
  const young = state.changes.findIndex(({ at }) => nowMs - at.epochMilliseconds <= WEEK_MS);
  return young === -1 ? surplus : Math.min(surplus, young);
}
