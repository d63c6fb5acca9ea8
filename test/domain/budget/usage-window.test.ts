import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/domain/action.ts';
import { afterAttempt } from '../../../src/domain/attempt.ts';
import { engineOf, poolOf } from '../../../src/domain/budget/pool.ts';
import { retryAtOf } from '../../../src/domain/budget/retry-at.ts';
import type { Outcome } from '../../../src/domain/outcome.ts';
import { defaultPolicies } from '../../../src/domain/policies.ts';
import { failed } from '../../support/scripted-executor.ts';

const NOW = Temporal.Instant.from('2026-11-21T09:00:00Z');
const RETRY = defaultPolicies('model').retry;

function limited(retryAt: Temporal.Instant | undefined): Outcome {
  const outcome = failed('usage_limit');
  return retryAt === undefined ? outcome : ({ ...outcome, retryAt } as Outcome);
}

describe('a run that came to a usage limit', () => {
  it('is held until the window opens, without using up its attempts', () => {
    const retryAt = NOW.add({ hours: 3 });
    expect(RETRY.attemptsMax).toBe(1);
    expect(afterAttempt(limited(retryAt), 1, RETRY, NOW, 0, undefined)).toMatchObject({
      to: 'held',
      until: retryAt,
    });
  });

  it('waits longer each time when nobody said how long, and not for ever', () => {
    const waits = [1, 2, 3, 9].map((attempt) => {
      const transition = afterAttempt(limited(undefined), attempt, RETRY, NOW, 0, undefined);
      return transition.to === 'held' ? NOW.until(transition.until).total('minutes') : undefined;
    });
    expect(waits).toEqual([1, 2, 4, 60]);
    expect(afterAttempt(limited(undefined), 12, RETRY, NOW, 0, undefined).to).toBe('failed');
  });

  it('fails when the window opens after its deadline', () => {
    const retryAt = NOW.add({ hours: 3 });
    const deadlineAt = NOW.add({ hours: 1 });
    expect(afterAttempt(limited(retryAt), 1, RETRY, NOW, 0, deadlineAt).to).toBe('failed');
  });
});

describe('the headers of a usage limit', () => {
  it.each([
    ['30', '2026-11-21T09:00:30Z'],
    ['0', '2026-11-21T09:00:00Z'],
    ['Sat, 21 Nov 2026 10:00:00 GMT', '2026-11-21T10:00:00Z'],
    ['Sat, 31 Feb 2026 10:00:00 GMT', undefined],
    ['99999999999', undefined],
    ['soon', undefined],
  ])('say when to come back: %s', (text, expected) => {
    expect(retryAtOf({ 'retry-after': text }, NOW)?.toString()).toBe(expected);
  });
});

describe('the pool of an action', () => {
  const model = {
    kind: 'model',
    provider: 'anthropic',
    baseUrl: undefined,
    apiKey: undefined,
  } as Action;

  it('is the provider and the account', () => {
    expect(poolOf(model)).toBe('anthropic');
    const secret = { kind: 'secret', secret: 'TEAM_KEY' };
    const own = { ...model, apiKey: secret, baseUrl: 'https://llm.example/v1' } as Action;
    expect(poolOf(own)).toBe('anthropic llm.example TEAM_KEY');
    expect(engineOf(own)).toBe('anthropic');
  });

  it('is none for what uses no tokens', () => {
    expect(poolOf({ kind: 'reminder' } as Action)).toBeUndefined();
  });
});
