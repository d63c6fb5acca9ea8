import type { RunId } from '../domain/id.ts';
import type { LiveWork, WorkSoFar } from '../ports/live-work.ts';

/** The board on which runs in progress say what they have come to. */
export function createLiveWork(): LiveWork {
  const live = new Map<RunId, () => WorkSoFar>();
  return {
    of: (run) => live.get(run)?.(),
    begin(run, soFar) {
      live.set(run, soFar);
      return () => {
        live.delete(run);
      };
    },
  };
}
