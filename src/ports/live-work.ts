import type { RunId } from '../domain/id.ts';
import type { Usage } from '../domain/outcome.ts';
import type { Work } from '../domain/work.ts';

/** What an attempt in progress has come to. */
export type WorkSoFar = {
  readonly work: Work;
  readonly usage: Usage | undefined;
  readonly costUsd: number | undefined;
};

/** What is known of the runs that this process carries out now, and is not in the store yet. */
export type LiveWork = {
  of(run: RunId): WorkSoFar | undefined;
  /** @returns a function that forgets it. */
  begin(run: RunId, soFar: () => WorkSoFar): () => void;
};
