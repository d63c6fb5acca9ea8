import type { Change } from '../domain/change.ts';
import type { Announcer } from '../ports/announcer.ts';
import type { Clock } from '../ports/clock.ts';
import { runUri, taskUri } from './resource-uri.ts';

/** What changed among the resources, gathered over a short while. */
export type ResourceNews = {
  readonly uris: readonly string[];
  /** Whether resources came or went. */
  readonly isListChanged: boolean;
};

/** A resource that changes often is told of no more often than this. */
const GATHER_MS = 250;
/** A client that watches more than this many changes at once is told to read the list anew. */
const URIS_MAX = 1_000;

/** Tells of changed resources, each at most once per quarter of a second. The function returned stops it. */
export function tellResourceNews(
  announcer: Announcer,
  clock: Clock,
  tell: (news: ResourceNews) => void,
): () => void {
  let uris = new Set<string>();
  let isListChanged = false;
  let stopTimer: (() => void) | undefined;

  const flush = (): void => {
    stopTimer = undefined;
    const news = { uris: [...uris], isListChanged };
    uris = new Set();
    isListChanged = false;
    tell(news);
  };
  const stopListening = announcer.listen((changes) => {
    for (const change of changes) {
      for (const uri of urisOf(change)) if (uris.size < URIS_MAX) uris.add(uri);
      isListChanged ||= changesList(change) || uris.size === URIS_MAX;
    }
    if (uris.size > 0 || isListChanged) stopTimer ??= clock.setTimer(GATHER_MS, flush);
  });
  return () => {
    stopListening();
    stopTimer?.();
  };
}

/** A run changes its task too: the task tells its latest runs. */
function urisOf(change: Change): readonly string[] {
  return [
    ...(change.taskId === undefined ? [] : [taskUri(change.taskId)]),
    ...(change.runId === undefined ? [] : [runUri(change.runId)]),
  ];
}

function changesList(change: Change): boolean {
  return (
    change.kind === 'task.created' ||
    change.kind === 'task.deleted' ||
    change.kind === 'task.undeleted' ||
    change.kind === 'run.queued'
  );
}
