import type { Change } from '../../src/domain/change.ts';
import type { Announcer } from '../../src/ports/announcer.ts';

/** Announces within this process and remembers everything it was told. */
export type RecordingAnnouncer = Announcer & {
  readonly announced: readonly Change[];
  /** Listeners that have not stopped listening. */
  readonly listeners: number;
};

export function recordingAnnouncer(): RecordingAnnouncer {
  const announced: Change[] = [];
  const listeners = new Set<(changes: readonly Change[]) => void>();
  return {
    announced,
    get listeners() {
      return listeners.size;
    },
    announce: (changes) => {
      announced.push(...changes);
      for (const listener of listeners) listener(changes);
    },
    listen: (listener) => {
      const entry = (changes: readonly Change[]): void => listener(changes);
      listeners.add(entry);
      return () => listeners.delete(entry);
    },
  };
}
