import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../src/domain/outcome.ts';
import {
  judgeSuccess,
  judgeVerdict,
  type Finding,
  type SuccessFacts,
} from '../../../src/domain/success/judge-success.ts';
import { QUESTIONS_MAX } from '../../../src/domain/success/question.ts';
import {
  NO_SUCCESS_POLICY,
  type SuccessPolicy,
} from '../../../src/domain/success/success-policy.ts';

const ANSWER: Answer = {
  text: 'All five reports are written.',
  data: undefined,
  session: 's-1',
  turns: 2,
  usage: { inputTokens: 100, outputTokens: 50, cachedTokens: 0 },
  costUsd: 0.02,
  isCostEstimated: false,
  costByModel: {},
  toolCalls: 3,
  denials: [],
  terminalReason: 'done',
};

const GOOD: Finding = { isGood: true, note: 'It is fine.' };
const BAD: Finding = { isGood: false, note: 'It is not fine.' };

function facts(changes: Partial<SuccessFacts> = {}): SuccessFacts {
  return {
    who: 'claude',
    answer: ANSWER,
    files: new Map(),
    urls: new Map(),
    command: undefined,
    ...changes,
  };
}

function policy(changes: Partial<SuccessPolicy>): SuccessPolicy {
  return { ...NO_SUCCESS_POLICY, ...changes };
}

describe('the checks of a success', () => {
  it('let pass what nothing is asked of, unless a tool was denied', () => {
    expect(judgeSuccess(undefined, undefined, facts())).toEqual({
      kind: 'succeeded',
      report: { verdict: undefined, checks: [] },
    });
    const denied = facts({ answer: { ...ANSWER, denials: ['Bash', 'mcp__x'] } });
    expect(judgeSuccess(undefined, undefined, denied)).toMatchObject({
      kind: 'failed',
      reason: 'permission_denied',
      retryable: false,
    });
    expect(judgeSuccess(policy({ allowsDenials: true }), undefined, denied).kind).toBe('succeeded');
  });

  it.each([
    ['tool_calls', { toolCallsMin: 4 }, 'It made 3 tool calls; at least 4 are wanted.'],
    ['chars', { charsMin: 30 }, 'Its answer has 29 characters; at least 30 are wanted.'],
    ['tokens', { tokensMin: 51 }, 'It used 50 tokens out; at least 51 are wanted.'],
    ['usd', { usdMin: 0.03 }, 'It cost 0.02 dollars; at least 0.03 are wanted.'],
  ] as const)('hold %s to its minimum', (check, changes, note) => {
    expect(judgeSuccess(policy(changes), undefined, facts())).toMatchObject({
      kind: 'failed',
      reason: 'check_failed',
      message: `claude answered, but a check of the task failed. ${check}: ${note}`,
      report: { checks: [{ check, hasPassed: false, note }] },
    });
    const [[name, min] = ['', 0]] = Object.entries(changes);
    expect(judgeSuccess(policy({ [name]: min / 2 }), undefined, facts()).kind).toBe('succeeded');
    const nothing = facts({ answer: undefined });
    expect(judgeSuccess(policy({ [name]: min }), undefined, nothing).kind).toBe('failed');
  });

  it('tell each file, address and command, and which of them failed', () => {
    const asked = policy({
      filesChanged: ['a.md', 'b.md'],
      urls: ['http://x.test/'],
      command: { kind: 'shell', text: 'true' },
    });
    const seen = facts({
      files: new Map([
        ['a.md', GOOD],
        ['b.md', BAD],
      ]),
      urls: new Map([['http://x.test/', GOOD]]),
      command: BAD,
    });
    const judgement = judgeSuccess(asked, undefined, seen);
    expect(judgement.report.checks.map(({ check, hasPassed }) => [check, hasPassed])).toEqual([
      ['file_changed', true],
      ['file_changed', false],
      ['url', true],
      ['command', false],
    ]);
    expect(judgement).toMatchObject({
      message:
        'claude answered, but 2 checks of the task failed. file_changed: It is not fine. command: It is not fine.',
    });
  });

  it('never let pass what nobody could look at', () => {
    const asked = policy({
      filesChanged: ['a'],
      urls: ['u'],
      command: { kind: 'shell', text: 'x' },
    });
    const { report } = judgeSuccess(asked, undefined, facts());
    expect(report.checks.map(({ hasPassed }) => hasPassed)).toEqual([false, false, false]);
  });

  it('ask no trace of work of a run that found nothing new', () => {
    const asked = policy({ verdict: true, filesChanged: ['a.md'], charsMin: 1_000, usdMin: 1 });
    const nothingNew = { kind: 'nothing_new', summary: '' } as const;
    expect(judgeSuccess(asked, nothingNew, facts()).kind).toBe('succeeded');
    expect(judgeSuccess(asked, { kind: 'done', summary: '' }, facts()).kind).toBe('failed');
    const idle = policy({ verdict: true, toolCallsMin: 4 });
    expect(judgeSuccess(idle, nothingNew, facts()).kind).toBe('failed');
  });
});

describe('the verdict of a run', () => {
  const asked = policy({ verdict: true });
  const saying = (verdict: string) => ({
    who: 'claude',
    answer: { ...ANSWER, text: `… {"verdict": "${verdict}", "summary": "why"}` },
  });

  it('is nobody’s business unless the task asks for it', () => {
    expect(judgeVerdict(undefined, saying('failed'), 0).kind).toBe('goes_on');
  });

  it('goes on, asks, or fails as it says', () => {
    expect(judgeVerdict(asked, saying('done'), 0).kind).toBe('goes_on');
    expect(judgeVerdict(asked, saying('nothing_new'), 0).kind).toBe('goes_on');
    expect(judgeVerdict(asked, saying('needs_human'), 0)).toMatchObject({
      kind: 'asks',
      verdict: { summary: 'why' },
    });
    expect(judgeVerdict(asked, saying('failed'), 0)).toMatchObject({
      kind: 'failed',
      reason: 'verdict_failed',
    });
    expect(judgeVerdict(asked, { who: 'claude', answer: ANSWER }, 0)).toMatchObject({
      kind: 'failed',
      reason: 'bad_answer',
    });
  });

  it('may not ask for ever', () => {
    expect(judgeVerdict(asked, saying('needs_human'), QUESTIONS_MAX)).toMatchObject({
      kind: 'failed',
      retryable: false,
    });
  });
});
