import { afterEach, describe, expect, it } from 'vitest';
import type { ModelAction } from '../../src/domain/action.ts';
import { NO_BUDGET, type Budget } from '../../src/domain/budget/budget.ts';
import type { Answer, Outcome, Usage } from '../../src/domain/outcome.ts';
import type { Run, RunState } from '../../src/domain/run.ts';
import type { Task } from '../../src/domain/task.ts';
import { settleQuestion } from '../../src/domain/success/settle-question.ts';
import { startEngine } from '../../src/engine/engine.ts';
import type { DaemonBudgets } from '../../src/engine/meter.ts';
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts';
import { recordingAnnouncer } from '../support/announcer.ts';
import { seededIds } from '../support/ids.ts';
import { memoryOutput } from '../support/memory-output.ts';
import { memorySecrets } from '../support/memory-secrets.ts';
import { quietLog } from '../support/quiet-log.ts';
import { failed, resultOf, scriptedExecutor, type Step } from '../support/scripted-executor.ts';
import { setClock } from '../support/set-clock.ts';
import { manualRun, minuteTask, type TaskChanges } from '../store/fixtures.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

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

/** A real engine on a real store, with a clock that the test moves and an executor that it scripts. */
async function open(budgets?: DaemonBudgets) {
  const clock = setClock('2026-11-21T22:00:00Z');
  const announcer = recordingAnnouncer();
  const log = quietLog();
  const store = await openSqliteStore({ file: ':memory:', clock, announcer, log });
  const ids = seededIds(3, clock);
  const executor = scriptedExecutor('model');
  const engine = startEngine(
    {
      store,
      executors: new Map([['model', executor]]),
      output: memoryOutput(),
      secrets: memorySecrets(clock),
      announcer,
      clock,
      ids,
      log,
    },
    {
      owner: 'daemon-1',
      workers: 4,
      leaseMs: 30_000,
      tagLimits: new Map(),
      isOnlyProcess: true,
      ...(budgets === undefined ? {} : { budgets }),
    },
  );
  closers.push(async () => {
    const stopped = engine.stop();
    await passing(clock, stopped);
    await store.close();
  });

  const addTask = async (changes: TaskChanges = {}): Promise<Task> => {
    const definition = { action: MODEL, schedule: undefined, ...changes.definition };
    const task = minuteTask(ids, clock.now(), { next: undefined, ...changes, definition });
    await store.insertTask(task, undefined);
    return task;
  };
  const begin = async (task: Task): Promise<Run> => {
    const run = manualRun(ids, task, clock.now(), { overlap: 'allow' });
    const inserted = await store.insertRun(run, clock.now(), undefined);
    if (inserted.kind !== 'inserted') throw new Error('The run was not stored.');
    return inserted.run;
  };
  const get = async (run: Run): Promise<Run> => {
    const found = await store.getRun(run.id);
    if (found === undefined) throw new Error('The run is gone.');
    return found;
  };
  /** Lets time pass until the run is in this state. */
  const reach = async (run: Run, state: RunState): Promise<Run> => {
    let found = await get(run);
    for (let tries = 0; found.state !== state; tries += 1) {
      if (tries > TRIES_MAX) throw new Error(`The run stays ${found.state}.`);
      clock.advance(10);
      await turn();
      found = await get(run);
    }
    return found;
  };
  return { store, clock, executor, addTask, begin, get, reach };
}

const TRIES_MAX = 500;

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Lets time pass until the work is done. */
async function passing(
  clock: { advance(ms: number): void },
  work: Promise<unknown>,
): Promise<void> {
  let isOver = false;
  void work.finally(() => (isOver = true));
  while (!isOver) {
    clock.advance(100);
    await turn();
  }
}

function budget(changes: Partial<Budget>): { readonly budget: Budget } {
  return { budget: { ...NO_BUDGET, ...changes } };
}

function usage(tokens: number): Usage {
  return { inputTokens: tokens, outputTokens: 0, cachedTokens: 0 };
}

function answered(usd: number, tokens = 10): Outcome {
  const answer: Answer = {
    text: 'hello',
    data: undefined,
    session: undefined,
    turns: 1,
    usage: usage(tokens),
    costUsd: usd,
    isCostEstimated: false,
    costByModel: {},
    toolCalls: 0,
    denials: [],
    terminalReason: 'stop',
  };
  return { kind: 'succeeded', result: resultOf({ answer }) };
}

/** Tells more and more of what it uses until it is stopped. */
function spender(usdPerStep: number): Step {
  return async (_execution, sink, signal) => {
    for (let step = 1; !signal.aborted; step += 1) {
      sink.observe({ kind: 'usage', ...usage(step * 100) });
      sink.observe({ kind: 'cost', usd: step * usdPerStep });
      await turn();
    }
    return { kind: 'cancelled', message: 'ended', result: resultOf() };
  };
}

describe('a run under a budget', () => {
  it('is told its caps and stopped while it streams; what it used is in the books', async () => {
    const { addTask, begin, reach, executor, store } = await open();
    executor.script(spender(0.1));
    const task = await addTask({ policies: budget({ usdPerRun: 1, tokensPerRun: 50_000 }) });
    const run = await reach(await begin(task), 'failed');
    expect(executor.executions[0]?.caps).toEqual({ usd: 1, tokens: 50_000 });
    expect(run.message).toBe('It was stopped: the budget of the task, $1 a run is used up.');
    const spent = await store.spend.sumOfRun(run.id);
    expect(spent.usd).toBeCloseTo(1, 6);
    expect(spent.tokens).toBeGreaterThanOrEqual(900);
  });

  it('counts earlier attempts of the run against its cap', async () => {
    const { addTask, begin, reach, executor } = await open();
    executor.script((_execution, sink) => {
      sink.observe({ kind: 'cost', usd: 0.7 });
      return failed('engine_error', true, {});
    }, spender(0.1));
    const retry = {
      attemptsMax: 5,
      backoffMs: 0,
      backoffFactor: 1,
      backoffMsMax: 0,
      jitterRatio: 0,
      retriesLost: false,
    };
    const task = await addTask({ policies: { ...budget({ usdPerRun: 1 }), retry } });
    const run = await reach(await begin(task), 'failed');
    expect(run.attempt).toBe(2);
    expect(executor.executions[1]?.caps?.usd).toBeCloseTo(0.3, 6);
  });

  it('is held until the next day of its zone, then starts by itself', async () => {
    const { addTask, begin, reach, get, executor, clock } = await open();
    executor.script(answered(2));
    const task = await addTask({
      policies: budget({ usdPerDay: 2, onLimit: 'wait' }),
      definition: { tags: [] },
    });
    await reach(await begin(task), 'succeeded');
    const held = await reach(await begin(task), 'held');
    expect(held.stateReason).toBe('the budget of the task, $2 a day is used up');
    // The task has no schedule, so its day is that of the daemon's zone.
    expect(held.heldUntil?.toString()).toBe('2026-11-22T00:00:00Z');
    expect(held.attempt).toBe(0);
    expect(executor.executions).toHaveLength(1);
    clock.advanceTo('2026-11-21T23:59:50Z');
    await turn();
    expect((await get(held)).state).toBe('held');
    clock.advanceTo('2026-11-22T00:00:00Z');
    expect((await reach(held, 'succeeded')).attempt).toBe(1);
  });

  it('asks a person for more, and goes on with what they allow', async () => {
    const { addTask, begin, reach, executor, store, clock } = await open();
    executor.script(spender(0.1), answered(0.5));
    const task = await addTask({ policies: budget({ usdPerRun: 1, onLimit: 'ask' }) });
    const waiting = await reach(await begin(task), 'waiting');
    expect(waiting.questions[0]?.text).toContain('May this run use another $1?');
    const [asked] = waiting.questions;
    if (asked === undefined) return;
    await store.replyToRun(waiting.id, 1, settleQuestion(asked, 'yes', 'owner', clock.now()));
    const done = await reach(waiting, 'succeeded');
    expect(done.attempt).toBe(2);
    expect(executor.executions[1]?.caps?.usd).toBeCloseTo(1, 6);
  });

  it('that nobody allows more fails for its budget, and is asked before it starts in vain', async () => {
    const { addTask, begin, reach, executor, store, clock } = await open();
    executor.script(answered(2));
    const task = await addTask({ policies: budget({ usdPerDay: 2, onLimit: 'ask' }) });
    await reach(await begin(task), 'succeeded');
    const waiting = await reach(await begin(task), 'waiting');
    expect(waiting).toMatchObject({ attempt: 0, attemptsMax: 1 });
    const [asked] = waiting.questions;
    if (asked === undefined) return;
    await store.replyToRun(waiting.id, 1, settleQuestion(asked, 'no', 'owner', clock.now()));
    const failed = await reach(waiting, 'failed');
    expect(failed).toMatchObject({ stateReason: 'budget', outcome: 'failed' });
    expect(executor.executions).toHaveLength(1);
  });

  it('fails at once when it may not wait, and when too little is left for what it usually takes', async () => {
    const { addTask, begin, reach, executor } = await open();
    executor.script(answered(0.8));
    const task = await addTask({ policies: budget({ usdPerDay: 2 }) });
    await reach(await begin(task), 'succeeded');
    await reach(await begin(task), 'succeeded');
    const run = await reach(await begin(task), 'failed');
    expect(run.message).toMatch(/^It did not start: what is left of the budget of the task/);
    expect(executor.executions).toHaveLength(2);
  });

  it('goes on as soon as a person raises the budget', async () => {
    const { addTask, begin, reach, executor, store, clock } = await open();
    executor.script(answered(2));
    const task = await addTask({ policies: budget({ usdPerMonth: 2, onLimit: 'wait' }) });
    await reach(await begin(task), 'succeeded');
    const held = await reach(await begin(task), 'held');
    const found = await store.findTask({ by: 'id', id: task.id });
    if (found === undefined) throw new Error('The task is gone.');
    const policies = { ...found.definition.policies, ...budget({ usdPerMonth: 9 }) };
    const edited = {
      ...found,
      version: found.version + 1,
      revision: found.revision + 1,
      definition: { ...found.definition, policies },
      updatedAt: clock.now(),
    };
    expect(await store.updateTask(edited, 'task.updated', [])).toBe('updated');
    await reach(held, 'succeeded');
  });

  it('shares the budgets of its tags and of the daemon with runs in progress', async () => {
    const daemon = { ...NO_BUDGET, usdPerDay: 1 };
    const { addTask, begin, reach, executor, store } = await open({
      daemon,
      tags: new Map(),
      zone: 'UTC',
    });
    executor.script(spender(0.01));
    const one = await begin(await addTask());
    const other = await begin(await addTask());
    await reach(one, 'failed');
    await reach(other, 'failed');
    const { usd } = await store.spend.sum(
      { kind: 'all' },
      Temporal.Instant.fromEpochMilliseconds(0),
    );
    expect(usd).toBeGreaterThanOrEqual(1);
    expect(usd).toBeLessThan(1.1);
    const third = await reach(await begin(await addTask()), 'failed');
    expect(third.message).toContain('the budget of the daemon, $1 a day');
  });

  it('of a tag bounds the tasks that have it and no others', async () => {
    const tags = new Map([['research', { ...NO_BUDGET, tokensPerDay: 1_000 }]]);
    const { addTask, begin, reach, executor } = await open({
      daemon: undefined,
      tags,
      zone: 'UTC',
    });
    executor.script(answered(0.1, 1_000));
    await reach(await begin(await addTask({ definition: { tags: ['research'] } })), 'succeeded');
    const tagged = await addTask({ definition: { tags: ['research', 'x'] } });
    const run = await reach(await begin(tagged), 'failed');
    expect(run.message).toContain('the budget of the tag "research", 1000 tokens a day');
    await reach(await begin(await addTask({ definition: { tags: ['x'] } })), 'succeeded');
  });
});

describe('a usage limit', () => {
  it('holds the pool until the time that was told, and everything runs by itself after it', async () => {
    const { addTask, begin, reach, get, executor, clock, store } = await open();
    const retryAt = Temporal.Instant.from('2026-11-22T01:00:00Z');
    executor.script({ ...failed('usage_limit', true, {}), retryAt } as Outcome, answered(0.1));
    const first = await reach(await begin(await addTask()), 'held');
    expect(first.heldUntil?.toString()).toBe('2026-11-22T01:00:00Z');
    const second = await begin(await addTask());
    const openai = { ...MODEL, provider: 'openai' } as const;
    await reach(await begin(await addTask({ definition: { action: openai } })), 'succeeded');
    expect((await get(second)).state).toBe('queued');
    expect(await store.spend.listHolds(clock.now())).toEqual([
      { pool: 'anthropic', until: retryAt },
    ]);
    clock.advanceTo(retryAt);
    await reach(first, 'succeeded');
    await reach(second, 'succeeded');
  });
});
