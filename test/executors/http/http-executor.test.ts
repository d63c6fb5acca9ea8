import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { HttpAction } from '../../../src/domain/action.ts';
import type { Outcome, RunResult } from '../../../src/domain/outcome.ts';
import { createEgress, type EgressOptions } from '../../../src/egress/egress.ts';
import { httpExecutor } from '../../../src/executors/http/http-executor.ts';
import type { Execution, Sink } from '../../../src/ports/executor.ts';
import type { Run } from '../../../src/domain/run.ts';
import { RUN } from '../../support/run.ts';
import type { LogFields } from '../../../src/ports/log.ts';
import {
  closedPort,
  httpServer,
  until,
  type Listener,
  type TestServer,
} from '../../egress/servers.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(listener: Listener): Promise<TestServer> {
  const server = await httpServer(listener);
  closers.push(() => server.close());
  return server;
}

type Done = {
  readonly outcome: Outcome;
  readonly result: RunResult;
  readonly output: string;
  readonly skipped: number;
  readonly logged: readonly LogFields[];
};

type Request = Partial<HttpAction> & { readonly url: string };
type Around = {
  readonly attempt?: number;
  readonly grants?: Readonly<Record<string, string>>;
  readonly run?: Partial<Run>;
  readonly signal?: AbortSignal;
  readonly headBytes?: number;
  readonly egress?: Partial<EgressOptions>;
};

async function run(request: Request, around: Around = {}): Promise<Done> {
  const egress = createEgress({
    profile: 'laptop',
    allow: [],
    ownEndpoints: () => [],
    ...around.egress,
  });
  closers.push(() => egress.close());
  const logged: LogFields[] = [];
  const note = (_: string, fields: LogFields = {}): void => {
    logged.push(fields);
  };
  let monotonicMs = 0;
  const executor = httpExecutor({
    egress,
    clock: {
      now: () => Temporal.Instant.from('2026-11-21T09:00:00Z'),
      monotonicMs: () => (monotonicMs += 25),
      setTimer: () => () => {},
    },
    log: { debug: note, info: note, warn: note, error: note },
    version: '9.8.7',
  });
  const kept = memorySink(around.headBytes ?? Infinity);
  const execution: Execution<HttpAction> = {
    run: { ...RUN, ...around.run },
    attempt: around.attempt ?? 1,
    action: {
      kind: 'http',
      method: 'GET',
      headers: {},
      body: undefined,
      expectedStatus: [[200, 299]],
      ...request,
    },
    grants: new Map(Object.entries(around.grants ?? {})),
  };
  const signal = around.signal ?? new AbortController().signal;
  const outcome = await executor.execute(execution, kept.sink, signal);
  if (outcome.result === undefined) throw new Error('The executor answers with a result.');
  return { outcome, result: outcome.result, output: kept.text(), skipped: kept.skipped(), logged };
}

function memorySink(headBytes: number): {
  readonly sink: Sink;
  readonly text: () => string;
  readonly skipped: () => number;
} {
  const chunks: Buffer[] = [];
  let written = 0;
  let skipped = 0;
  const sink: Sink = {
    write: (stream, bytes) => {
      expect(stream).toBe('stdout');
      chunks.push(Buffer.from(bytes));
      written += bytes.length;
    },
    skip: (_, count) => {
      skipped += count;
    },
    get isHeadFull() {
      return written >= headBytes;
    },
    get bytes() {
      return written + skipped;
    },
    get isCut() {
      return skipped > 0;
    },
    restart: () => {},
    observe: () => {},
  };
  return { sink, text: () => Buffer.concat(chunks).toString(), skipped: () => skipped };
}

describe('the http executor', () => {
  it('sends the request of the action and keeps status, headers and body of the answer', async () => {
    const server = await serve((request, response) => {
      response.writeHead(202, { 'X-Answer': 'yes', 'Set-Cookie': 'session=1' });
      response.end(`${request.method} ${request.url}`);
    });
    const { outcome, result, output } = await run({ method: 'DELETE', url: `${server.url}a?b=c` });
    expect(outcome.kind).toBe('succeeded');
    expect(output).toBe('DELETE /a?b=c');
    expect(result).toMatchObject({
      httpStatus: 202,
      httpHeaders: { 'x-answer': 'yes', 'set-cookie': '***' },
      durationMs: 25,
      outputBytes: 13,
      outputIsCut: false,
      exitCode: undefined,
    });
  });

  it('tells the server which run it is, with one idempotency key over all attempts', async () => {
    const seen: unknown[] = [];
    const server = await serve((request, response) => {
      const { headers } = request;
      seen.push([
        headers['idempotency-key'],
        headers['x-carillon-attempt'],
        headers['x-carillon-scheduled-for'],
        headers['user-agent'],
      ]);
      response.writeHead(503).end();
    });
    await run({ url: server.url }, { attempt: 1 });
    await run({ url: server.url }, { attempt: 2 });
    await run({ url: server.url }, { run: { trigger: 'manual', scheduledFor: undefined } });
    expect(seen).toEqual([
      [RUN.id, '1', '2026-11-21T09:00:00Z', 'carillon/9.8.7'],
      [RUN.id, '2', '2026-11-21T09:00:00Z', 'carillon/9.8.7'],
      [RUN.id, '1', undefined, 'carillon/9.8.7'],
    ]);
  });

  it('leaves the headers that the task sets itself, but not those that say which run it is', async () => {
    let seen: IncomingMessage['headers'] = {};
    const server = await serve((request, response) => {
      seen = request.headers;
      response.end();
    });
    const text = (value: string) => ({ kind: 'text', text: value }) as const;
    await run({
      url: server.url,
      headers: {
        'idempotency-key': text('mine'),
        'USER-AGENT': text('me/1'),
        'x-carillon-attempt': text('99'),
      },
    });
    expect(seen['idempotency-key']).toBe('mine');
    expect(seen['user-agent']).toBe('me/1');
    expect(seen['x-carillon-attempt']).toBe('1');
  });

  it.each([
    ['{"a":1}', {}, 'application/json'],
    ['[1]', {}, 'application/json'],
    ['{not json', {}, 'text/plain; charset=utf-8'],
    ['text', {}, 'text/plain; charset=utf-8'],
    [
      'a=b',
      { 'content-TYPE': 'application/x-www-form-urlencoded' },
      'application/x-www-form-urlencoded',
    ],
    [undefined, {}, undefined],
  ])('sends the body %j with %j as %s', async (body, headers, type) => {
    const seen: unknown[] = [];
    const server = await serve(async (request, response) => {
      let text = '';
      for await (const chunk of request as AsyncIterable<Buffer>) text += chunk.toString();
      seen.push([text, request.headers['content-type']]);
      response.end();
    });
    const granted = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name,
        { kind: 'text', text: value } as const,
      ]),
    );
    await run({ method: 'POST', url: server.url, body, headers: granted });
    expect(seen).toEqual([[body ?? '', type]]);
  });

  it('puts granted secrets into headers and masks them in what it keeps', async () => {
    const server = await serve((request, response) => {
      const token = request.headers.authorization ?? '';
      response.writeHead(200, { 'X-Echo': `got ${token}.` }).end();
    });
    const { result } = await run(
      { url: server.url, headers: { Authorization: { kind: 'secret', secret: 'TOKEN' } } },
      { grants: { TOKEN: 'Bearer $&secret' } },
    );
    expect(result.httpHeaders).toHaveProperty('x-echo', 'got ***.');
  });

  it('names the secrets that are missing and sends nothing', async () => {
    const server = await serve((_, response) => response.end());
    const secret = (name: string) => ({ kind: 'secret', secret: name }) as const;
    const { outcome } = await run(
      { url: server.url, headers: { A: secret('ONE'), B: secret('TWO'), C: secret('TWO') } },
      { grants: { ONE: 'x' } },
    );
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'secret_missing', retryable: false });
    expect(outcome).toHaveProperty('message', expect.stringContaining('"TWO"'));
    expect(outcome).not.toHaveProperty('message', expect.stringContaining('ONE'));
    expect(server.connections()).toBe(0);
  });

  it('shows no secret in the message about a header that cannot be sent', async () => {
    const { outcome } = await run(
      { url: 'http://127.0.0.1:1/', headers: { 'X-Key': { kind: 'secret', secret: 'KEY' } } },
      { grants: { KEY: 'hidden\nvalue' } },
    );
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'bad_action', retryable: false });
    expect(JSON.stringify(outcome)).not.toContain('hidden');
    expect(outcome).toHaveProperty('message', expect.stringContaining('"X-Key"'));
  });

  it.each([
    [200, 'succeeded', undefined],
    [299, 'succeeded', undefined],
    [304, 'failed', false],
    [400, 'failed', false],
    [404, 'failed', false],
    [408, 'failed', true],
    [425, 'failed', true],
    [429, 'failed', true],
    [500, 'failed', true],
    [503, 'failed', true],
    [599, 'failed', true],
  ])('takes status %i for %s (retryable: %s)', async (status, kind, retryable) => {
    const server = await serve((_, response) =>
      response.writeHead(status).end('text from outside'),
    );
    const { outcome, result, output } = await run({ url: server.url });
    expect(outcome.kind).toBe(kind);
    expect(outcome).toHaveProperty('result.httpStatus', status);
    if (retryable !== undefined)
      expect(outcome).toMatchObject({ reason: 'http_status', retryable });
    expect(outcome).not.toHaveProperty('message', expect.stringContaining('outside'));
    expect(output).toBe(status === 304 ? '' : 'text from outside');
    expect(result.outputBytes).toBe(output.length);
  });

  it('goes by the statuses that the task expects', async () => {
    const server = await serve((request, response) => {
      response.writeHead(Number(request.url?.slice(1))).end();
    });
    const expectedStatus = [
      [404, 404],
      [500, 502],
    ] as const;
    const kinds: string[] = [];
    for (const status of [404, 502, 503, 200]) {
      const { outcome } = await run({ url: `${server.url}${status}`, expectedStatus });
      kinds.push(outcome.kind);
    }
    expect(kinds).toEqual(['succeeded', 'succeeded', 'failed', 'failed']);
  });

  it('may try again when nobody answers, and not when the address is refused', async () => {
    const closed = await run({ url: `http://127.0.0.1:${await closedPort()}/` });
    expect(closed.outcome).toMatchObject({
      kind: 'failed',
      reason: 'unreachable',
      retryable: true,
    });
    expect(closed.logged).toEqual([{ run: RUN.id, reason: 'unreachable', detail: 'ECONNREFUSED' }]);
    const refused = await run({ url: 'http://169.254.169.254/' });
    expect(refused.outcome).toMatchObject({
      kind: 'failed',
      reason: 'egress_refused',
      retryable: false,
    });
    const unreadable = await run({ url: 'nonsense' });
    expect(unreadable.outcome).toMatchObject({
      kind: 'failed',
      reason: 'bad_action',
      retryable: false,
    });
  });

  it('keeps status and output of an answer that broke off', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'Content-Length': '100' });
      response.write('half', () => response.destroy());
    });
    const { outcome, result, output } = await run({ url: server.url });
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'unreachable', retryable: true });
    expect(result.httpStatus).toBe(200);
    expect(output).toBe('half');
  });

  it('does not follow a redirect to a forbidden address', async () => {
    const server = await serve((_, response) => {
      response.writeHead(302, { Location: 'http://169.254.169.254/' }).end();
    });
    const { outcome, result } = await run({ url: server.url });
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'egress_refused', retryable: false });
    expect(result.httpStatus).toBe(302);
  });

  it('hands over head and end of a large body, and counts the rest', async () => {
    const size = 3_000_000;
    const server = await serve((_, response) => {
      response.end(Buffer.concat([Buffer.alloc(size, 'a'), Buffer.from('THE END')]));
    });
    const { outcome, result, output, skipped } = await run(
      { url: server.url },
      { headBytes: 1_000_000 },
    );
    expect(outcome.kind).toBe('succeeded');
    expect(output.endsWith('THE END')).toBe(true);
    expect(output.length).toBeLessThan(1_500_000);
    expect(output.length).toBeGreaterThan(1_256_000);
    expect(output.length + skipped).toBe(size + 7);
    expect(result).toMatchObject({ outputBytes: size + 7, outputIsCut: true });
  });

  it('keeps a bounded part of the response headers', async () => {
    const server = await serve((_, response) => {
      for (let count = 0; count < 200; count += 1)
        response.setHeader(`x-${count}`, 'v'.repeat(100));
      response.setHeader('a-long-one', 'v'.repeat(5_000));
      response.end();
    });
    const { result } = await run({ url: server.url });
    const kept = Object.entries(result.httpHeaders ?? {});
    expect(kept.length).toBeLessThanOrEqual(64);
    expect(kept.length).toBeGreaterThan(10);
    for (const [, value] of kept) expect(value.length).toBeLessThanOrEqual(1_024);
  });

  it.each([
    ['timed_out', 'timed_out'],
    ['cancelled', 'cancelled'],
    ['deadline', 'cancelled'],
  ])('ends at once when it is stopped as %s', async (reason, kind) => {
    const server = await serve(() => {});
    const controller = new AbortController();
    const running = run({ url: server.url }, { signal: controller.signal });
    await until(() => server.open() === 1);
    controller.abort(reason);
    expect((await running).outcome.kind).toBe(kind);
    await until(() => server.open() === 0);
  });
});
