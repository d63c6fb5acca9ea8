import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect, createServer, type AddressInfo } from 'node:net';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  carillon,
  MAIN,
  removeFolder,
  startDaemon,
  temporaryFolder,
  type RealDaemon,
} from '../support/real-daemon.ts';
import { INITIALIZE, spawnMcp, type McpProcess } from './mcp-process.ts';

type Asked = { readonly status: number | undefined; readonly text: string };
type Headers = Readonly<Record<string, string>>;

const JSON_TYPE = { 'content-type': 'application/json' };

let folder: string;
let daemon: RealDaemon;
let bridge: McpProcess;
let port: number;

beforeAll(async () => {
  folder = temporaryFolder();
  daemon = await startDaemon(folder);
  port = await freePorts();
  bridge = start('--port', String(port));
  await listens(port + 1);
}, 30_000);

afterAll(async () => {
  bridge.child.kill('SIGKILL');
  await daemon.kill('SIGKILL');
  removeFolder(folder);
});

function start(...flags: string[]): McpProcess {
  const words = [MAIN, 'as', 'mcp-scheduler', '--transport', 'sse', ...flags];
  return spawnMcp(process.execPath, words, {
    ...process.env,
    CARILLON_DATA: folder,
    MCP_SCHEDULER_NAME: 'over HTTP',
  });
}

/** Two ports that follow each other, and nobody listens on. */
async function freePorts(): Promise<number> {
  for (;;) {
    const first = createServer().listen(0, '127.0.0.1');
    await once(first, 'listening');
    const { port: found } = first.address() as AddressInfo;
    const isFree = await new Promise<boolean>((resolve) => {
      const second = createServer().once('error', () => resolve(false));
      second.listen(found + 1, '127.0.0.1', () => second.close(() => resolve(true)));
    });
    await new Promise((resolve) => first.close(resolve));
    if (isFree) return found;
  }
}

async function listens(wanted: number): Promise<void> {
  while (!(await isOpen(wanted))) await new Promise((resolve) => setTimeout(resolve, 20));
}

function isOpen(wanted: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(wanted, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function send(method: string, path: string, headers: Headers = {}, body = '', at = port) {
  return new Promise<IncomingMessage>((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: at, method, path, headers }, resolve);
    asked.on('error', reject);
    asked.end(body);
  });
}

async function ask(...given: Parameters<typeof send>): Promise<Asked> {
  const response = await send(...given);
  let text = '';
  for await (const part of response as AsyncIterable<Buffer>) text += part.toString();
  return { status: response.statusCode, text };
}

/** Opens a stream, and hands out its events one by one. */
async function openStream(path = '/sse', at = port) {
  const response = await send('GET', path, {}, '', at);
  const parts = (response as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  let text = '';
  const event = async (): Promise<string> => {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end >= 0) {
        const found = text.slice(0, end);
        text = text.slice(end + 2);
        return found;
      }
      const part = await parts.next();
      if (part.done === true) return 'the end';
      text += part.value.toString();
    }
  };
  const endpoint = await event();
  return {
    response,
    endpoint,
    messages: endpoint.replace('event: endpoint\ndata: ', ''),
    event,
    close: () => response.destroy(),
  };
}

async function connectClient(): Promise<Client> {
  const client = new Client({ name: 'old', version: '1.0.0' });
  const transport = new SSEClientTransport(new URL(`http://localhost:${String(port)}/sse`));
  await client.connect(transport);
  return client;
}

describe('the bridge to HTTP and SSE', () => {
  it('serves clients of the older SDK, each on a stream of its own', async () => {
    const [first, second] = [await connectClient(), await connectClient()];
    expect(first.getServerVersion()).toMatchObject({ name: 'over HTTP' });
    const { tools } = await first.listTools();
    expect(tools.map(({ name }) => name)).toContain('add_command_task');
    const made = (await first.callTool({
      name: 'add_command_task',
      arguments: { name: 'é', schedule: '@daily', command: 'echo "line one"; echo ünd zwei' },
    })) as unknown as { content: [{ text: string }] };
    const { id } = JSON.parse(made.content[0].text) as { id: string };
    expect(
      await second.callTool({ name: 'run_task_now', arguments: { task_id: id } }),
    ).toMatchObject({
      structuredContent: { result: { execution: { output: 'line one\nünd zwei' } } },
    });
    expect(await first.callTool({ name: 'remove_task', arguments: { task_id: id } })).toMatchObject(
      { content: [{ text: 'true' }] },
    );
    await first.close();
    expect(await second.callTool({ name: 'list_tasks', arguments: {} })).toMatchObject({
      content: [],
    });
    await second.close();
  });

  it.each(['/sse', '/'])('speaks the transport of 2024-11-05 at %s', async (path) => {
    const stream = await openStream(path);
    expect(stream.response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
    });
    expect(stream.endpoint).toMatch(
      /^event: endpoint\ndata: \/messages\/\?session_id=[0-9a-f]{32}$/,
    );
    const body = JSON.stringify(INITIALIZE, undefined, 2);
    expect(await ask('POST', stream.messages, JSON_TYPE, body)).toEqual({
      status: 202,
      text: 'Accepted',
    });
    const event = await stream.event();
    expect(event).toMatch(/^event: message\ndata: \{.*\}$/);
    expect(JSON.parse(event.replace('event: message\ndata: ', ''))).toMatchObject({
      id: 1,
      result: { protocolVersion: '2025-06-18' },
    });
    stream.close();
  });

  it('refuses messages that it cannot pass on', async () => {
    const stream = await openStream();
    const to = stream.messages;
    const message = JSON.stringify(INITIALIZE);
    const none = '/messages/?session_id=00000000000000000000000000000000';
    expect(await ask('POST', '/messages/', JSON_TYPE, message)).toMatchObject({ status: 400 });
    expect(await ask('POST', none, JSON_TYPE, message)).toMatchObject({ status: 404 });
    for (const type of ['text/plain', 'application/jsonp']) {
      expect(await ask('POST', to, { 'content-type': type }, message)).toMatchObject({
        status: 400,
      });
    }
    for (const body of ['', 'hello', '[]', '"x"', 'null', `${message}${message}`]) {
      expect(await ask('POST', to, JSON_TYPE, body)).toMatchObject({ status: 400 });
    }
    const large = JSON.stringify({ ...INITIALIZE, method: 'x'.repeat(1_048_576) });
    expect(await ask('POST', to, JSON_TYPE, large)).toMatchObject({ status: 413 });
    expect(await ask('GET', to)).toMatchObject({ status: 405 });
    expect(await ask('POST', '/sse', JSON_TYPE, message)).toMatchObject({ status: 405 });
    expect(await ask('GET', '/mcp')).toMatchObject({ status: 404 });
    expect((await ask('POST', to, JSON_TYPE, message)).status).toBe(202);
    expect(await stream.event()).toMatch(/"id":1/);
    stream.close();
    await once(stream.response, 'close');
    const until = performance.now() + 5_000;
    while (performance.now() < until) {
      if ((await ask('POST', to, JSON_TYPE, message)).status === 404) return;
    }
    expect.fail('The session outlived its stream.');
  });

  it.each([
    ['another name', { host: 'evil.example' }],
    ['another port', { host: 'localhost:1' }],
    ['a page', { origin: 'https://evil.example' }],
    ['a page of nowhere', { origin: 'null' }],
    ['a page of another port', { origin: 'http://localhost:1' }],
    ['a page, without saying which', { 'sec-fetch-site': 'cross-site' }],
  ])('turns requests from %s away, whatever they ask for', async (_name, headers) => {
    for (const at of [port, port + 1]) {
      for (const path of ['/sse', '/messages/', '/nothing', '/.well-known/mcp-schema.json']) {
        expect((await ask('GET', path, headers, '', at)).status).toBe(403);
      }
    }
  });

  it('shows its tools on the next port in the documented form', async () => {
    const url = `http://localhost:${String(port + 1)}/.well-known/mcp-schema.json`;
    const response = await fetch(url);
    expect(response.headers.get('content-type')).toBe('application/json');
    const { tools } = (await response.json()) as { tools: readonly { name: string }[] };
    expect(tools).toHaveLength(13);
    expect(tools.find(({ name }) => name === 'list_tasks')).toEqual({
      name: 'list_tasks',
      description: 'List all scheduled tasks.',
      endpoint: 'list_tasks',
      method: 'POST',
      parameters: { type: 'object', properties: {}, required: [], additionalProperties: false },
    });
    expect(tools.find(({ name }) => name === 'add_command_task')).toMatchObject({
      parameters: {
        properties: {
          name: { type: 'string' },
          schedule: { type: 'string' },
          command: { type: 'string' },
          description: { type: 'string' },
          enabled: { type: 'boolean' },
          do_only_once: { type: 'boolean' },
        },
        required: ['name', 'schedule', 'command'],
      },
    });
    expect((await ask('GET', '/sse', {}, '', port + 1)).status).toBe(404);
    const words = ['/.well-known/mcp-schema.json', {}, '', port + 1] as const;
    expect((await ask('POST', ...words)).status).toBe(405);
  });

  it('has room for a hundred streams', async () => {
    const streams = await Promise.all(Array.from({ length: 100 }, () => openStream()));
    expect(await ask('GET', '/sse')).toEqual({
      status: 503,
      text: 'There are 100 streams already.',
    });
    for (const stream of streams) stream.close();
    const until = performance.now() + 5_000;
    while (performance.now() < until) {
      const response = await send('GET', '/sse');
      response.destroy();
      if (response.statusCode === 200) return;
    }
    expect.fail('No stream was given back.');
  });

  it('ends its streams when the daemon ends, and goes on with the next daemon', async () => {
    const stream = await openStream();
    await daemon.kill('SIGKILL');
    expect(await stream.event()).toBe('the end');
    daemon = await startDaemon(folder);
    const client = await connectClient();
    expect(await client.callTool({ name: 'list_tasks', arguments: {} })).toMatchObject({
      content: [],
    });
    await client.close();
  });
});

describe('the start and the end of the bridge', () => {
  it.skipIf(process.platform === 'win32').each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'ends on %s, open streams with it, and leaves its ports and the daemon behind',
    async (signal) => {
      const own = await freePorts();
      const mine = start('--port', String(own));
      await listens(own + 1);
      const stream = await openStream('/sse', own);
      mine.child.kill(signal);
      expect(await mine.ended).toEqual({ code: 0, signal: null });
      await stream.event().catch(() => 'the end');
      expect(await isOpen(own)).toBe(false);
      expect(await isOpen(own + 1)).toBe(false);
      expect(mine.stderr()).toBe(
        `Serving MCP at http://localhost:${String(own)}/sse, the list of tools at http://localhost:${String(own + 1)}/.well-known/mcp-schema.json\n`,
      );
      expect((await carillon(['status', '--no-start', '--data', folder])).code).toBe(0);
    },
  );

  it.each(['0.0.0.0', '::', '192.168.1.10', 'example.org', '127.0.0.1.example.org'])(
    'refuses to listen on %s, where it would serve everybody',
    async (address) => {
      const mine = start('--address', address);
      expect((await mine.ended).code).toBe(2);
      expect(mine.stderr()).toMatch(/has no authentication.*\n$/);
    },
  );

  it('says that a port is taken, its own or the next one', async () => {
    for (const taken of [port, port - 1]) {
      const mine = start('--port', String(taken));
      expect((await mine.ended).code).toBe(1);
      expect(mine.stderr()).toContain('cannot be listened on (EADDRINUSE)');
    }
    const last = start('--port', '65535');
    expect((await last.ended).code).toBe(2);
    expect(last.stderr()).toContain('the port must be below 65535');
  });
});
