import type { ActionKind } from '../action.ts';
import { isSkipped } from '../gates/gate.ts';
import type { Run } from '../run.ts';

/**
 * Whether a run has something to report: it succeeded, and it answered or printed something that was
 * not known before.
 */
export function isFinding(run: Pick<Run, 'state' | 'result'>, kind: ActionKind): boolean {
  if (run.state !== 'succeeded' || run.result === undefined) return false;
  const { answer, outputBytes, difference, success } = run.result;
  if (difference?.kind === 'same' || isSkipped(run.result)) return false;
  // It says itself that nobody needs to hear of it.
  if (success?.verdict?.kind === 'nothing_new') return false;
  switch (kind) {
    case 'agent':
    case 'model':
      return (answer?.text ?? '').trim() !== '' || answer?.data !== undefined;
    case 'command':
    case 'http':
      return outputBytes > 0;
    case 'message':
    case 'reminder':
      return false;
  }
}
