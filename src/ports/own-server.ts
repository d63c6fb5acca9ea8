import type { Run } from '../domain/run.ts';

/** The MCP server of this program, as one attempt of an agent is let in. */
export type OwnServer = {
  readonly url: string;
  /** Speaks for the attempt while that is in progress. It is masked like a secret. */
  readonly token: string;
};

/**
 * How the attempt that a run is at gets in; the same one each time it is asked, in every process of the
 * daemon. Absent where everybody who reaches the door is its owner, for nobody could be bounded there.
 */
export type OwnServerFor = (run: Run) => OwnServer | undefined;
