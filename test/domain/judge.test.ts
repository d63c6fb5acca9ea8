import { describe, expect, it } from 'vitest';
import { judge, type Stop } from '../../src/domain/judge.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import { failed, resultOf, succeeded } from '../support/scripted-executor.ts';

const LOST: Outcome = { kind: 'lost', message: 'Nothing is left of it.', result: undefined };

describe('judge', () => {
  const stops: readonly Stop[] = ['cancelled', 'timed_out', 'deadline', 'budget'];

  it.each(stops)('keeps what ended well before the stop reached it: %s', (stop) => {
    expect(judge(succeeded(), stop)).toEqual(succeeded());
    expect(judge(LOST, stop)).toEqual(LOST);
  });

  it('keeps the outcome of an attempt that nobody stopped', () => {
    expect(judge(failed(), undefined)).toEqual(failed());
  });

  it.each([
    ['cancelled', 'cancelled', 'It was cancelled.'],
    ['timed_out', 'timed_out', 'It was stopped at its timeout, after 1.5 s.'],
    ['deadline', 'failed', 'It was stopped at its deadline.'],
    ['budget', 'failed', 'It was stopped because its budget was spent.'],
  ] as const)(
    'calls the end of a stopped attempt by the reason of the stop: %s',
    (stop, kind, message) => {
      const signalled = failed('signal', true, { signal: 'SIGTERM', durationMs: 1_500 });
      expect(judge(signalled, stop)).toMatchObject({ kind, message });
    },
  );

  it('does not try again what was stopped at its deadline or budget', () => {
    const late = judge(
      { kind: 'cancelled', message: 'It was stopped.', result: resultOf() },
      'deadline',
    );
    expect(late).toMatchObject({ kind: 'failed', reason: 'deadline', retryable: false });
  });
});
