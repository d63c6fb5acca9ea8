import type { Change } from '../domain/change.ts';

/** Tells the listeners of this process about changes, after the transaction that made them. */
export type Announcer = {
  announce(changes: readonly Change[]): void;
  /** The function returned ends the listening. A listener that throws is dropped from this announcement only. */
  listen(listener: (changes: readonly Change[]) => void): () => void;
};
