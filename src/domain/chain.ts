import type { RunId, TaskId } from './id.ts';
import type { FinalRunState, Run } from './run.ts';

export const AFTER_OUTCOMES = ['succeeded', 'failed', 'any'] as const;
export type AfterOutcome = (typeof AFTER_OUTCOMES)[number];

/** That a task starts when a run of another one has ended. */
export type After = {
  readonly taskId: TaskId;
  /** `any` is both others; a run that was cancelled starts nothing. */
  readonly outcomes: readonly AfterOutcome[];
};

/** Tasks in a row, each started after the one before. */
export const CHAIN_TASKS_MAX = 20;
/** Tasks that start after the same one. */
export const FOLLOWERS_MAX = 100;

/** Whether a run that ended so starts the task. */
export function isFollowed({ outcomes }: After, ended: FinalRunState): boolean {
  if (ended === 'cancelled') return false;
  return outcomes.includes('any') || outcomes.includes(ended);
}

export type ChainProblem =
  /** The tasks lead back to the one that is to be started. */
  { readonly kind: 'cycle' } | { readonly kind: 'too_long' };

/**
 * What is wrong with a chain, as far as it leads up from a task.
 *
 * @param above the tasks that come before it, the nearest first.
 */
export function problemWithChain(id: TaskId, above: readonly TaskId[]): ChainProblem | undefined {
  if (above.includes(id)) return { kind: 'cycle' };
  if (above.length >= CHAIN_TASKS_MAX || new Set(above).size < above.length) {
    return { kind: 'too_long' };
  }
  return undefined;
}

/** The run that started this one, when another task did. */
export function runBefore(run: Run): RunId | undefined {
  return run.trigger === 'task' ? run.origin.parentRunId : undefined;
}
