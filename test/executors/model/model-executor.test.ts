import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ModelAction } from '../../../src/domain/action.ts';
import type { Outcome, RunResult } from '../../../src/domain/outcome.ts';
import type { Run } from '../../../src/domain/run.ts';
import { createEgress, type EgressOptions } from '../../../src/egress/egress.ts';
import { modelExecutor } from '../../../src/executors/model/model-executor.ts';
import type { Execution, Observation, Sink } from '../../../src/ports/executor.ts';
import { closedPort, until } from '../../egress/servers.ts';
import { quietLog } from '../../support/quiet-log.ts';
import {
  beginMessage,
  beginStream,
  chatAnswer,
  chatPiece,
  endChat,
  endMessage,
  messagePiece,
  modelServer,
  sendData,
  sendEvent,
  type Asked,
  type ModelServer,
} from './model-servers.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(
  answer: (response: ServerResponse, asked: Asked) => unknown,
): Promise<ModelServer> {
  const server = await modelServer(answer);
  closers.push(() => server.close());
  return server;
}

const NOW = Temporal.Instant.from('2026-11-21T09:00:00Z');

const RUN: Run = {
  id: 'run_01j00000000000000000000000',
  taskId: 'task_01j00000000000000000000000',
  taskName: 'summary',
  namespace: 'native',
  taskVersion: 1,
  trigger: 'schedule',
  scheduledFor: NOW,
  coversSince: undefined,
  missedCount: 0,
  state: 'running',
  stateReason: undefined,
  heldUntil: undefined,
  priority: 0,
  createdAt: NOW,
  readyAt: NOW,
  deadlineAt: undefined,
  startedAt: NOW,
  endedAt: undefined,
  attempt: 1,
  attemptsMax: 1,
  cancelRequestedAt: undefined,
  outcome: undefined,
  message: undefined,
  result: undefined,
  questions: [],
  overrides: {},
  origin: { principal: 'owner', client: undefined, parentRunId: undefined },
};

const ACTION: ModelAction = {
  kind: 'model',
  provider: 'openai_compatible',
  model: 'local-small',
  prompt: 'Say hello.',
  baseUrl: undefined,
  apiKey: undefined,
  systemText: undefined,
  temperature: undefined,
  outputTokensMax: undefined,
  answerSchema: undefined,
  files: [],
};

type Around = {
  readonly grants?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly egress?: Partial<EgressOptions>;
  /** Called for every observation; what it aborts ends the attempt. */
  readonly watch?: (observation: Observation, stop: AbortController) => void;
  readonly stop?: AbortController;
  readonly more?: Pick<Execution, 'turns' | 'wantsVerdict'>;
};

type Done = {
  readonly outcome: Outcome;
  readonly result: RunResult;
  readonly output: string;
  readonly errors: string;
  readonly observed: readonly Observation[];
};

async function run(given: Partial<ModelAction>, around: Around = {}): Promise<Done> {
  const egress = createEgress({
    profile: 'laptop',
    allow: [],
    ownEndpoints: () => [],
    ...around.egress,
  });
  closers.push(() => egress.close());
  const stop = around.stop ?? new AbortController();
  const observed: Observation[] = [];
  const texts = { stdout: '', stderr: '' };
  const sink: Sink = {
    write: (stream, bytes) => {
      texts[stream] += Buffer.from(bytes).toString();
    },
    skip: () => {},
    isHeadFull: false,
    get bytes() {
      return texts.stdout.length + texts.stderr.length;
    },
    isCut: false,
    restart: () => {},
    observe: (observation) => {
      observed.push(observation);
      around.watch?.(observation, stop);
    },
  };
  const executor = modelExecutor({
    egress,
    environment: around.environment ?? {},
    clock: { now: () => NOW, monotonicMs: () => performance.now(), setTimer: () => () => {} },
    log: quietLog(),
  });
  const action = { ...ACTION, ...given };
  const grants = new Map(Object.entries(around.grants ?? {}));
  const outcome = await executor.execute(
    { run: RUN, attempt: 1, action, grants, ...around.more },
    sink,
    stop.signal,
  );
  if (outcome.result === undefined) throw new Error('The executor answers with a result.');
  return { outcome, result: outcome.result, output: texts.stdout, errors: texts.stderr, observed };
}

const USAGE = { prompt_tokens: 12, completion_tokens: 3 };
const SCHEMA = {
  type: 'object',
  properties: { mood: { type: 'string' } },
  required: ['mood'],
  additionalProperties: false,
};

describe('a model call', () => {
  it('goes on with the conversation after a question, and is asked for its verdict', async () => {
    const server = await serve((response) => chatAnswer(response, ['done']));
    const first = await run({ baseUrl: server.url });
    const { answer } = first.result;
    if (answer === undefined) throw new Error('There is no answer.');
    const more = { turns: [{ answer, reply: 'The blue one.' }], wantsVerdict: true };
    await run({ baseUrl: server.url }, { more });
    expect(server.asked[0]?.body['messages']).toEqual([{ role: 'user', content: 'Say hello.' }]);
    expect(server.asked[1]?.body['messages']).toMatchObject([
      { role: 'user', content: expect.stringMatching(/^Say hello\.\n\n.*"needs_human"/s) },
      { role: 'assistant', content: 'done' },
      { role: 'user', content: expect.stringMatching(/^The blue one\.\n\n.*"needs_human"/s) },
    ]);
  });

  it('streams the answer of a compatible server into the output and counts what it used', async () => {
    const server = await serve((response) =>
      chatAnswer(response, ['Hel', 'lo ', 'there'], {
        ...USAGE,
        prompt_tokens_details: { cached_tokens: 4 },
      }),
    );
    const done = await run({
      baseUrl: `${server.url}v1`,
      systemText: 'Be short.',
      temperature: 0.2,
      outputTokensMax: 50,
    });
    expect(done.outcome.kind).toBe('succeeded');
    expect(done.output).toBe('Hello there');
    expect(done.result.answer).toMatchObject({
      text: 'Hello there',
      usage: { inputTokens: 12, outputTokens: 3, cachedTokens: 4 },
      costUsd: undefined,
      terminalReason: 'stop',
    });
    expect(server.asked[0]?.path).toBe('/v1/chat/completions');
    expect(server.asked[0]?.headers.authorization).toBeUndefined();
    expect(server.asked[0]?.body).toMatchObject({
      model: 'local-small',
      stream: true,
      temperature: 0.2,
      max_tokens: 50,
      messages: [
        { role: 'system', content: 'Be short.' },
        { role: 'user', content: 'Say hello.' },
      ],
    });
  });

  it('speaks the protocol of Anthropic with the key of a secret, and prices the tokens', async () => {
    const server = await serve((response) => {
      beginMessage(response, 1_000, 500);
      for (const piece of ['Good ', 'morning']) sendEvent(response, messagePiece(piece));
      endMessage(response, 200);
    });
    const done = await run(
      {
        provider: 'anthropic',
        model: 'claude-sonnet-4-5-20250929',
        baseUrl: `${server.url}v1`,
        apiKey: { kind: 'secret', secret: 'ANTHROPIC' },
      },
      { grants: { ANTHROPIC: 'sk-ant-000111222' } },
    );
    expect(done.outcome.kind).toBe('succeeded');
    expect(done.output).toBe('Good morning');
    expect(server.asked[0]?.headers['x-api-key']).toBe('sk-ant-000111222');
    const { usage, costUsd, isCostEstimated } = done.result.answer ?? {};
    expect(usage).toEqual({ inputTokens: 1_500, outputTokens: 200, cachedTokens: 500 });
    expect(costUsd).toBeCloseTo((1_000 * 3 + 500 * 0.3 + 200 * 15) / 1e6, 9);
    expect(isCostEstimated).toBe(true);
    expect(done.observed[0]).toMatchObject({ kind: 'usage', inputTokens: 1_500 });
  });

  it('tells what it uses while a server is still streaming, and is ended there at once', async () => {
    const server = await serve(async (response) => {
      beginStream(response);
      while (!response.destroyed) {
        sendData(response, chatPiece('word '));
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    });
    const startedMs = performance.now();
    const done = await run(
      { baseUrl: server.url },
      {
        watch: (observation, stop) => {
          if (observation.kind === 'usage' && observation.outputTokens >= 100) stop.abort('budget');
        },
      },
    );
    expect(performance.now() - startedMs).toBeLessThan(4_000);
    expect(done.outcome.kind).toBe('cancelled');
    expect(done.result.answer?.usage?.outputTokens).toBeGreaterThanOrEqual(100);
    expect(done.result.answer?.usage?.outputTokens).toBeLessThan(400);
    expect(done.output).toMatch(/^(?:word ){100,}/);
    await until(() => server.open() === 0);
  });

  it('speaks the protocols of OpenAI and of Google', async () => {
    const openai = await serve((response) => {
      beginStream(response);
      const delta = { type: 'response.output_text.delta', item_id: 'm', output_index: 0 };
      const item = { type: 'message', id: 'm', role: 'assistant', content: [] };
      const added = { type: 'response.output_item.added', output_index: 0, item };
      for (const event of [added, { ...delta, content_index: 0, delta: 'hello' }]) {
        sendData(response, event, event.type);
      }
      const usage = { input_tokens: 9, output_tokens: 2 };
      sendData(response, { type: 'response.completed', response: { usage } }, 'response.completed');
      response.end();
    });
    const google = await serve((response) => {
      beginStream(response);
      sendData(response, {
        candidates: [
          { content: { parts: [{ text: 'hello' }], role: 'model' }, finishReason: 'STOP' },
        ],
        usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 2, totalTokenCount: 11 },
      });
      response.end();
    });
    const apiKey = { kind: 'secret', secret: 'KEY' } as const;
    const around = { grants: { KEY: 'secret-key-4711' } };
    for (const [provider, server] of [
      ['openai', openai],
      ['google', google],
    ] as const) {
      const given = { provider, model: 'some-model', baseUrl: server.url, apiKey };
      const { outcome, result, output } = await run(given, around);
      expect(outcome.kind).toBe('succeeded');
      expect(output).toBe('hello');
      expect(result.answer?.usage).toMatchObject({ inputTokens: 9, outputTokens: 2 });
    }
    expect(openai.asked[0]?.path).toBe('/responses');
    expect(openai.asked[0]?.headers.authorization).toBe('Bearer secret-key-4711');
    expect(google.asked[0]?.path).toBe('/models/some-model:streamGenerateContent?alt=sse');
    expect(google.asked[0]?.headers['x-goog-api-key']).toBe('secret-key-4711');
  });

  it('signs requests to Bedrock with the credentials of AWS, or carries its key', async () => {
    const server = await serve((response) => response.writeHead(403).end('{}'));
    const given = { provider: 'bedrock', model: 'anthropic.claude', baseUrl: server.url } as const;
    const environment = { AWS_BEARER_TOKEN_BEDROCK: 'bedrock-key-1' };
    await run(
      { ...given, apiKey: { kind: 'variable', variable: 'AWS_BEARER_TOKEN_BEDROCK' } },
      { environment },
    );
    expect(server.asked[0]?.path).toBe('/model/anthropic.claude/converse-stream');
    expect(server.asked[0]?.headers.authorization).toBe('Bearer bedrock-key-1');
    const anonymous = await run(given, { environment });
    expect(anonymous.outcome).toMatchObject({ kind: 'failed', reason: 'engine_error' });
    expect(server.asked[1]?.headers.authorization).toBeUndefined();
  });

  it('takes counts from chunks of Anthropic before the answer has ended', async () => {
    const server = await serve((response) => {
      beginMessage(response, 90_000);
      sendEvent(response, messagePiece('…'));
    });
    const done = await run(
      { provider: 'anthropic', model: 'claude-opus-4-5', baseUrl: server.url },
      {
        watch: (observation, stop) => {
          if (observation.kind === 'cost' && observation.usd > 0.4) stop.abort('budget');
        },
      },
    );
    expect(done.result.answer?.usage?.inputTokens).toBe(90_000);
    expect(done.result.answer?.costUsd).toBeGreaterThan(0.4);
  });

  it('asks for JSON after the schema of the task and keeps what follows it', async () => {
    const server = await serve((response) =>
      chatAnswer(response, ['```json\n{"mood":', '"fine"}\n```']),
    );
    const done = await run({ baseUrl: server.url, answerSchema: SCHEMA });
    expect(done.outcome.kind).toBe('succeeded');
    expect(done.result.answer?.data).toEqual({ mood: 'fine' });
    expect(server.asked[0]?.body['response_format']).toMatchObject({
      type: 'json_schema',
      json_schema: { schema: SCHEMA },
    });
  });

  it.each([
    ['text that is no JSON', 'I feel fine.', /did not answer with JSON/],
    ['JSON of another shape', '{"mood": 7}', /does not follow the schema/],
    ['JSON that breaks off', '{"mood": "fi', /did not answer with JSON/],
  ])('fails on %s', async (_, text, message) => {
    const server = await serve((response) => chatAnswer(response, [text]));
    const { outcome, result } = await run({ baseUrl: server.url, answerSchema: SCHEMA });
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'bad_answer' });
    expect(outcome.kind === 'failed' && outcome.message).toMatch(message);
    expect(result.answer?.text).toBe(text);
  });

  it('refuses a schema that cannot be checked before anything is sent', async () => {
    const server = await serve((response) => chatAnswer(response, ['{}']));
    const { outcome } = await run({ baseUrl: server.url, answerSchema: { type: 'no such type' } });
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'bad_action' });
    expect(server.asked).toHaveLength(0);
  });

  it.each([
    [{ 'retry-after': '120' }, '2026-11-21T09:02:00Z'],
    [{ 'retry-after-ms': '1500' }, '2026-11-21T09:00:01.5Z'],
    [{ 'retry-after': 'Sat, 21 Nov 2026 20:00:00 GMT' }, '2026-11-21T20:00:00Z'],
    [{}, undefined],
  ])('says until when a usage limit lasts: %j', async (headers, expected) => {
    const server = await serve((response) => {
      response.writeHead(429, { 'content-type': 'application/json', ...headers });
      response.end('{"error":{"message":"Too many requests.","type":"rate_limit"}}');
    });
    const { outcome, errors } = await run({ baseUrl: server.url });
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'usage_limit' });
    expect(outcome.kind === 'failed' && outcome.retryAt?.toString()).toBe(expected ?? undefined);
    expect(errors).toContain('Too many requests.');
    expect(server.asked).toHaveLength(1);
  });

  it('knows an overloaded provider by its status and by an error within the stream', async () => {
    const byStatus = await serve((response) => response.writeHead(529).end());
    const inStream = await serve((response) => {
      beginMessage(response, 10);
      sendEvent(response, {
        type: 'error',
        error: { type: 'overloaded_error', message: 'Overloaded' },
      });
      response.end();
    });
    for (const server of [byStatus, inStream]) {
      const { outcome } = await run({ provider: 'anthropic', baseUrl: server.url });
      expect(outcome).toMatchObject({ kind: 'failed', reason: 'usage_limit' });
    }
  });

  it.each([
    [401, 'engine_error', false, /did not accept the key/],
    [403, 'engine_error', false, /may not use this model/],
    [404, 'engine_error', false, /knows no such model/],
    [400, 'engine_error', false, /refused the request \(400\)/],
    [302, 'engine_error', false, /redirect/],
    [500, 'engine_error', true, /failed with status 500/],
  ])(
    'turns status %d into an outcome that says what to do',
    async (status, reason, retryable, message) => {
      const server = await serve((response) => {
        response.writeHead(status, { 'content-type': 'application/json', location: '/elsewhere' });
        response.end('{"error":{"message":"no"}}');
      });
      const { outcome } = await run({ baseUrl: server.url });
      expect(outcome).toMatchObject({ kind: 'failed', reason, retryable });
      expect(outcome.kind === 'failed' && outcome.message).toMatch(message);
      expect(server.asked).toHaveLength(1);
    },
  );

  it('fails when the answer breaks off, and keeps what had come', async () => {
    const broken = await serve((response) => {
      beginStream(response);
      sendData(response, chatPiece('half an an'));
      setTimeout(() => response.destroy(), 20);
    });
    const quiet = await serve((response) => {
      beginStream(response);
      sendData(response, chatPiece('half an an'));
      response.end();
    });
    const first = await run({ baseUrl: broken.url });
    expect(first.outcome).toMatchObject({ kind: 'failed', reason: 'unreachable', retryable: true });
    expect(first.result.answer?.text).toBe('half an an');
    const second = await run({ baseUrl: quiet.url });
    expect(second.outcome).toMatchObject({ kind: 'failed', reason: 'engine_error' });
  });

  it('fails when the model says nothing, or its provider filters the answer', async () => {
    const silent = await serve((response) => chatAnswer(response, []));
    const filtered = await serve((response) => {
      beginStream(response);
      endChat(response, USAGE, 'content_filter');
    });
    for (const server of [silent, filtered]) {
      const { outcome } = await run({ baseUrl: server.url });
      expect(outcome).toMatchObject({ kind: 'failed', reason: 'bad_answer' });
    }
  });

  it('cannot be led to what is not a model of these protocols', async () => {
    const page = await serve((response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<html>Welcome</html>');
    });
    const { outcome } = await run({ baseUrl: page.url });
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'engine_error' });
  });

  it('goes out through egress only, which may refuse the address', async () => {
    const server = await serve((response) => chatAnswer(response, ['hello']));
    const refused = await run({ baseUrl: server.url }, { egress: { profile: 'shared' } });
    expect(refused.outcome).toMatchObject({ kind: 'failed', reason: 'egress_refused' });
    const gone = await run({ baseUrl: `http://127.0.0.1:${await closedPort()}/v1` });
    expect(gone.outcome).toMatchObject({ kind: 'failed', reason: 'unreachable', retryable: true });
    expect(server.asked).toHaveLength(0);
  });

  it('ends at once when it is stopped before a word has come', async () => {
    const server = await serve(() => {});
    const stop = new AbortController();
    const running = run({ baseUrl: server.url }, { stop });
    await until(() => server.asked.length === 1);
    stop.abort('cancelled');
    const { outcome } = await running;
    expect(outcome.kind).toBe('cancelled');
  });
});

describe('the key of a model call', () => {
  it('is named when it is missing', async () => {
    const secret = await run({
      apiKey: { kind: 'secret', secret: 'LLM_KEY' },
      baseUrl: 'http://x/',
    });
    expect(secret.outcome).toMatchObject({ kind: 'failed', reason: 'secret_missing' });
    expect(secret.outcome.kind === 'failed' && secret.outcome.message).toContain('"LLM_KEY"');
    const usual = await run({ provider: 'openai' });
    expect(usual.outcome.kind === 'failed' && usual.outcome.message).toContain('OPENAI_API_KEY');
  });

  it('may come from a variable that is for such keys, and from no other', async () => {
    const server = await serve((response) => chatAnswer(response, ['your key is vk-123456789']));
    const environment = { LOCAL_API_KEY: 'vk-123456789', DATABASE_PASSWORD: 'hunter22' };
    const good = await run(
      { baseUrl: server.url, apiKey: { kind: 'variable', variable: 'LOCAL_API_KEY' } },
      { environment },
    );
    expect(server.asked[0]?.headers.authorization).toBe('Bearer vk-123456789');
    expect(good.output).toBe('your key is ***');
    expect(good.result.answer?.text).toBe('your key is ***');
    const bad = await run(
      { baseUrl: server.url, apiKey: { kind: 'variable', variable: 'DATABASE_PASSWORD' } },
      { environment },
    );
    expect(bad.outcome).toMatchObject({ kind: 'failed', reason: 'secret_missing' });
    expect(server.asked).toHaveLength(1);
  });

  it('of the provider is not sent to an address that the task gives', async () => {
    const server = await serve((response) => {
      beginMessage(response, 1);
      sendEvent(response, messagePiece('hello'));
      endMessage(response, 1);
    });
    const environment = { ANTHROPIC_API_KEY: 'sk-real-key-1234' };
    const done = await run({ provider: 'anthropic', baseUrl: server.url }, { environment });
    expect(done.outcome.kind).toBe('succeeded');
    expect(server.asked[0]?.headers['x-api-key']).toBeUndefined();
  });
});

describe('files that go with a prompt', () => {
  const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');

  async function folder(): Promise<string> {
    const path = await mkdtemp(join(tmpdir(), 'carillon-files-'));
    closers.push(() => rm(path, { recursive: true }));
    return path;
  }

  it('are read when the run starts: images as images, text as text', async () => {
    const path = await folder();
    await writeFile(join(path, 'picture.txt'), png);
    await writeFile(join(path, 'notes.bin'), 'Buy milk.');
    const server = await serve((response) => chatAnswer(response, ['ok']));
    const files = [join(path, 'picture.txt'), join(path, 'notes.bin')];
    const { outcome } = await run({ baseUrl: server.url, files });
    expect(outcome.kind).toBe('succeeded');
    expect(server.asked[0]?.body['messages']).toMatchObject([
      {
        content: [
          {
            type: 'image_url',
            image_url: { url: `data:image/png;base64,${png.toString('base64')}` },
          },
          { type: 'text', text: 'notes.bin:\n\nBuy milk.' },
          { type: 'text', text: 'Say hello.' },
        ],
      },
    ]);
  });

  it('keep the run from starting when they are missing, too many or of no use', async () => {
    const path = await folder();
    await writeFile(join(path, 'program'), Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0xff]));
    const server = await serve((response) => chatAnswer(response, ['ok']));
    const many = Array.from({ length: 21 }, () => join(path, 'program'));
    for (const files of [[join(path, 'gone.png')], [path], [join(path, 'program')], many]) {
      const { outcome } = await run({ baseUrl: server.url, files });
      expect(outcome).toMatchObject({ kind: 'failed', reason: 'bad_action' });
    }
    expect(server.asked).toHaveLength(0);
  });
});
