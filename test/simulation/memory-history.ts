import type { Run } from '../../src/domain/run.ts';
import type { History, RunMark } from '../../src/ports/history.ts';
import type { MemoryState } from './memory-state.ts';

export function memoryHistory(state: MemoryState): History {
  const newestFirst = (): readonly Run[] =>
    [...state.runs.values()].toSorted((a, b) => b.order - a.order).map((row) => row.run);
  return {
    listVersions: async (taskId, limit, before = Infinity) => {
      const row = state.tasks.get(taskId);
      return [...(row?.definitions ?? [])]
        .filter(([version]) => version < before)
        .toSorted(([a], [b]) => b - a)
        .slice(0, limit)
        .map(([version, definition]) => ({
          version,
          createdAt: row?.versionsAt.get(version),
          changedBy: row?.versionsBy.get(version),
          definition,
        }));
    },
    listLatest: async (taskIds, perTask) => {
      const counts = new Map<string, number>();
      return newestFirst()
        .filter((run) => {
          const count = counts.get(run.taskId) ?? 0;
          counts.set(run.taskId, count + 1);
          return taskIds.includes(run.taskId) && count < perTask;
        })
        .map(markOf);
    },
    listMarks: async ({ namespace, taskId, from, to }, limit) =>
      newestFirst()
        .filter(
          (run) =>
            (namespace === 'all' || run.namespace === namespace) &&
            (taskId === undefined || run.taskId === taskId) &&
            Temporal.Instant.compare(run.createdAt, from) >= 0 &&
            Temporal.Instant.compare(run.createdAt, to) < 0,
        )
        .slice(0, limit)
        .map(markOf),
    countOutcomes: async (namespace, since) => {
      const counts = new Map<Run['outcome'], number>();
      for (const run of newestFirst()) {
        if (namespace !== 'all' && run.namespace !== namespace) continue;
        if (run.endedAt === undefined || Temporal.Instant.compare(run.endedAt, since) < 0) continue;
        counts.set(run.outcome, (counts.get(run.outcome) ?? 0) + 1);
      }
      return [...counts]
        .map(([outcome, count]) => ({ outcome, count }))
        .toSorted((a, b) => ((a.outcome ?? '') < (b.outcome ?? '') ? -1 : 1));
    },
  };
}

function markOf(run: Run): RunMark {
  return {
    id: run.id,
    taskId: run.taskId,
    taskName: run.taskName,
    state: run.state,
    outcome: run.outcome,
    reason: run.stateReason ?? run.message,
    trigger: run.trigger,
    scheduledFor: run.scheduledFor,
    createdAt: run.createdAt,
    startedAt: run.startedAt,
    endedAt: run.endedAt,
  };
}
