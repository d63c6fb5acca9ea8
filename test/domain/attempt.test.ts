import { describe, expect, it } from 'vitest';
import { afterAttempt, backoffMsAfter } from '../../src/domain/attempt.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import { defaultPolicies, type RetryPolicy } from '../../src/domain/policies.ts';
import { failed, resultOf, succeeded } from '../support/scripted-executor.ts';

const NOW = Temporal.Instant.from('2026-11-02T08:00:00Z');
const RETRY: RetryPolicy = {
  ...defaultPolicies('command').retry,
  attemptsMax: 3,
  backoffMs: 10_000,
  backoffFactor: 2,
  jitterRatio: 0,
};
const LOST: Outcome = { kind: 'lost', message: 'Nothing is left of it.', result: undefined };
const TIMED_OUT: Outcome = { kind: 'timed_out', message: 'It took too long.', result: resultOf() };
const CANCELLED: Outcome = { kind: 'cancelled', message: 'It was cancelled.', result: resultOf() };

describe('afterAttempt', () => {
  const cases: readonly [string, Outcome, number, Partial<RetryPolicy>, string][] = [
    ['a success ends it', succeeded(), 1, {}, 'succeeded'],
    ['a cancellation ends it', CANCELLED, 1, {}, 'cancelled'],
    ['a failure is tried again', failed(), 1, {}, 'retrying 08:00:10'],
    ['a second failure waits twice as long', failed(), 2, {}, 'retrying 08:00:20'],
    ['the last failure ends it', failed(), 3, {}, 'failed'],
    ['a failure that trying cannot mend ends it', failed('bad_action', false), 1, {}, 'failed'],
    ['a timeout is tried again', TIMED_OUT, 1, {}, 'retrying 08:00:10'],
    ['a lost attempt ends it unless it may be repeated', LOST, 1, {}, 'failed'],
    ['a lost attempt is repeated at once', LOST, 1, { retriesLost: true }, 'retrying 08:00:00'],
    [
      'a lost attempt does not count as a failure',
      LOST,
      3,
      { retriesLost: true, attemptsMax: 1 },
      'retrying 08:00:00',
    ],
    ['not even lost attempts are repeated for ever', LOST, 5, { retriesLost: true }, 'failed'],
  ];
  it.each(cases)('%s', (_name, outcome, attempt, changes, expected) => {
    const transition = afterAttempt(
      outcome,
      attempt,
      { ...RETRY, ...changes },
      NOW,
      0.5,
      undefined,
    );
    const when =
      transition.to === 'retrying' ? ` ${transition.readyAt.toString().slice(11, 19)}` : '';
    expect(`${transition.to}${when}`).toBe(expected);
  });

  it('fails when the next attempt would begin at the deadline', () => {
    const at = (seconds: number) =>
      afterAttempt(failed(), 1, RETRY, NOW, 0, NOW.add({ seconds })).to;
    expect([at(10), at(11)]).toEqual(['failed', 'retrying']);
  });
});

describe('backoffMsAfter', () => {
  it('grows up to its bound, also when the power is beyond every number', () => {
    const waits = [1, 2, 3, 10, 100, 5_000].map((attempt) =>
      backoffMsAfter(attempt, { ...RETRY, backoffMsMax: 60_000 }, 0),
    );
    expect(waits).toEqual([10_000, 20_000, 40_000, 60_000, 60_000, 60_000]);
  });

  it('draws the share that jitter leaves open', () => {
    const wait = (random: number) => backoffMsAfter(1, { ...RETRY, jitterRatio: 0.2 }, random);
    expect([wait(0), wait(0.5), wait(0.999_999)]).toEqual([10_000, 9_000, 8_000]);
  });

  it('waits not at all when that is asked for', () => {
    expect(backoffMsAfter(100, { ...RETRY, backoffMs: 0, backoffFactor: 10 }, 0)).toBe(0);
  });
});
