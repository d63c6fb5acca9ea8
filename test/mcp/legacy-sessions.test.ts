import { Client } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { owner } from '../../src/domain/principal.ts';
import { mcpEndpoint } from '../../src/mcp/http-endpoint.ts';
import { type Door, openDoor, settle } from './door.ts';

let door: Door;
beforeEach(async () => {
  door = await openDoor();
});
afterEach(() => door.close());

const MINUTE_MS = 60_000;
const ALICE = { ...owner('a'), id: 'alice' };
const BOB = { ...owner('b'), id: 'bob' };

function message(body: unknown, session?: string): readonly [Request, unknown] {
  const request = new Request('http://localhost/mcp', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(session === undefined
        ? {}
        : { 'mcp-session-id': session, 'mcp-protocol-version': '2025-11-25' }),
    },
    body: JSON.stringify(body),
  });
  return [request, body];
}

const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'test', version: '1' },
  },
};
const PING = { jsonrpc: '2.0', id: 2, method: 'ping' };

type Endpoint = ReturnType<typeof mcpEndpoint>;

async function begin(endpoint: Endpoint): Promise<string> {
  const [request, body] = message(INITIALIZE);
  const response = await endpoint.fetch(request, ALICE, body);
  await response.text();
  return response.headers.get('mcp-session-id') ?? '';
}

async function ping(endpoint: Endpoint, session: string, principal = ALICE): Promise<number> {
  const [request, body] = message(PING, session);
  const response = await endpoint.fetch(request, principal, body);
  await response.body?.cancel();
  return response.status;
}

describe('a session of an older client', () => {
  let endpoint: Endpoint;
  beforeEach(() => {
    endpoint = mcpEndpoint(door.mcp);
  });
  afterEach(() => endpoint.close());

  it('belongs to who began it', async () => {
    const session = await begin(endpoint);
    expect(await ping(endpoint, session)).toBe(200);
    expect(await ping(endpoint, session, BOB)).toBe(404);
    expect(await ping(endpoint, 'another')).toBe(404);
  });

  it('ends when nobody has used it for half an hour', async () => {
    const session = await begin(endpoint);
    door.bench.clock.advance(20 * MINUTE_MS);
    expect(await ping(endpoint, session)).toBe(200);
    door.bench.clock.advance(20 * MINUTE_MS);
    expect(await ping(endpoint, session)).toBe(200);
    door.bench.clock.advance(32 * MINUTE_MS);
    await settle();
    expect(await ping(endpoint, session)).toBe(404);
  });

  it('makes room for new ones, the longest unused going first', async () => {
    const first = await begin(endpoint);
    door.bench.clock.advance(1_000);
    const second = await begin(endpoint);
    door.bench.clock.advance(1_000);
    expect(await ping(endpoint, first)).toBe(200);
    for (let count = 2; count < 257; count += 1) await begin(endpoint);
    expect(await ping(endpoint, second)).toBe(404);
    expect(await ping(endpoint, first)).toBe(200);
  });

  it('is needed for everything but the beginning', async () => {
    const [request, body] = message(PING);
    expect((await endpoint.fetch(request, ALICE, body)).status).toBe(400);
  });

  it('stops listening when it ends', async () => {
    const listeners = door.bench.announcer.listeners;
    const session = await begin(endpoint);
    expect(door.bench.announcer.listeners).toBe(listeners + 1);
    const request = new Request('http://localhost/mcp', {
      method: 'DELETE',
      headers: { 'mcp-session-id': session, 'mcp-protocol-version': '2025-11-25' },
    });
    expect((await endpoint.fetch(request, ALICE, undefined)).status).toBe(200);
    await settle();
    expect(door.bench.announcer.listeners).toBe(listeners);
  });
});

describe('the address of /mcp', () => {
  it('narrows what is offered', async () => {
    for (const mode of ['legacy', { pin: '2026-07-28' }] as const) {
      const client = new Client({ name: 't', version: '1' }, { versionNegotiation: { mode } });
      await client.connect(door.http('/mcp?toolsets=runs&read_only=1'));
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name)).toEqual([
        'list_runs',
        'get_run',
        'wait_for_run',
        'read_output',
      ]);
      await client.close();
    }
  });

  it('is refused when it names what there is not', async () => {
    const endpoint = mcpEndpoint(door.mcp);
    for (const query of ['surface=none', 'toolsets=none']) {
      const request = new Request(`http://localhost/mcp?${query}`, { method: 'POST', body: '{}' });
      expect((await endpoint.fetch(request, ALICE, {})).status).toBe(400);
    }
    await endpoint.close();
  });
});
