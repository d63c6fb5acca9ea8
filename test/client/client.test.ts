import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { type ApiAnswer, ApiProblem, type ApiInput, openClient } from '../../src/client/client.ts';
import { requestOf } from '../../src/client/request-of.ts';
import { eventParser } from '../../src/client/parse-events.ts';
import { type Door, openDoor, TOKEN } from '../mcp/door.ts';
import { draft } from '../service/bench.ts';

let door: Door;
beforeEach(async () => {
  door = await openDoor();
});
afterEach(() => door.close());

function client(token = TOKEN) {
  return openClient({
    origin: 'http://localhost',
    token,
    fetch: async (input, init) => door.app.fetch(new Request(input, init)),
  });
}

describe('the client', () => {
  it('knows what each request takes and answers', () => {
    expectTypeOf<ApiInput<'GET /tasks/:task'>>().toHaveProperty('task');
    expectTypeOf<ApiAnswer<'GET /tasks'>['tasks'][number]['revision']>().toEqualTypeOf<number>();
    expectTypeOf<ApiAnswer<'DELETE /secrets/:name'>>().toEqualTypeOf<undefined>();
    // @ts-expect-error There is no such request.
    requestOf satisfies ApiAnswer<'GET /nowhere'>;
  });

  it('carries a task through its life', async () => {
    const made = await client().call(
      'POST /tasks',
      { name: 'a/b c', when: 'every 5 minutes', action: { kind: 'command', argv: ['true'] } },
      { idempotencyKey: 'k' },
    );
    expect(made.task.revision).toBe(1);
    const { tasks } = await client().call('GET /tasks', { state: ['active', 'paused'], limit: 5 });
    expect(tasks.map(({ name }) => name)).toEqual(['a/b c']);
    const run = await client().call('POST /tasks/:task/runs', { task: 'a/b c' });
    expect(run.state).toBe('queued');
    await client().call('PUT /secrets/:name', { name: 'KEY', value: 'x' });
    expect((await client().call('GET /status')).tasks.active).toBe(1);
    await client().call('DELETE /tasks/:task', { task: 'a/b c' }, { revision: 1 });
    expect((await client().call('GET /tasks')).tasks).toEqual([]);
  });

  it('throws what was refused, with the hint and the revision of now', async () => {
    await door.bench.services.createTask(draft());
    await door.bench.services.pauseTask('backup');
    const late = client().call('POST /tasks/:task/resume', { task: 'backup' }, { revision: 1 });
    await expect(late).rejects.toMatchObject({ code: 'conflict', status: 412, revision: 2 });
    await expect(client('wrong').call('GET /status')).rejects.toMatchObject({ status: 401 });
    await expect(client().call('GET /runs/:run', { run: 'run_x' })).rejects.toBeInstanceOf(
      ApiProblem,
    );
  });

  it('tells that nobody answers', async () => {
    const nobody = openClient({ origin: 'http://127.0.0.1:9' });
    await expect(nobody.call('GET /status')).rejects.toMatchObject({
      code: 'unreachable',
      status: 0,
    });
  });

  it('writes paths, queries and bodies from one object', () => {
    expect(requestOf('GET /runs', { states: ['failed', 'cancelled'], task: undefined })).toEqual({
      method: 'GET',
      path: '/runs?states=failed%2Ccancelled',
    });
    expect(requestOf('POST /tasks/:task/pause', { task: 'é/?', reason: 'why' })).toEqual({
      method: 'POST',
      path: '/tasks/%C3%A9%2F%3F/pause',
      body: { reason: 'why' },
    });
  });
});

describe('the watch of the client', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    server = undefined;
  });

  /** Answers each connection by the next of these, and keeps what was asked. */
  async function serveStreams(answers: readonly ((response: ServerResponse) => void)[]) {
    const seen: (string | undefined)[] = [];
    const opened = createServer((request, response) => {
      const answer = answers[Math.min(seen.length, answers.length - 1)];
      seen.push(request.headers['last-event-id'] as string | undefined);
      answer?.(response);
    });
    server = opened;
    await new Promise<void>((resolve) => opened.listen(0, '127.0.0.1', resolve));
    const { port } = opened.address() as AddressInfo;
    return { seen, origin: `http://127.0.0.1:${port}` };
  }

  const stream =
    (text: string, isOver = true) =>
    (response: ServerResponse) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(text);
      if (isOver) response.end();
    };

  it('comes back after a broken connection with what it saw last, and passes nothing over', async () => {
    const { seen, origin } = await serveStreams([
      stream('retry: 1\n\nid: 7\nevent: run.started\ndata: {"id":7}\n\nid: 8\nevent: run.fai'),
      (response) => response.writeHead(503).end(),
      stream('retry: 1\n\nid: 9\nevent: resync\ndata: {"last_id":9}\n\n'),
      stream('retry: 1\n\nevent: time\ndata: {"now":"2026-11-02T08:00:00Z"}\n\n', false),
    ]);
    const stop = new AbortController();
    const kinds: string[] = [];
    for await (const event of openClient({ origin }).watch({ signal: stop.signal, after: 6 })) {
      kinds.push(event.kind);
      if (event.kind === 'time') stop.abort();
    }
    expect(seen).toEqual(['6', '7', '7', '9']);
    expect(kinds).toEqual([
      'connected',
      'change',
      'disconnected',
      'disconnected',
      'connected',
      'resync',
      'disconnected',
      'connected',
      'time',
    ]);
  });

  it('gives up where it is turned away', async () => {
    const { origin } = await serveStreams([(response) => response.writeHead(401).end('{}')]);
    const watching = openClient({ origin }).watch();
    await expect(watching.next()).rejects.toMatchObject({ status: 401 });
  });

  it('sees the changes of a daemon', async () => {
    const stop = new AbortController();
    const watching = client().watch({ signal: stop.signal });
    expect(await watching.next()).toMatchObject({ value: { kind: 'connected' } });
    expect(await watching.next()).toMatchObject({
      value: { kind: 'time', now: '2026-11-02T08:00:00Z' },
    });
    await door.bench.services.createTask(draft());
    expect(await watching.next()).toMatchObject({
      value: { kind: 'change', change: { kind: 'task.created' } },
    });
    stop.abort();
    expect(await watching.next()).toMatchObject({ done: true });
  });

  it('reads events however they are cut', () => {
    const text = ': hello\n\nid: 1\r\nevent: a\r\ndata: x\r\ndata: y\r\n\r\nretry: 5\n\ndata:z\n\n';
    for (let size = 1; size <= text.length; size += 1) {
      const parse = eventParser();
      const events = [];
      for (let at = 0; at < text.length; at += size)
        events.push(...parse(text.slice(at, at + size)));
      expect(events).toEqual([
        { id: '1', event: 'a', data: 'x\ny', retryMs: undefined },
        { id: undefined, event: 'message', data: '', retryMs: 5 },
        { id: undefined, event: 'message', data: 'z', retryMs: undefined },
      ]);
    }
  });
});
