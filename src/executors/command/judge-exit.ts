import type { FailureReason, Outcome, RunResult } from '../../domain/outcome.ts';
import type { StopReason } from '../../ports/executor.ts';
import { signalOf } from './wrapper.ts';

/** How a command ended. */
export type Exit =
  | { readonly kind: 'status'; readonly status: number }
  /** Its wrapper was killed before it could tell. */
  | { readonly kind: 'killed'; readonly signal: string };

export type OutputFacts = Pick<RunResult, 'durationMs' | 'outputBytes' | 'outputIsCut'>;

/** @param stop why the attempt was being stopped when the command ended, if it was. */
export function judgeExit(exit: Exit, stop: StopReason | undefined, output: OutputFacts): Outcome {
  const result = resultOf(exit, output);
  if (stop !== undefined) return stopped(stop, result);
  if (exit.kind === 'killed') {
    return failed('signal', `The command was killed by ${exit.signal}.`, true, result);
  }
  if (exit.status === 0) return { kind: 'succeeded', result };
  if (result.signal !== undefined) {
    const message = `The command was ended by ${result.signal} (exit code ${exit.status}).`;
    return failed('signal', message, true, result);
  }
  return failed('exit_code', `The command ended with exit code ${exit.status}.`, true, result);
}

/** The outcome of an attempt that started nothing. */
export function notStarted(reason: FailureReason, message: string, retryable: boolean): Outcome {
  return failed(reason, message, retryable, NO_RESULT);
}

/** The outcome of an attempt that was stopped before it started anything. */
export function stoppedBeforeStart(stop: StopReason): Outcome {
  return stopped(stop, NO_RESULT);
}

function stopped(stop: StopReason, result: RunResult): Outcome {
  switch (stop) {
    case 'cancelled':
      return { kind: 'cancelled', message: 'The run was cancelled.', result };
    case 'timed_out':
      return { kind: 'timed_out', message: 'The command took longer than its timeout.', result };
    case 'deadline':
      return failed(
        'deadline',
        'The deadline of the run passed before the command ended.',
        false,
        result,
      );
    case 'budget':
      return failed(
        'budget',
        'The run reached its budget before the command ended.',
        false,
        result,
      );
  }
}

function failed(
  reason: FailureReason,
  message: string,
  retryable: boolean,
  result: RunResult,
): Outcome {
  return { kind: 'failed', reason, message, retryable, result };
}

function resultOf(exit: Exit, output: OutputFacts): RunResult {
  return {
    exitCode: exit.kind === 'status' ? exit.status : undefined,
    signal: exit.kind === 'status' ? signalOf(exit.status) : exit.signal,
    httpStatus: undefined,
    httpHeaders: undefined,
    ...output,
  };
}

const NO_RESULT: RunResult = {
  exitCode: undefined,
  signal: undefined,
  httpStatus: undefined,
  httpHeaders: undefined,
  durationMs: 0,
  outputBytes: 0,
  outputIsCut: false,
};
