import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAccessWorld, type AccessWorld } from '../access/world.ts';
import { type Door, openDoor, TOKEN } from '../mcp/door.ts';
import { ask } from './ask.ts';

let world: AccessWorld;
let door: Door;
let cookie: string;
let csrf: string;

beforeEach(async () => {
  world = await openAccessWorld();
  const { access } = world;
  door = await openDoor(
    {},
    {
      access,
      auth: {
        kind: 'token',
        token: TOKEN,
        readers: [access.read],
        browser: { read: access.readBrowser, hasBasic: access.hasBasic },
        metadataUrl: access.metadataUrl,
      },
    },
  );
  const link = new URL(await access.signInLinks.make()).searchParams.get('link') ?? '';
  const { headers } = await world.post('/sign-in', { link });
  cookie = headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  csrf = /carillon-csrf=([^;]+)/.exec(cookie)?.[1] ?? '';
});

afterEach(async () => {
  await door.close();
  await world.store.close();
});

const session = (more: Readonly<Record<string, string>> = {}) => ({
  authorization: '',
  cookie,
  ...more,
});
const TASK = { name: 'x', action: { kind: 'command', argv: ['true'] } };

describe('the session of a browser', () => {
  it('opens the API, and changes things only with its token', async () => {
    expect((await ask(door, 'GET', '/api/v1/tasks', undefined, session())).status).toBe(200);
    const bare = await ask(door, 'POST', '/api/v1/tasks', TASK, session());
    expect(bare).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    const meant = session({ 'x-csrf-token': csrf });
    expect((await ask(door, 'POST', '/api/v1/tasks', TASK, meant)).status).toBe(201);
  });

  it('does not open /mcp', async () => {
    const body = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
    const answer = await ask(door, 'POST', '/mcp', body, session({ 'x-csrf-token': csrf }));
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain(
      'resource_metadata="http://127.0.0.1:7411/.well-known/oauth-protected-resource/mcp"',
    );
  });
});

it('may ask for name and password where the settings say them', async () => {
  await door.close();
  const asked = async (hasBasic: boolean) => {
    const browser = { read: async () => 'nobody' as const, hasBasic };
    door = await openDoor({}, { auth: { kind: 'token', token: TOKEN, readers: [], browser } });
    const headers = { authorization: '' };
    const challenges = await Promise.all(
      ['/api/v1/tasks', '/mcp'].map(async (path) =>
        (await ask(door, 'GET', path, undefined, headers)).headers.get('www-authenticate'),
      ),
    );
    await door.close();
    return challenges.map((challenge) => challenge?.includes('Basic'));
  };
  expect(await asked(false)).toEqual([false, false]);
  expect(await asked(true)).toEqual([true, false]);
  door = await openDoor();
});

describe('every path of sign-in and OAuth', () => {
  const paths = () => world.access.paths.map((path) => path.replace('*', 'authorize'));

  it('turns foreign hosts and pages away, whatever they want', async () => {
    for (const path of paths()) {
      for (const headers of [
        { host: 'evil.example' },
        { origin: 'http://evil.example' },
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
      ]) {
        for (const method of ['GET', 'POST', 'OPTIONS']) {
          const { status } = await ask(door, method, path, undefined, headers);
          expect([path, method, status]).toEqual([path, method, 403]);
        }
      }
    }
  });

  it('can be visited from another site where a person is sent, and sent nothing from there', async () => {
    const visit = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    const status = async (method: string, path: string, more = {}) =>
      (
        await door.app.fetch(
          new Request(`http://localhost:7411${path}`, { method, headers: { ...visit, ...more } }),
        )
      ).status;
    expect(await status('GET', '/sign-in')).toBe(200);
    expect(await status('GET', '/oauth/authorize')).not.toBe(403);
    expect(await status('POST', '/sign-in')).toBe(403);
    expect(await status('GET', '/sign-in', { 'sec-fetch-dest': 'iframe' })).toBe(403);
    expect(await status('GET', '/session')).toBe(403);
    expect(await status('GET', '/api/v1/tasks')).toBe(403);
    expect(await status('GET', '/oauth/authorizer')).toBe(403);
  });
});

describe('a program that a person let in for reading', () => {
  it('is told by status and header which scopes a tool would need', async () => {
    const reader = {
      kind: 'remote_client',
      id: 'client:x',
      scopes: ['tasks:read'],
      client: undefined,
      parentRunId: undefined,
      namespace: 'all',
    } as const;
    await door.close();
    const readers = [async (token: string) => (token === 'reader' ? reader : undefined)];
    door = await openDoor({}, { auth: { kind: 'token', token: TOKEN, readers } });
    const call = (name: string) =>
      ask(
        door,
        'POST',
        '/mcp',
        { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: {} } },
        { authorization: 'Bearer reader', accept: 'application/json, text/event-stream' },
      );
    const refused = await call('run_task');
    expect(refused.status).toBe(403);
    expect(refused.headers.get('www-authenticate')).toContain(
      'error="insufficient_scope", scope="tasks:read tasks:run"',
    );
    expect((await call('delete_task')).headers.get('www-authenticate')).toContain(
      'scope="tasks:read tasks:write"',
    );
    expect((await call('list_tasks')).status).not.toBe(403);
  });
});
