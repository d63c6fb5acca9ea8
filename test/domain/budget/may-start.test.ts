import { describe, expect, it } from 'vitest';
import type { Transition } from '../../../src/domain/attempt.ts';
import { USUAL_ASK_POLICY } from '../../../src/domain/success/success-policy.ts';
import { widenedLimits } from '../../../src/domain/budget/allowance.ts';
import { afterLimit } from '../../../src/domain/budget/after-limit.ts';
import { limitsOf, NO_BUDGET, type Limit } from '../../../src/domain/budget/budget.ts';
import { mayStart, usualSpent } from '../../../src/domain/budget/may-start.ts';
import { nextPeriod, periodStart } from '../../../src/domain/budget/period.ts';
import { sayLimit } from '../../../src/domain/budget/say-limit.ts';

const NOW = Temporal.Instant.from('2026-11-21T22:30:00Z');
const ZONE = 'Europe/Berlin';

function limit(changes: Partial<Limit> = {}): Limit {
  return {
    scope: { kind: 'task' },
    period: 'day',
    measure: 'usd',
    amount: 5,
    onLimit: 'wait',
    zone: ZONE,
    ...changes,
  };
}

describe('a run before its start', () => {
  it('may use what the tightest of its budgets leaves', () => {
    const decision = mayStart(
      [
        { limit: limit({ period: 'run', amount: 2 }), spent: 0 },
        { limit: limit({ amount: 5 }), spent: 4 },
        { limit: limit({ measure: 'tokens', amount: 1_000 }), spent: 100 },
      ],
      undefined,
      NOW,
    );
    expect(decision).toEqual({ kind: 'start', caps: { usd: 1, tokens: 900 } });
  });

  it('does not start when a budget is used up, or holds less than its runs usually take', () => {
    const spent = mayStart([{ limit: limit(), spent: 5 }], undefined, NOW);
    expect(spent).toMatchObject({ kind: 'refused', why: 'spent' });
    const usual = { usd: 1.5, tokens: 0 };
    const little = mayStart([{ limit: limit(), spent: 4 }], usual, NOW);
    expect(little).toMatchObject({ kind: 'refused', why: 'too_little_left' });
    expect(mayStart([{ limit: limit(), spent: 3 }], usual, NOW).kind).toBe('start');
  });

  it('starts as the first of its period however dear its runs have become', () => {
    const decision = mayStart([{ limit: limit(), spent: 0 }], { usd: 7, tokens: 0 }, NOW);
    expect(decision).toEqual({ kind: 'start', caps: { usd: 5, tokens: undefined } });
  });

  it('is told of the budget that keeps it longest', () => {
    const day = { limit: limit(), spent: 9 };
    const month = { limit: limit({ period: 'month' }), spent: 9 };
    expect(mayStart([day, month], undefined, NOW)).toMatchObject({ limit: { period: 'month' } });
    const final = { limit: limit({ onLimit: 'skip' }), spent: 9 };
    expect(mayStart([month, final], undefined, NOW)).toMatchObject({ limit: { onLimit: 'skip' } });
  });

  it('usually takes what nine of ten earlier ones did not exceed', () => {
    const runs = [9, 1, 2, 3, 4, 5, 6, 7, 8, 100].map((usd) => ({ usd, tokens: usd * 10 }));
    expect(usualSpent(runs)).toEqual({ usd: 9, tokens: 90 });
    expect(usualSpent([{ usd: 3, tokens: 1 }])).toEqual({ usd: 3, tokens: 1 });
    expect(usualSpent([])).toBeUndefined();
  });
});

describe('a run that came to its budget', () => {
  const after = (
    bound: Limit,
    hasBegun: boolean,
    changes: Partial<Parameters<typeof afterLimit>[2]> = {},
  ): Transition => {
    const run = { attempt: 2, deadlineAt: undefined, questions: [], ...changes };
    return afterLimit(bound, hasBegun, run, USUAL_ASK_POLICY, NOW);
  };

  it('asks a person, of a run and of a day alike, and waits no longer than it may', () => {
    const asked = after(limit({ period: 'run', onLimit: 'ask' }), true);
    expect(asked).toMatchObject({ to: 'waiting', counts: true });
    if (asked.to !== 'waiting') return;
    expect(asked.question).toMatchObject({
      about: { kind: 'budget', limit: { period: 'run', measure: 'usd', amount: 5 } },
      text: 'It was stopped: the budget of the task, $5 a run is used up. May this run use another $5? Answer yes, no, or an amount.',
      attempt: 2,
      until: NOW.add({ hours: 7 * 24 }),
    });
    const bound = limit({ onLimit: 'ask' });
    expect(after(bound, false)).toMatchObject({ to: 'waiting', counts: false });
    expect(after(bound, true, { deadlineAt: NOW })).toEqual({ to: 'failed' });
  });

  it('asks for as much as the budget gave at first, however often a person allowed more', () => {
    const first = after(limit({ onLimit: 'ask' }), true);
    if (first.to !== 'waiting') throw new Error('It does not ask.');
    const reply = { text: 'yes', by: 'owner', at: NOW, allowance: 5 };
    const questions = [{ ...first.question, reply }];
    const [wider] = widenedLimits([limit({ onLimit: 'ask' })], questions);
    expect(wider?.amount).toBe(10);
    if (wider === undefined) return;
    expect(after(wider, true, { questions })).toMatchObject({
      question: { about: { limit: { amount: 5 } } },
    });
    const other = limit({ scope: { kind: 'daemon' }, onLimit: 'ask' });
    expect(widenedLimits([other], questions)).toEqual([other]);
  });

  it('waits for the next day or month of the zone, when its policy says so', () => {
    expect(after(limit(), true)).toMatchObject({
      to: 'held',
      until: Temporal.Instant.from('2026-11-21T23:00:00Z'),
      counts: true,
    });
    expect(after(limit({ period: 'month' }), false)).toMatchObject({
      until: Temporal.Instant.from('2026-11-30T23:00:00Z'),
      counts: false,
    });
  });

  it('fails when it may not wait, when its own cap is spent, or when waiting is past its deadline', () => {
    const soon = NOW.add({ minutes: 5 });
    for (const transition of [
      after(limit({ onLimit: 'skip' }), true),
      after(limit({ period: 'run' }), true),
      after(limit(), true, { deadlineAt: soon }),
    ]) {
      expect(transition).toEqual({ to: 'failed' });
    }
  });

  it('is told which budget it was', () => {
    expect(sayLimit(limit())).toBe('the budget of the task, $5 a day');
    const tag = limit({ scope: { kind: 'tag', tag: 'x"y' }, measure: 'tokens', amount: 9 });
    expect(sayLimit(tag)).toBe('the budget of the tag "x\\"y", 9 tokens a day');
  });
});

describe('the periods of a budget', () => {
  it('begin where the day of the zone does, also when clocks change', () => {
    const change = Temporal.Instant.from('2026-10-25T12:00:00Z');
    expect(periodStart('day', change, ZONE).toString()).toBe('2026-10-24T22:00:00Z');
    expect(nextPeriod('day', change, ZONE).toString()).toBe('2026-10-25T23:00:00Z');
    expect(periodStart('month', change, ZONE).toString()).toBe('2026-09-30T22:00:00Z');
    // In Beirut the day on which summer time begins has no midnight.
    const beirut = Temporal.Instant.from('2026-03-28T12:00:00Z');
    expect(nextPeriod('day', beirut, 'Asia/Beirut').toString()).toBe('2026-03-28T22:00:00Z');
  });

  it('bound nothing where the budget says nothing', () => {
    expect(limitsOf({ kind: 'daemon' }, NO_BUDGET, ZONE)).toEqual([]);
  });
});
