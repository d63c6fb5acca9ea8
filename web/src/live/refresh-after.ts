import type { QueryClient } from '@tanstack/react-query';
import type { ChangeNews } from './stream.ts';

/** Changes are gathered for this long before what they touch is asked for again, in milliseconds. */
const GATHER_MS = 200;

/**
 * What a kind of change makes out of date, by the first word of its name: the first parts of query keys.
 * Lists and figures that are not named here are refreshed by time.
 */
const TOUCHED: Readonly<Record<string, readonly string[]>> = {
  task: ['tasks', 'task', 'status', 'now', 'timeline', 'approvals'],
  run: ['runs', 'run', 'task', 'tasks', 'status', 'now', 'timeline', 'usage'],
  occurrence: ['task', 'now', 'timeline'],
  inbox: ['inbox', 'now', 'approvals'],
  daemon: ['status'],
  webhook: ['webhooks'],
  secret: ['secrets'],
  approval: ['approvals', 'now'],
};

/** Queries of one thing name it second: those of other things are left alone. */
const ONE_THING = new Set(['task', 'run']);

/** Gathers changes, and then marks as out of date what they touch, once for all of them. */
export function refreshAfter(client: QueryClient): (change: ChangeNews) => void {
  let waiting: ChangeNews[] = [];
  let timer: number | undefined;
  const refresh = (): void => {
    timer = undefined;
    const kinds = new Set(waiting.flatMap((change) => TOUCHED[nounOf(change)] ?? [nounOf(change)]));
    const ids = new Set(waiting.flatMap((change) => [change.task_id, change.run_id]));
    waiting = [];
    void client.invalidateQueries({
      predicate: ({ queryKey }) => {
        const [kind, id] = queryKey as readonly [string, unknown];
        return kinds.has(kind) && (!ONE_THING.has(kind) || ids.has(String(id)));
      },
    });
  };
  return (change) => {
    waiting.push(change);
    timer ??= window.setTimeout(refresh, GATHER_MS);
  };
}

function nounOf(change: ChangeNews): string {
  return change.kind.split('.')[0] ?? '';
}
