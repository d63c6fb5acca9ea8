import type { Spent } from '../../src/domain/budget/budget.ts';
import type { TaskId } from '../../src/domain/id.ts';
import type { Run } from '../../src/domain/run.ts';
import type {
  SpendBook,
  SpendEntry,
  SpendQuery,
  SpendScope,
  SpendTotal,
} from '../../src/ports/spend.ts';
import type { MemoryState, SpendRow, Told } from './memory-state.ts';

const MICROS_PER_USD = 1_000_000;
const QUARTER_MS = 15 * 60_000;
const SPEND_MS_MAX = 400 * 86_400_000;

export function memorySpend(state: MemoryState): SpendBook {
  return {
    sum: async (scope, since) => {
      const sinceMs = since.epochMilliseconds;
      return sumOf(inScope(state, scope).filter((row) => row.atMs >= sinceMs));
    },
    sumOfRun: async (id) => sumOf(state.spends.filter((row) => row.runId === id)),
    listLatest: async (taskId, limit) =>
      state.spends
        .filter((row) => row.taskId === taskId)
        .toSorted((a, b) => b.atMs - a.atMs)
        .slice(0, limit)
        .map((row) => sumOf([row])),
    listTotals: async (query, limit) => listTotals(state, query).slice(0, limit),
    sumSaved: async ({ namespace, scope, since, until }) => {
      const rows = state.savings.filter(
        (row) =>
          (namespace === 'all' || row.namespace === namespace) &&
          isInScope(state, scope, row.taskId) &&
          row.atMs >= since.epochMilliseconds &&
          row.atMs < until.epochMilliseconds,
      );
      const usd = rows.reduce((sum, row) => sum + row.usd, 0);
      return { usd, tokens: rows.reduce((sum, row) => sum + row.tokens, 0), runs: rows.length };
    },
    listHolds: async (now) =>
      [...state.poolHolds]
        .filter(([, until]) => Temporal.Instant.compare(until, now) > 0)
        .map(([pool, until]) => ({ pool, until }))
        .toSorted((a, b) => (a.pool < b.pool ? -1 : 1)),
  };
}

/** Notes what an attempt has used, in the transaction that finishes it. */
export function noteSpend({ state, at }: Told, run: Run, attempt: number, entry: SpendEntry): void {
  if (state.spends.some((row) => row.runId === run.id && row.attempt === attempt)) return;
  state.spends.push({
    ...entry,
    runId: run.id,
    attempt,
    taskId: run.taskId,
    taskName: run.taskName,
    namespace: run.namespace,
    atMs: at.epochMilliseconds,
    usdMicros: Math.round((entry.costUsd ?? 0) * MICROS_PER_USD),
  });
}

/** Removes entries and holds that are kept no longer. @returns how many. */
export function pruneSpend(state: MemoryState, nowMs: number, limit: number): number {
  if (limit <= 0) return 0;
  let removed = 0;
  for (const [pool, until] of state.poolHolds) {
    if (until.epochMilliseconds <= nowMs && state.poolHolds.delete(pool)) removed += 1;
  }
  const old = state.spends
    .filter((row) => row.atMs < nowMs - SPEND_MS_MAX)
    .toSorted((a, b) => a.atMs - b.atMs)
    .slice(0, limit);
  for (const row of old) state.spends.splice(state.spends.indexOf(row), 1);
  return removed + old.length;
}

function inScope(state: MemoryState, scope: SpendScope): readonly SpendRow[] {
  return state.spends.filter((row) => isInScope(state, scope, row.taskId));
}

function isInScope(state: MemoryState, scope: SpendScope, taskId: TaskId): boolean {
  switch (scope.kind) {
    case 'all':
      return true;
    case 'task':
      return taskId === scope.taskId;
    case 'tag':
      return tagsOf(state, taskId).includes(scope.tag);
  }
}

/** The tags that the task has now. */
function tagsOf(state: MemoryState, taskId: TaskId): readonly string[] {
  return state.tasks.get(taskId)?.task.definition.tags ?? [];
}

function listTotals(state: MemoryState, query: SpendQuery): readonly SpendTotal[] {
  const { namespace, since, until, by } = query;
  const groups = new Map<string, SpendRow[]>();
  for (const row of inScope(state, query.scope)) {
    if (namespace !== 'all' && row.namespace !== namespace) continue;
    if (row.atMs < since.epochMilliseconds || row.atMs >= until.epochMilliseconds) continue;
    for (const key of keysOf(state, row, by)) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [row]);
      else group.push(row);
    }
  }
  const totals = [...groups].map(([key, rows]) => totalOf(key, rows, by));
  return by === 'quarter'
    ? totals.toSorted((a, b) => Number(a.key) - Number(b.key))
    : totals.toSorted((a, b) => b.usd - a.usd || (a.key < b.key ? -1 : 1));
}

function keysOf(state: MemoryState, row: SpendRow, by: SpendQuery['by']): readonly string[] {
  switch (by) {
    case 'task':
      return [row.taskId];
    case 'tag':
      return tagsOf(state, row.taskId);
    case 'engine':
      return [row.engine];
    case 'quarter':
      return [String(Math.floor(row.atMs / QUARTER_MS) * QUARTER_MS)];
  }
}

function totalOf(key: string, rows: readonly SpendRow[], by: SpendQuery['by']): SpendTotal {
  const add = (measure: (row: SpendRow) => number): number =>
    rows.reduce((sum, row) => sum + measure(row), 0);
  return {
    key,
    name: by === 'task' ? rows.at(-1)?.taskName : undefined,
    usd: sumOf(rows).usd,
    inputTokens: add(({ usage }) => usage.inputTokens),
    outputTokens: add(({ usage }) => usage.outputTokens),
    cachedTokens: add(({ usage }) => usage.cachedTokens),
    attempts: rows.length,
    unpriced: rows.filter(({ costUsd }) => costUsd === undefined).length,
    isEstimated: rows.some(({ isCostEstimated }) => isCostEstimated),
  };
}

function sumOf(rows: readonly SpendRow[]): Spent {
  let micros = 0;
  let tokens = 0;
  for (const { usdMicros, usage } of rows) {
    micros += usdMicros;
    tokens += usage.inputTokens + usage.outputTokens;
  }
  return { usd: micros / MICROS_PER_USD, tokens };
}
