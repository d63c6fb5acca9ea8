import type { RunId } from '../domain/id.ts';
import type { Claim } from '../domain/run.ts';
import type { StopReason } from '../ports/executor.ts';

/** A run that this process carries out now. */
export type LiveRun = {
  readonly claim: Claim;
  /** Asks the executor to end everything. The first reason counts. */
  stop(reason: StopReason): void;
  readonly signal: AbortSignal;
  /** Resolves when the run has been finished and let go. */
  readonly ended: Promise<void>;
};

/** The runs that this process carries out, bounded by its workers. */
export type LiveRuns = Map<RunId, LiveRun>;

/** Begins to carry out a claimed run, and forgets it when that has ended. */
export function begin(
  live: LiveRuns,
  claim: Claim,
  carryOut: (
    claim: Claim,
    signal: AbortSignal,
    stop: (reason: StopReason) => void,
  ) => Promise<void>,
  onEnd: () => void,
): void {
  const controller = new AbortController();
  const stop = (reason: StopReason): void => {
    if (!controller.signal.aborted) controller.abort(reason);
  };
  const run: LiveRun = {
    claim,
    stop,
    signal: controller.signal,
    ended: carryOut(claim, controller.signal, stop).finally(() => {
      // Its next attempt may have begun here already, as soon as the end of this one was written.
      if (live.get(claim.run.id) === run) live.delete(claim.run.id);
      onEnd();
    }),
  };
  live.set(claim.run.id, run);
}
