import type { ActionKind } from '../../src/domain/action.ts';
import type { FailureReason, Outcome, RunResult } from '../../src/domain/outcome.ts';
import type { Execution, Executor, Sink } from '../../src/ports/executor.ts';

/** What one attempt does: an outcome, or a function that makes one. The last step repeats. */
export type Step =
  | Outcome
  | ((execution: Execution, sink: Sink, signal: AbortSignal) => Promise<Outcome> | Outcome);

export type ScriptedExecutor = Executor & {
  /** Every attempt it was given, in order. */
  readonly executions: readonly Execution[];
  /** Replaces what the next attempts do. */
  script(...steps: readonly Step[]): void;
};

/** An executor whose outcomes the test decides; without a script every attempt succeeds. */
export function scriptedExecutor(
  kind: ActionKind = 'command',
  ...steps: readonly Step[]
): ScriptedExecutor {
  const executions: Execution[] = [];
  let left: Step[] = [...steps];
  return {
    kind,
    executions,
    script: (...next) => {
      left = [...next];
    },
    execute: async (execution: Execution, sink, signal) => {
      executions.push(execution);
      const step = (left.length > 1 ? left.shift() : left[0]) ?? succeeded();
      return typeof step === 'function' ? step(execution, sink, signal) : step;
    },
  };
}

export function resultOf(changes: Partial<RunResult> = {}): RunResult {
  return {
    exitCode: 0,
    signal: undefined,
    httpStatus: undefined,
    httpHeaders: undefined,
    durationMs: 10,
    outputBytes: 0,
    outputIsCut: false,
    ...changes,
  };
}

export function succeeded(changes: Partial<RunResult> = {}): Outcome {
  return { kind: 'succeeded', result: resultOf(changes) };
}

export function failed(
  reason: FailureReason = 'exit_code',
  isRetryable = true,
  changes: Partial<RunResult> = { exitCode: 1 },
): Outcome {
  return {
    kind: 'failed',
    reason,
    message: 'The command ended with exit code 1.',
    retryable: isRetryable,
    result: resultOf(changes),
  };
}

/** A step that goes on until it is stopped, or until `finish` is called. */
export function untilFinished(): { readonly step: Step; finish(outcome?: Outcome): void } {
  let resolve: (outcome: Outcome) => void = () => undefined;
  const done = new Promise<Outcome>((settle) => {
    resolve = settle;
  });
  return {
    finish: (outcome = succeeded()) => resolve(outcome),
    step: async (_execution, _sink, signal) => {
      const stopped = new Promise<Outcome>((settle) => {
        const stop = (): void =>
          settle({ kind: 'cancelled', message: 'It was stopped.', result: resultOf() });
        if (signal.aborted) stop();
        else signal.addEventListener('abort', stop, { once: true });
      });
      return Promise.race([done, stopped]);
    },
  };
}
