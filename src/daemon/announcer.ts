import type { Change } from '../domain/change.ts';
import type { Announcer } from '../ports/announcer.ts';
import type { Log } from '../ports/log.ts';

type Listener = (changes: readonly Change[]) => void;

/** Tells the listeners of this process about changes, in the order in which they came to listen. */
export function processAnnouncer(log: Log): Announcer {
  const listeners = new Set<{ readonly tell: Listener }>();
  return {
    announce: (changes) => {
      if (changes.length === 0) return;
      for (const listener of listeners) {
        try {
          listener.tell(changes);
        } catch (error) {
          log.error('A listener of changes failed.', {}, error);
        }
      }
    },
    listen: (tell) => {
      // Wrapped, so that listening twice with one function ends one listening at a time.
      const listener = { tell };
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
