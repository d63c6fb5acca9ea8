import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ModelAction } from '../../src/domain/action.ts';
import { NO_BUDGET, type Budget } from '../../src/domain/budget/budget.ts';
import type { Claim } from '../../src/domain/run.ts';
import type { SpendEntry } from '../../src/ports/spend.ts';
import { failed, succeeded } from '../support/scripted-executor.ts';
import { draft, openBench, type Bench } from './bench.ts';

const MODEL: ModelAction = {
  kind: 'model',
  provider: 'anthropic',
  model: 'm',
  prompt: 'hello',
  baseUrl: undefined,
  apiKey: undefined,
  systemText: undefined,
  temperature: undefined,
  outputTokensMax: undefined,
  answerSchema: undefined,
  files: [],
};

let bench: Bench;
beforeEach(async () => {
  bench = await openBench('2026-11-11T12:00:00Z');
});
afterEach(() => bench.close());

function budget(changes: Partial<Budget>): Budget {
  return { ...NO_BUDGET, ...changes };
}

async function claimOne(task: string): Promise<Claim> {
  await bench.services.runTask({ task, overlap: 'allow' });
  const [claim] = await bench.take();
  if (claim === undefined) throw new Error('No run was ready.');
  return claim;
}

async function use(task: string, usd: number, engine = 'anthropic'): Promise<void> {
  const claim = await claimOne(task);
  const spend: SpendEntry = {
    engine,
    usage: { inputTokens: 1_000, outputTokens: 100, cachedTokens: 10 },
    costUsd: usd,
    isCostEstimated: true,
  };
  const { store, clock } = bench;
  await store.finishAttempt(claim, succeeded(), { to: 'succeeded' }, clock.now(), undefined, spend);
}

describe('the budget of a task', () => {
  it('is replaced as a whole, and removed by one without a bound', async () => {
    const made = await bench.services.createTask(
      draft({ action: MODEL, policies: { budget: budget({ usdPerDay: 1, tokensPerRun: 10 }) } }),
    );
    expect(made.task.definition.policies.budget).toMatchObject({ usdPerDay: 1, tokensPerRun: 10 });
    const edited = await bench.services.updateTask('backup', {
      policies: { budget: budget({ usdPerMonth: 9, onLimit: 'wait' }) },
    });
    expect(edited.task.definition.policies.budget).toEqual(
      budget({ usdPerMonth: 9, onLimit: 'wait' }),
    );
    const removed = await bench.services.updateTask('backup', { policies: { budget: NO_BUDGET } });
    expect(removed.task.definition.policies.budget).toBeUndefined();
  });

  it.each([
    [{ usdPerDay: 0 }, /dollars of the budget per day is 0/],
    [{ usdPerRun: -1 }, /dollars of the budget per run is -1/],
    [{ tokensPerMonth: 1.5 }, /tokens of the budget per month is 1.5/],
  ])('refuses %j', async (changes, message) => {
    const policies = { budget: budget(changes) };
    await expect(bench.services.createTask(draft({ policies }))).rejects.toThrow(message);
  });
});

describe('usage', () => {
  it('tells what was used by task, engine and day, and what the month comes to', async () => {
    await bench.services.createTask(draft({ name: 'one', action: MODEL, tags: ['a'] }));
    await bench.services.createTask(draft({ name: 'two', action: MODEL }));
    await use('one', 1);
    bench.clock.advance(24 * 3_600_000);
    await use('two', 2, 'openai');
    bench.clock.advance(24 * 3_600_000);
    const zone = 'UTC';
    const byTask = await bench.services.usage({ by: 'task', zone });
    expect(byTask.rows.map(({ name, usd }) => [name, usd])).toEqual([
      ['two', 2],
      ['one', 1],
    ]);
    expect(byTask.total).toMatchObject({ usd: 3, inputTokens: 2_000, attempts: 2 });
    // Twelve and a half days of thirty have gone by.
    expect(byTask.month.usd).toBe(3);
    expect(byTask.month.projectedUsd).toBeCloseTo((3 / 12.5) * 30, 6);
    const byDay = await bench.services.usage({ by: 'day', zone: 'Pacific/Kiritimati' });
    expect(byDay.rows.map(({ key, usd }) => [key, usd])).toEqual([
      ['2026-11-12', 1],
      ['2026-11-13', 2],
    ]);
    const ofTag = await bench.services.usage({ by: 'engine', zone, tag: 'a' });
    expect(ofTag.rows.map(({ key }) => key)).toEqual(['anthropic']);
    const ofTask = await bench.services.usage({ by: 'engine', zone, task: 'two' });
    expect(ofTask.rows.map(({ key }) => key)).toEqual(['openai']);
    const since = bench.clock.now().subtract({ hours: 30 });
    expect((await bench.services.usage({ by: 'task', zone, since })).total.usd).toBe(2);
  });

  it('refuses stretches that it cannot tell of', async () => {
    const now = bench.clock.now();
    for (const [since, until] of [
      [now, now.subtract({ hours: 1 })],
      [now.subtract({ hours: 24 * 500 }), now],
    ] as const) {
      await expect(bench.services.usage({ by: 'task', since, until })).rejects.toThrow(/400 days/);
    }
  });
});

describe('what explains a run that waits for a usage window', () => {
  it('says until when, for the run that came to the limit and for those behind it', async () => {
    await bench.services.createTask(draft({ name: 'one', action: MODEL }));
    await bench.services.createTask(draft({ name: 'two', action: MODEL }));
    const claim = await claimOne('one');
    const { clock, store } = bench;
    const until = clock.now().add({ hours: 3 });
    const reason = 'the usage limit was reached';
    await store.finishAttempt(
      claim,
      failed('usage_limit'),
      { to: 'held', until, reason, counts: true, pool: 'anthropic' },
      clock.now(),
    );
    const waiting = await bench.services.runTask({ task: 'two' });
    const first = await bench.services.explain({ run: claim.run.id });
    expect(first.sentences.join(' ')).toMatch(
      /It is held until Wed 2026-11-11 16:00: the usage limit was reached/,
    );
    for (const query of [{ run: waiting.id }, { task: 'two' }]) {
      const { sentences } = await bench.services.explain(query);
      expect(sentences.join(' ')).toMatch(/"anthropic" is held until .*16:00/);
    }
    expect((await bench.services.usage({ by: 'engine' })).holds).toEqual([
      { pool: 'anthropic', until },
    ]);
  });
});
