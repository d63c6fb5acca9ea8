import { afterEach, describe, expect, it } from 'vitest';
import type { ModelAction } from '../../src/domain/action.ts';
import { NO_BUDGET, type Budget } from '../../src/domain/budget/budget.ts';
import type { Run, RunState } from '../../src/domain/run.ts';
import { createEgress } from '../../src/egress/egress.ts';
import { startEngine } from '../../src/engine/engine.ts';
import { modelExecutor } from '../../src/executors/model/model-executor.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts';
import {
  beginStream,
  chatAnswer,
  chatPiece,
  modelServer,
  sendData,
} from '../executors/model/model-servers.ts';
import { recordingAnnouncer } from '../support/announcer.ts';
import { seededIds } from '../support/ids.ts';
import { memoryOutput } from '../support/memory-output.ts';
import { memorySecrets } from '../support/memory-secrets.ts';
import { quietLog } from '../support/quiet-log.ts';
import { manualRun, minuteTask } from '../store/fixtures.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

const CLOCK: Clock = {
  now: () => Temporal.Now.instant(),
  monotonicMs: () => performance.now(),
  setTimer: (ms, wake) => {
    const timer = setTimeout(wake, ms);
    return () => clearTimeout(timer);
  },
};

/** A real engine, store, egress and executor, and a server that answers in the manner of OpenAI. */
async function open(answer: Parameters<typeof modelServer>[0]) {
  const server = await modelServer(answer);
  closers.push(() => server.close());
  const egress = createEgress({ profile: 'laptop', allow: [], ownEndpoints: () => [] });
  closers.push(() => egress.close());
  const announcer = recordingAnnouncer();
  const log = quietLog();
  const clock = CLOCK;
  const store = await openSqliteStore({ file: ':memory:', clock, announcer, log });
  closers.push(() => store.close());
  const ids = seededIds(5, clock);
  const output = memoryOutput();
  const executor = modelExecutor({ egress, environment: {}, clock, log });
  const engine = startEngine(
    {
      store,
      executors: new Map([['model', executor]]),
      output,
      secrets: memorySecrets(clock),
      announcer,
      clock,
      ids,
      log,
    },
    { owner: 'daemon-1', workers: 2, leaseMs: 30_000, tagLimits: new Map(), isOnlyProcess: true },
  );
  closers.push(() => engine.stop());

  const begin = async (changes: Partial<Budget>): Promise<Run> => {
    const action: ModelAction = {
      kind: 'model',
      provider: 'openai_compatible',
      model: 'local-small',
      prompt: 'Count.',
      baseUrl: `${server.url}v1`,
      apiKey: undefined,
      systemText: undefined,
      temperature: undefined,
      outputTokensMax: undefined,
      answerSchema: undefined,
      files: [],
    };
    const task = minuteTask(ids, clock.now(), {
      next: undefined,
      definition: { action, schedule: undefined },
      policies: { budget: { ...NO_BUDGET, ...changes } },
    });
    await store.insertTask(task, undefined);
    const run = manualRun(ids, task, clock.now());
    await store.insertRun(run, clock.now(), undefined);
    const found = await store.getRun(run.id);
    if (found === undefined) throw new Error('The run was not stored.');
    return found;
  };
  const reach = async ({ id }: Run, state: RunState): Promise<Run> => {
    const endsAt = performance.now() + PATIENCE_MS;
    for (;;) {
      const run = await store.getRun(id);
      if (run?.state === state) return run;
      if (performance.now() > endsAt) throw new Error(`The run stays ${run?.state ?? 'away'}.`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  return { server, store, output, begin, reach };
}

const PATIENCE_MS = 8_000;

describe('a model task against a server on loopback', () => {
  it('streams, counts, and keeps what it used in the books', async () => {
    const { store, output, begin, reach } = await open((response) =>
      chatAnswer(response, ['one ', 'two'], { prompt_tokens: 20, completion_tokens: 5 }),
    );
    const run = await reach(await begin({ tokensPerRun: 1_000 }), 'succeeded');
    expect(run.result?.answer).toMatchObject({ text: 'one two', usage: { inputTokens: 20 } });
    const page = await output.read(run.id, 1, { offset: 0, bytesMax: 100, stream: 'all' });
    expect(page.text).toBe('one two');
    expect(await store.spend.sumOfRun(run.id)).toEqual({ usd: 0, tokens: 25 });
  });

  it('is ended within five seconds of coming to its budget, while the server still streams', async () => {
    let piecesSent = 0;
    const { server, store, begin, reach } = await open(async (response) => {
      beginStream(response);
      while (!response.destroyed) {
        sendData(response, chatPiece('word '));
        piecesSent += 1;
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    });
    const run = await reach(await begin({ tokensPerRun: 200 }), 'failed');
    expect(run.message).toBe(
      'It was stopped: the budget of the task, 200 tokens a run is used up.',
    );
    const { tokens } = await store.spend.sumOfRun(run.id);
    expect(tokens).toBeGreaterThanOrEqual(200);
    expect(tokens).toBeLessThan(300);
    const sentThen = piecesSent;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(piecesSent - sentThen).toBeLessThan(10);
    expect(server.open()).toBe(0);
  });

  it('runs later by itself after a 429 that said when', async () => {
    let isOpen = false;
    const { server, begin, reach } = await open((response) => {
      if (isOpen) return chatAnswer(response, ['hello']);
      isOpen = true;
      return response.writeHead(429, { 'retry-after': '1' }).end('{}');
    });
    const run = await begin({});
    const held = await reach(run, 'held');
    expect(held.stateReason).toBe('the usage limit was reached');
    const done = await reach(run, 'succeeded');
    expect(done.attempt).toBe(2);
    expect(server.asked).toHaveLength(2);
  });
});
