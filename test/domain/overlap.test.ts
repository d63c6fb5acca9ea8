import { describe, expect, it } from 'vitest';
import { decideOverlap, type OverlapDecision } from '../../src/domain/overlap.ts';
import type { OverlapPolicy } from '../../src/domain/policies.ts';

describe('decideOverlap', () => {
  const policies: readonly OverlapPolicy[] = ['skip', 'queue_one', 'queue_all', 'replace', 'allow'];

  it.each(policies)('starts when nothing of the task is unfinished: %s', (policy) => {
    expect(decideOverlap(policy, { open: 0, waiting: 0 }, undefined)).toBe('start');
  });

  const cases: readonly [OverlapPolicy, number, number, number | undefined, OverlapDecision][] = [
    ['skip', 1, 0, undefined, 'skip'],
    ['skip', 1, 0, 2, 'start'],
    ['skip', 2, 0, 2, 'skip'],
    ['queue_one', 1, 0, undefined, 'wait'],
    ['queue_one', 1, 1, undefined, 'skip'],
    ['queue_all', 1, 5, undefined, 'wait'],
    ['replace', 1, 0, undefined, 'replace'],
    ['replace', 1, 0, 2, 'start'],
    ['allow', 50, 0, undefined, 'start'],
    ['allow', 2, 0, 2, 'wait'],
    // What waits goes first, so a place that is free is not a new run's to take.
    ['queue_all', 0, 1, undefined, 'wait'],
  ];
  it.each(cases)(
    '%s with %i open and %i waiting, limit %s: %s',
    (policy, open, waiting, limit, expected) => {
      expect(decideOverlap(policy, { open, waiting }, limit)).toBe(expected);
    },
  );
});
