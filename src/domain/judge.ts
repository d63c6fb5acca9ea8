import type { Outcome, RunResult } from './outcome.ts';

/** Why an attempt was stopped from outside, if it was. */
export type Stop = 'cancelled' | 'timed_out' | 'deadline' | 'budget' | undefined;

/**
 * The outcome of an attempt that was asked to stop for `stop`. What ended well by itself before the
 * stop reached it stays a success.
 */
export function judge(outcome: Outcome, stop: Stop): Outcome {
  if (stop === undefined || outcome.kind === 'succeeded' || outcome.kind === 'lost') return outcome;
  const { result } = outcome;
  switch (stop) {
    case 'cancelled':
      return { kind: 'cancelled', message: 'It was cancelled.', result };
    case 'timed_out':
      return { kind: 'timed_out', message: timeoutMessage(result), result };
    case 'deadline':
      return failed('deadline', 'It was stopped at its deadline.', result);
    case 'budget':
      return failed('budget', 'It was stopped because its budget was spent.', result);
  }
}

function timeoutMessage(result: RunResult): string {
  return `It was stopped at its timeout, after ${(result.durationMs / 1000).toFixed(1)} s.`;
}

function failed(reason: 'deadline' | 'budget', message: string, result: RunResult): Outcome {
  return { kind: 'failed', reason, message, retryable: false, result };
}
