import { listFollowers } from './memory-chain.ts';
import { Refusal } from '../../src/domain/refusal.ts';
import { isFinal, type Run } from '../../src/domain/run.ts';
import { memorySecretRows } from './memory-secret-rows.ts';
import type { Page, Store } from '../../src/ports/store.ts';
import { isWaiting, type MemoryState, type RunRow, type TaskRow } from './memory-state.ts';

/** What can be read of the memory, and its secrets. */
export function memoryQueries(
  state: MemoryState,
): Omit<
  Store,
  | 'now'
  | 'insertTask'
  | 'updateTask'
  | 'deleteTask'
  | 'findDeletedTask'
  | 'undeleteTask'
  | 'applyPlans'
  | 'insertRun'
  | 'insertUnlistedRun'
  | 'takeRuns'
  | 'renewLeases'
  | 'finishAttempt'
  | 'adoptRun'
  | 'requestCancel'
  | 'expireQueuedRuns'
  | 'replyToRun'
  | 'listUnanswered'
  | 'prune'
  | 'history'
  | 'spend'
  | 'inbox'
  | 'apiKeys'
  | 'accessRecords'
  | 'webhooks'
  | 'approvals'
  | 'audit'
  | 'seenClients'
  | 'standstill'
  | 'close'
> {
  const seen = (namespace: string): TaskRow[] =>
    [...state.tasks.values()].filter(
      (row) => !row.isDeleted && (namespace === 'all' || row.task.namespace === namespace),
    );
  const runsSeen = (namespace: string): Run[] =>
    [...state.runs.values()]
      .toSorted((a, b) => b.order - a.order)
      .map((row) => row.run)
      .filter((run) => namespace === 'all' || run.namespace === namespace);

  return {
    findTask: async (reference) =>
      [...state.tasks.values()].find((row) => {
        if (row.isDeleted) return false;
        if (reference.by === 'id') return row.task.id === reference.id;
        if (row.task.namespace !== reference.namespace) return false;
        return reference.by === 'name'
          ? row.task.definition.name === reference.name
          : row.task.foreignId === reference.foreignId;
      })?.task,

    listTasks: async (filter, limit, cursor) => {
      const text = filter.text?.toLowerCase();
      const items = seen(filter.namespace)
        .map((row) => row.task)
        .filter((task) => {
          const { name, description, tags } = task.definition;
          return (
            (filter.states?.includes(task.state) ?? true) &&
            (filter.tag === undefined || tags.includes(filter.tag)) &&
            (filter.kind === undefined || task.definition.action.kind === filter.kind) &&
            (filter.madeBy === undefined ||
              task.origin.principal === filter.madeBy ||
              task.origin.client === filter.madeBy) &&
            (text === undefined || `${name}\n${description ?? ''}`.toLowerCase().includes(text))
          );
        })
        .toSorted((a, b) => (a.id < b.id ? 1 : -1));
      return page(items, limit, cursor);
    },

    listFollowers: async (id) => listFollowers(state, id),

    listNotes: async (id) => new Map(state.notes.get(id)),

    getDefinition: async (id, version) => state.tasks.get(id)?.definitions.get(version),

    listDueTasks: async (now, limit) => {
      const nowMs = now.epochMilliseconds;
      const due: TaskRow[] = [];
      for (const row of state.tasks.values()) {
        if (row.dueMs !== undefined && row.dueMs <= nowMs) due.push(row);
      }
      due.sort((a, b) => (a.dueMs ?? 0) - (b.dueMs ?? 0));
      return due.slice(0, limit).map((row) => row.task);
    },

    nextWakeAt: async () => {
      let due: TaskRow | undefined;
      for (const row of state.tasks.values()) {
        if ((row.dueMs ?? Infinity) < (due?.dueMs ?? Infinity)) due = row;
      }
      let ready: RunRow | undefined;
      for (const row of state.runs.values()) {
        if (isWaiting(row) && !row.isBehind) {
          if (row.readyMs < (ready?.readyMs ?? Infinity)) ready = row;
        }
      }
      const readyAt = ready && Temporal.Instant.fromEpochMilliseconds(ready.readyMs);
      return { dueAt: due?.task.next?.dueAt, readyAt };
    },

    listAbandonedRuns: async (owner, isOnlyProcess, now, limit) => {
      const nowMs = now.epochMilliseconds;
      const rows = [...state.runs.values()].filter(
        (row) =>
          row.run.state === 'running' &&
          (row.leaseUntilMs <= nowMs || (isOnlyProcess && row.owner !== owner)),
      );
      return rows.slice(0, limit).map(({ run, fence }) => ({ run, fence }));
    },

    getRun: async (id) => state.runs.get(id)?.run,

    listRuns: async (filter, limit, cursor) => {
      const { taskId, states, trigger, tag, kind, text, outcome, since, until } = filter;
      const isOf = (run: Run): boolean => {
        const definition = state.tasks.get(run.taskId)?.task.definition;
        const words = `${definition?.name ?? ''}\n${definition?.description ?? ''}`.toLowerCase();
        return (
          (tag === undefined || definition?.tags.includes(tag) === true) &&
          (kind === undefined || definition?.action.kind === kind) &&
          (text === undefined || words.includes(text.toLowerCase()))
        );
      };
      const items = runsSeen(filter.namespace).filter(
        (run) =>
          (taskId === undefined || run.taskId === taskId) &&
          (states?.includes(run.state) ?? true) &&
          (trigger === undefined || run.trigger === trigger) &&
          (outcome === undefined || run.outcome === outcome) &&
          isOf(run) &&
          (since === undefined || Temporal.Instant.compare(run.createdAt, since) >= 0) &&
          (until === undefined || Temporal.Instant.compare(run.createdAt, until) < 0),
      );
      return page(items, limit, cursor);
    },

    listAttempts: async (id) => [...(state.runs.get(id)?.attempts ?? [])],

    listLedger: async (taskId, from, to, limit) =>
      (state.tasks.get(taskId)?.ledger ?? [])
        .filter(
          (entry) =>
            Temporal.Instant.compare(entry.to, from) >= 0 &&
            Temporal.Instant.compare(entry.from, to) <= 0,
        )
        .toSorted((a, b) => Temporal.Instant.compare(a.from, b.from))
        .slice(0, limit),

    listGaps: async (namespace, since, until, limit) =>
      seen(namespace)
        .flatMap((row) => row.ledger)
        .filter((entry) => entry.kind !== 'run' && isWithin(entry.recordedAt, since, until))
        .toSorted((a, b) => Temporal.Instant.compare(b.recordedAt, a.recordedAt))
        .slice(0, limit),

    listEndedRuns: async (namespace, since, until, limit) =>
      runsSeen(namespace)
        .filter((run) => run.endedAt !== undefined && isWithin(run.endedAt, since, until))
        .slice(0, limit),

    countTasksOf: async (principal) =>
      seen('all').filter(
        ({ task }) =>
          task.origin.principal === principal && principal !== 'owner' && task.state !== 'ended',
      ).length,
    countStates: async (namespace) => {
      const tasks = { active: 0, paused: 0, ended: 0 };
      for (const row of seen(namespace)) tasks[row.task.state] += 1;
      const runs = { queued: 0, running: 0, retrying: 0, held: 0, waiting: 0 };
      for (const run of runsSeen(namespace)) if (!isFinal(run.state)) runs[run.state] += 1;
      return { tasks, runs };
    },

    listChanges: async (afterId, limit) =>
      state.changes.filter((change) => change.id > afterId).slice(0, limit),
    lastChangeId: async () => state.changes.at(-1)?.id ?? 0,

    secretRows: memorySecretRows(state.secrets, state.meta),
  };
}

/** The cursor is the number of items handed out so far. */
export function page<Item>(
  items: readonly Item[],
  limit: number,
  cursor: string | undefined,
): Page<Item> {
  if (cursor !== undefined && !/^\d+$/.test(cursor)) {
    throw new Refusal(
      'invalid',
      'This is no cursor. Hand back the one that the last page came with.',
    );
  }
  const from = Number(cursor ?? 0);
  const next = from + limit;
  return { items: items.slice(from, next), cursor: next < items.length ? String(next) : undefined };
}

function isWithin(at: Temporal.Instant, since: Temporal.Instant, until: Temporal.Instant): boolean {
  return Temporal.Instant.compare(at, since) >= 0 && Temporal.Instant.compare(at, until) <= 0;
}
