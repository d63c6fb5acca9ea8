import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SchedulerService } from '../../src/conversations-client.ts';
import {
  carillon,
  removeFolder,
  startDaemon,
  temporaryFolder,
  type RealDaemon,
} from '../support/real-daemon.ts';

type Got = {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
};

/** Where conversations arrive. */
const got: Got[] = [];
const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (text: string) => {
    body += text;
  });
  request.on('end', () => {
    const { method = '', url: path = '', headers } = request;
    got.push({ method, path, body, headers });
    response.writeHead(path === '/broken' ? 500 : 200).end('ok');
  });
});
let callback = '';
let folder: string;
let daemon: RealDaemon;
let base = '';
let keys: { readonly apiKey: string; readonly signingKey: string };
let token = '';

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  callback = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  folder = temporaryFolder();
  const port = await freePort();
  base = `http://127.0.0.1:${String(port)}`;
  daemon = await startDaemon(join(folder, 'data'), { DBUS_SESSION_BUS_ADDRESS: '' }, [
    '--conversations-port',
    String(port),
  ]);
  keys = JSON.parse(readFileSync(keyFile(), 'utf8')) as typeof keys;
  const given = await ask('POST', '/api/auth/token', { clientId: 'russell', apiKey: keys.apiKey });
  expect(given).toMatchObject({ status: 200, body: { expiresIn: 3_600 } });
  token = String(given.body['token']);
});
afterAll(async () => {
  await daemon.kill('SIGKILL');
  removeFolder(folder);
  server.close();
});

const keyFile = () => join(folder, 'data', 'keys', 'conversations.json');

async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

async function ask(method: string, path: string, body?: unknown, bearer = token) {
  const response = await fetch(base + path, {
    method,
    headers: {
      ...(bearer === '' ? {} : { authorization: `Bearer ${bearer}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: (isJson ? JSON.parse(text) : {}) as Record<string, unknown>,
  };
}

const inMs = (ms: number) => Temporal.Now.instant().add({ milliseconds: ms });
const conversation = (path: string, ms: number, target: object = {}) => ({
  conversationText: `{"for":"${path} {{now}}"}`,
  scheduledTime: inMs(ms).toString(),
  target: { endpoint: callback + path, method: 'POST', ...target },
});

const WAIT_MS_MAX = 15_000;

async function untilStatus(id: string, status: number): Promise<Record<string, unknown>> {
  const endsAt = performance.now() + WAIT_MS_MAX;
  for (;;) {
    const { body } = await ask('GET', `/api/conversations/${id}`);
    if (body['status'] === status) return body;
    if (performance.now() > endsAt) throw new Error(`It is ${String(body['status'])}.`);
    await sleep(30);
  }
}

describe('credentials', () => {
  it('are wanted everywhere but for the token, the health and the front page', async () => {
    expect(await ask('GET', '/health', undefined, '')).toMatchObject({
      status: 200,
      body: { status: 'healthy' },
    });
    expect((await ask('GET', '/', undefined, '')).text).toContain('<h1>');
    for (const [method, path] of [
      ['GET', '/mcp/tools'],
      ['POST', '/mcp/execute'],
      ['GET', '/api/mcptools/tools'],
      ['POST', '/api/mcptools/execute'],
      ['GET', '/api/conversations'],
      ['POST', '/api/conversations'],
      ['GET', `/api/conversations/${crypto.randomUUID()}`],
      ['DELETE', `/api/conversations/${crypto.randomUUID()}`],
      ['POST', '/mcp'],
    ] as const) {
      for (const bearer of ['', 'x.y.z', daemon.token, keys.apiKey]) {
        const body = method === 'POST' ? {} : undefined;
        expect(await ask(method, path, body, bearer)).toMatchObject({ status: 401, text: '' });
      }
    }
  });

  it('lie in a file of the owner, and a wrong key gets no token', async () => {
    if (process.platform !== 'win32') expect(statSync(keyFile()).mode & 0o077).toBe(0);
    const wrong = { clientId: 'russell', apiKey: `${keys.apiKey}x` };
    expect(await ask('POST', '/api/auth/token', wrong, '')).toMatchObject({ status: 401 });
    expect(await ask('POST', '/api/auth/token', { clientId: 'a' }, '')).toMatchObject({
      status: 400,
      body: { status: 400 },
    });
  });

  it('are worth nothing when expired, changed, of another audience or without a signature', async () => {
    const seconds = Math.floor(Temporal.Now.instant().epochMilliseconds / 1_000);
    const claims = { sub: 'eve', iss: 'McpScheduler', aud: 'McpSchedulerClients' };
    const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const sign = (given: object, header: object = { alg: 'HS256', typ: 'JWT' }) => {
      const text = `${encoded(header)}.${encoded(given)}`;
      return `${text}.${createHmac('sha256', keys.signingKey).update(text).digest('base64url')}`;
    };
    const good = sign({ ...claims, exp: seconds + 60 });
    expect(await ask('POST', '/api/auth/validate', { token: good }, '')).toMatchObject({
      body: { isValid: true, clientId: 'eve' },
    });
    const bad = [
      sign({ ...claims, exp: seconds - 1 }),
      sign(claims),
      sign({ ...claims, exp: seconds + 60, aud: 'others' }),
      sign({ ...claims, exp: seconds + 60 }, { alg: 'none', typ: 'JWT' }),
      `${encoded({ alg: 'none' })}.${encoded({ ...claims, exp: seconds + 60 })}.`,
      good.replace(/\.[^.]+\./, `.${encoded({ ...claims, sub: 'ada', exp: seconds + 60 })}.`),
    ];
    for (const each of bad) {
      expect(await ask('GET', '/mcp/tools', undefined, each)).toMatchObject({ status: 401 });
      expect((await ask('POST', '/api/auth/validate', { token: each }, '')).body).toEqual({
        isValid: false,
        clientId: null,
      });
    }
  });

  it('let nobody at the tasks and routes of Carillon itself', async () => {
    expect((await ask('GET', '/api/v1/tasks')).status).toBe(404);
    const native = await fetch(`${daemon.origin}/api/v1/tasks`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(native.status).toBe(401);
  });
});

describe('the REST interface', () => {
  it('delivers a text as it is, with its headers, and tells how it went', async () => {
    const headersJson = JSON.stringify({ 'X-Key': 'k1', 'Content-Type': 'text/plain' });
    const target = { method: 'PUT', headersJson, additionalInfo: 'for Ada' };
    const made = await ask('POST', '/api/conversations', conversation('/put', 700, target));
    expect(made.status).toBe(201);
    const id = String(made.body['id']);
    expect(made.headers.get('location')).toBe(`/api/conversations/${id}`);
    expect(made.body).toMatchObject({
      status: 0,
      target: { conversationId: id, method: 'PUT', additionalInfo: 'for Ada' },
    });
    await untilStatus(id, 2);
    const [delivered, ...again] = got.filter(({ path }) => path === '/put');
    expect(again).toEqual([]);
    expect(delivered).toMatchObject({
      method: 'PUT',
      body: '{"for":"/put {{now}}"}',
      headers: { 'x-key': 'k1', 'content-type': 'application/json; charset=utf-8' },
    });
  });

  it('delivers the texts of GET as well, and fails where the endpoint does, after one try', async () => {
    const get = conversation('/get', 500, { method: 'GET' });
    const first = await ask('POST', '/api/conversations', get);
    const second = await ask('POST', '/api/conversations', conversation('/broken', 500));
    await untilStatus(String(first.body['id']), 2);
    await untilStatus(String(second.body['id']), 3);
    expect(got.filter(({ path }) => path === '/get')).toMatchObject([
      { method: 'GET', body: get.conversationText },
    ]);
    expect(got.filter(({ path }) => path === '/broken')).toHaveLength(1);
  });

  it('lists the newest first, in pages and by state, and cancels what is scheduled', async () => {
    const ids: string[] = [];
    for (const path of ['/a', '/b', '/c']) {
      const { body } = await ask('POST', '/api/conversations', conversation(path, 3_600_000));
      ids.push(String(body['id']));
    }
    expect((await ask('DELETE', `/api/conversations/${String(ids[0])}`)).status).toBe(204);
    expect((await ask('DELETE', `/api/conversations/${String(ids[0])}`)).status).toBe(404);
    expect((await ask('GET', `/api/conversations/${String(ids[0])}`)).body['status']).toBe(4);
    const { body } = await ask('GET', '/api/conversations?status=scheduled&page=2&pageSize=1');
    expect(body).toMatchObject({ page: 2, pageSize: 1, totalCount: 2, totalPages: 2 });
    expect(body['data']).toMatchObject([{ id: ids[1] }]);
    const all = (await ask('GET', '/api/conversations?status=nonsense&pageSize=3')).body['data'];
    expect(all).toMatchObject([{ id: ids[2] }, { id: ids[1] }, { id: ids[0] }]);
  });

  it('answers what is wrong in the older form', async () => {
    const past = await ask('POST', '/api/conversations', conversation('/past', -5_000));
    expect(past).toMatchObject({ status: 400 });
    expect(String(past.body['error'])).toContain('in the future');
    const unread = conversation('/x', 60_000, { headersJson: '{' });
    expect((await ask('POST', '/api/conversations', unread)).body['error']).toContain(
      'headersJson',
    );
    for (const method of ['GET', 'DELETE']) {
      expect(await ask(method, '/api/conversations/17')).toMatchObject({
        status: 400,
        body: { status: 400, detail: expect.stringContaining('GUID') },
      });
    }
    const unknown = await ask('GET', `/api/conversations/${crypto.randomUUID()}`);
    expect(unknown).toMatchObject({ status: 404, body: { status: 404 } });
  });
});

describe('the tool calls', () => {
  it('are listed in both forms', async () => {
    const names = ['scheduleConversation', 'getConversationStatus', 'cancelConversation'];
    const choices = (await ask('GET', '/mcp/tools')).body['toolChoices'];
    expect(choices).toMatchObject(names.map((toolId) => ({ toolId, toolName: toolId })));
    const { tools } = (await ask('GET', '/api/mcptools/tools')).body;
    expect(tools).toMatchObject(names.map((name) => ({ name, inputSchema: { type: 'object' } })));
  });

  it('schedule, tell and cancel, the one by exact names and the other by any case', async () => {
    const given = {
      conversationText: 'hello',
      scheduledTime: inMs(3_600_000).toString(),
      endpoint: `${callback}/never`,
    };
    const made = await ask('POST', '/mcp/execute', {
      toolId: 'scheduleConversation',
      toolParameters: given,
    });
    expect(made).toMatchObject({ status: 200, body: { toolId: 'scheduleConversation' } });
    const conversationId = made.body['toolResult'];
    const call = (name: string) =>
      ask('POST', '/api/mcptools/execute', { name, arguments: { conversationId } });
    expect((await call('GETCONVERSATIONSTATUS')).body).toEqual({ result: 'Scheduled' });
    expect((await call('cancelConversation')).body).toEqual({ result: true });
    const cased = { toolId: 'CancelConversation', toolParameters: { conversationId } };
    expect(await ask('POST', '/mcp/execute', cased)).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('no such tool') },
    });
  });

  it('are served over MCP behind the same token', async () => {
    const client = new Client({ name: 'russell', version: '1.0' });
    await client.connect(
      new StreamableHTTPClientTransport(new URL(`${base}/mcp?surface=native`), {
        requestInit: { headers: { authorization: `Bearer ${token}` } },
      }),
    );
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      'scheduleConversation',
      'getConversationStatus',
      'cancelConversation',
    ]);
    const made = await client.callTool({
      name: 'scheduleConversation',
      arguments: {
        conversationText: 'over MCP',
        scheduledTime: inMs(400).toString(),
        endpoint: `${callback}/mcp`,
      },
    });
    const [block] = made.content;
    const id = block?.type === 'text' ? block.text : '';
    await untilStatus(id, 2);
    expect(got.filter(({ path }) => path === '/mcp')).toHaveLength(1);
    await client.close();
  });
});

describe('the stand-in', () => {
  it('is started by its client, and delivers through the daemon', async () => {
    const messages = [
      {
        id: 1,
        method: 'initialize',
        params: {
          protocolVersion: '2025-06-18',
          capabilities: {},
          clientInfo: { name: 'python', version: '1.0' },
        },
      },
      { method: 'notifications/initialized' },
      {
        id: 2,
        method: 'tools/call',
        params: {
          name: 'schedule_conversation',
          arguments: {
            conversation_text: 'stood in',
            scheduled_time: inMs(2_000).toString(),
            endpoint: `${callback}/stand-in`,
          },
        },
      },
    ];
    const input = messages.map((each) => `${JSON.stringify({ jsonrpc: '2.0', ...each })}\n`);
    const { stdout, stderr } = await carillon(['as', 'conversations'], {
      input: input.join(''),
      env: { CARILLON_DATA: daemon.data },
    });
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Answered);
    const id = answers.find((answer) => answer.id === 2)?.result.content?.[0]?.text ?? '';
    expect(id, stderr).toMatch(/^[0-9a-f-]{36}$/);
    await untilStatus(id, 2);
    expect(got.filter(({ path }) => path === '/stand-in')).toMatchObject([{ body: 'stood in' }]);
  });
});

type Answered = {
  readonly id: number;
  readonly result: { readonly content?: readonly { readonly text: string }[] };
};

describe('the wrapper for TypeScript', () => {
  it('schedules, asks and cancels', async () => {
    const scheduler = new SchedulerService({
      url: `${base}/mcp`,
      clientId: 'russell',
      apiKey: keys.apiKey,
    });
    expect(await scheduler.initialize()).toBe(true);
    const id = await scheduler.scheduleConversation('later', inMs(3_600_000), `${callback}/later`, {
      method: 'PATCH',
      additionalInfo: 'kept',
    });
    if (id === undefined) throw new Error(scheduler.lastError);
    expect(await scheduler.getConversationStatus(id)).toBe('Scheduled');
    expect(await scheduler.cancelConversation(id)).toBe(true);
    expect(await scheduler.getConversationStatus(id)).toBe('Cancelled');
    expect(await scheduler.cancelConversation(id)).toBe(false);
    await scheduler.close();
  });

  it('answers nothing and says why, where something is wrong', async () => {
    const wrong = new SchedulerService({ url: base, clientId: 'russell', apiKey: 'wrong' });
    expect(await wrong.initialize()).toBe(false);
    expect(wrong.lastError).toBe('The API key is not valid.');
    const right = new SchedulerService({ url: base, clientId: 'russell', apiKey: keys.apiKey });
    expect(await right.scheduleConversation('x', 'soon', callback)).toBeUndefined();
    expect(right.lastError).toContain('ISO 8601');
    const nobody = new SchedulerService({ url: 'http://127.0.0.1:1', clientId: 'a', apiKey: 'b' });
    expect(await nobody.getConversationStatus(crypto.randomUUID())).toBeUndefined();
    expect(nobody.lastError).not.toBeUndefined();
  });
});
