import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newQuestion, type Question } from '../../../src/domain/success/question.ts';
import { settleQuestion, settleUnanswered } from '../../../src/domain/success/settle-question.ts';

const NOW = Temporal.Instant.from('2026-11-21T12:00:00Z');
const ASK = { deadlineMs: 60_000, byDefault: 'the first one' };
const LIMIT = { scope: { kind: 'task' }, period: 'run', measure: 'usd', amount: 2 } as const;

const work: Question = newQuestion({ kind: 'work' }, 'Which one?', 1, ASK, NOW);
const budget: Question = newQuestion({ kind: 'budget', limit: LIMIT }, 'More?', 1, ASK, NOW);

describe('a reply to a question', () => {
  it('goes on with the words of the person, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }).filter((text) => text.trim() !== ''),
        (text) => {
          const settled = settleQuestion(work, text, 'owner', NOW);
          expect(settled).toMatchObject({ kind: 'goes_on', reply: { text: text.trim() } });
        },
      ),
    );
  });

  it('is refused when it says nothing', () => {
    expect(() => settleQuestion(work, '  ', 'owner', NOW)).toThrow('from 1 to');
    expect(() => settleQuestion(work, 'x'.repeat(10_001), 'owner', NOW)).toThrow('from 1 to');
    expect(() => settleQuestion(budget, 'maybe', 'owner', NOW)).toThrow('yes, no, or how much');
  });

  it.each([
    ['yes', 2],
    ['Yes.', 2],
    ['5', 5],
    ['$2.50', 2.5],
    ['3 usd', 3],
  ])('about a budget allows: %s', (text, allowance) => {
    expect(settleQuestion(budget, text, 'owner', NOW)).toMatchObject({
      kind: 'goes_on',
      reply: { allowance, by: 'owner' },
    });
  });

  it.each(['no', 'No', '0', 'stop'])('about a budget ends the run: %s', (text) => {
    expect(settleQuestion(budget, text, 'owner', NOW)).toMatchObject({
      kind: 'ends',
      reason: 'budget',
      reply: { allowance: 0 },
    });
  });
});

describe('a question that nobody answers', () => {
  it('takes its default, or ends the run', () => {
    expect(settleUnanswered(work, NOW)).toMatchObject({
      kind: 'goes_on',
      reply: { text: 'the first one', by: 'default' },
    });
    expect(settleUnanswered({ ...work, byDefault: undefined }, NOW)).toMatchObject({
      kind: 'ends',
      reason: 'unanswered',
      message: 'It asked a question, and nobody answered in time.',
    });
  });

  it('gives no money, though the task has a default', () => {
    expect(budget.byDefault).toBeUndefined();
    expect(settleUnanswered(budget, NOW)).toMatchObject({ kind: 'ends', reason: 'budget' });
  });
});
