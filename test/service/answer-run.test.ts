import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { owner } from '../../src/domain/principal.ts';
import type { Run } from '../../src/domain/run.ts';
import { newQuestion, type Question } from '../../src/domain/success/question.ts';
import { USUAL_ASK_POLICY } from '../../src/domain/success/success-policy.ts';
import { succeeded } from '../support/scripted-executor.ts';
import { type Bench, draft, openBench } from './bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

const LIMIT = { scope: { kind: 'task' }, period: 'run', measure: 'usd', amount: 2 } as const;

/** A run that waits with a question. */
async function waiting(about: Question['about']): Promise<Run> {
  const { task } = await bench.services.createTask(draft());
  const run = await bench.services.runTask({ task: task.id });
  const [claim] = await bench.take();
  if (claim === undefined) throw new Error('No run was ready.');
  const question = newQuestion(about, 'Which one?', 1, USUAL_ASK_POLICY, bench.clock.now());
  const transition = { to: 'waiting', question, counts: true } as const;
  await bench.store.finishAttempt(claim, succeeded(), transition, bench.clock.now());
  return run;
}

describe('an answer to a run', () => {
  it('lets it go on, once', async () => {
    const run = await waiting({ kind: 'work' });
    expect(await bench.services.answerRun(run.id, 'the first')).toMatchObject({
      state: 'queued',
      questions: [{ reply: { text: 'the first', by: 'owner' } }],
    });
    await expect(bench.services.answerRun(run.id, 'the second')).rejects.toThrow(
      'waits for no answer; it is queued',
    );
  });

  it('is not given by a run, nor without the scope for it', async () => {
    const run = await waiting({ kind: 'work' });
    const agent = bench.as({ ...owner('test'), kind: 'agent_run', parentRunId: run.id });
    await expect(agent.answerRun(run.id, 'do it')).rejects.toThrow('The policy does not let');
    const reader = bench.as({ ...owner('test'), scopes: ['tasks:read'] });
    await expect(reader.answerRun(run.id, 'do it')).rejects.toThrow('tasks:run');
    const key = bench.as({ ...owner('test'), kind: 'api_key' });
    expect((await key.answerRun(run.id, 'do it')).state).toBe('queued');
  });

  it('about money is given by a person alone, and says how much', async () => {
    const run = await waiting({ kind: 'budget', limit: LIMIT });
    for (const kind of ['agent_run', 'api_key', 'machine'] as const) {
      const other = bench.as({ ...owner('test'), kind, parentRunId: run.id });
      await expect(other.answerRun(run.id, 'yes')).rejects.toMatchObject({ code: 'forbidden' });
    }
    await expect(bench.services.answerRun(run.id, 'perhaps')).rejects.toThrow('yes, no, or how');
    expect(await bench.services.answerRun(run.id, 'no')).toMatchObject({
      state: 'failed',
      stateReason: 'budget',
    });
  });

  it('is told by explain until when it may come', async () => {
    const run = await waiting({ kind: 'work' });
    const { sentences } = await bench.services.explain({ run: run.id });
    expect(sentences.join(' ')).toContain(
      'It is waiting: it asks a person; it waits for an answer until',
    );
    expect(sentences.join(' ')).toContain('fails without one.');
  });
});

describe('a contract', () => {
  it('is for agents and models, and has its bounds', async () => {
    const success = {
      verdict: true,
      filesChanged: [],
      urls: [],
      toolCallsMin: undefined,
      charsMin: undefined,
      tokensMin: undefined,
      usdMin: undefined,
      allowsDenials: false,
      command: undefined,
    };
    await expect(bench.services.createTask({ ...draft(), policies: { success } })).rejects.toThrow(
      '"success" is for agents and models; a command tells by itself',
    );
    const ask = { deadlineMs: 10 };
    await expect(bench.services.createTask({ ...draft(), policies: { ask } })).rejects.toThrow(
      '"ask.deadline" is 10ms; it must be from 1s to 30d',
    );
  });
});
