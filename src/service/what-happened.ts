import type { TaskId } from '../domain/id.ts';
import type { LedgerEntry } from '../domain/ledger.ts';
import { requireScope, type Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import { pageLimit } from './page-limit.ts';
import type { Happenings, ServicePorts } from './services.ts';
import { upcomingTasks } from './upcoming-tasks.ts';

const SINCE_HOURS_DEFAULT = 24;
const UPCOMING_TASKS = 5;

/** What ended, what goes on, what did not run, what comes next and what is unread: for someone who was away. */
export async function whatHappened(
  ports: ServicePorts,
  principal: Principal,
  query: { readonly since?: Temporal.Instant; readonly limit?: number },
): Promise<Happenings> {
  requireScope(principal, 'tasks:read');
  const { store } = ports;
  const { namespace } = principal;
  const until = await store.now();
  const since = query.since ?? until.subtract({ hours: SINCE_HOURS_DEFAULT });
  requirePast(since, until);
  const limit = pageLimit(query.limit);
  const [ended, running, gaps, upcoming, unread] = await Promise.all([
    store.listEndedRuns(namespace, since, until, limit + 1),
    store.listRuns(
      {
        namespace,
        taskId: undefined,
        states: ['running', 'retrying', 'waiting', 'held'],
        trigger: undefined,
        since: undefined,
        until: undefined,
      },
      limit,
      undefined,
    ),
    store.listGaps(namespace, since, until, limit + 1),
    upcomingTasks(ports, principal, until, UPCOMING_TASKS),
    store.inbox.list({ namespace, states: ['unread'] }, limit, undefined),
  ]);
  return {
    since,
    until,
    ended: ended.slice(0, limit),
    running: running.items,
    gaps: await withNames(ports, gaps.slice(0, limit)),
    upcoming,
    inbox: unread.items,
    isCut:
      ended.length > limit ||
      gaps.length > limit ||
      running.cursor !== undefined ||
      unread.cursor !== undefined,
  };
}

function requirePast(since: Temporal.Instant, now: Temporal.Instant): void {
  if (Temporal.Instant.compare(since, now) <= 0) return;
  throw new Refusal(
    'invalid',
    'The start lies in the future, where nothing has happened yet. Give an earlier one.',
  );
}

async function withNames(
  ports: ServicePorts,
  entries: readonly LedgerEntry[],
): Promise<Happenings['gaps']> {
  const ids = [...new Set(entries.map((entry) => entry.taskId))];
  const names = new Map<TaskId, string | undefined>();
  for (const id of ids) {
    const task = await ports.store.findTask({ by: 'id', id });
    names.set(id, task?.definition.name);
  }
  return entries.map((entry) => ({ ...entry, taskName: names.get(entry.taskId) }));
}
