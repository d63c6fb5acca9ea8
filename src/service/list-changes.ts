import type { Change } from '../domain/change.ts';
import { requireScope, type Principal } from '../domain/principal.ts';
import { sees } from './find-task.ts';
import type { ServicePorts } from './services.ts';

const CHANGES_MAX = 500;
/** Pages of other namespaces' changes that are passed over to find the caller's own. */
const PAGES_MAX = 100;

/** Changes after the one with this id, oldest first; only those of things that the principal sees. */
export async function listChanges(
  ports: ServicePorts,
  principal: Principal,
  afterId: number,
  limit: number,
): Promise<readonly Change[]> {
  requireScope(principal, 'tasks:read');
  const wanted = Math.min(CHANGES_MAX, Math.max(1, Math.trunc(limit)));
  const visible = visibleTo(ports, principal);
  let after = afterId;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const changes = await ports.store.listChanges(after, wanted);
    const seen: Change[] = [];
    for (const change of changes) if (await visible(change)) seen.push(change);
    const last = changes.at(-1);
    if (seen.length > 0 || last === undefined || changes.length < wanted) return seen;
    after = last.id;
  }
  return [];
}

export async function lastChangeId(ports: ServicePorts, principal: Principal): Promise<number> {
  requireScope(principal, 'tasks:read');
  return ports.store.lastChangeId();
}

/** More than these are not told one by one: their reader is better off reading everything anew. */
const REPLAYED_MAX = 5_000;

/** Whether a reader that has seen everything up to this change can be told all that came after it. */
export async function canReplayAfter(
  ports: ServicePorts,
  principal: Principal,
  changeId: number,
): Promise<boolean> {
  requireScope(principal, 'tasks:read');
  const [last, [oldest]] = await Promise.all([
    ports.store.lastChangeId(),
    ports.store.listChanges(0, 1),
  ]);
  const isKept = changeId <= last && (oldest?.id ?? 0) <= changeId + 1;
  return isKept && last - changeId <= REPLAYED_MAX;
}

function visibleTo(
  ports: ServicePorts,
  principal: Principal,
): (change: Change) => Promise<boolean> {
  const known = new Map<string, boolean>();
  const remember = (id: string, isVisible: boolean): boolean => {
    known.set(id, isVisible);
    return isVisible;
  };
  return async ({ taskId, runId }) => {
    if (principal.namespace === 'all') return true;
    const id = runId ?? taskId;
    // What concerns the daemon as a whole concerns everybody.
    if (id === undefined) return true;
    const isKnown = known.get(id);
    if (isKnown !== undefined) return isKnown;
    const run = runId === undefined ? undefined : await ports.store.getRun(runId);
    if (run !== undefined) return remember(id, sees(principal, run));
    const task =
      taskId === undefined ? undefined : await ports.store.findTask({ by: 'id', id: taskId });
    return remember(id, task !== undefined && sees(principal, task));
  };
}
