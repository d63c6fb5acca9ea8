import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { API_ROUTES } from '../../src/api/routes/api-routes.ts';
import { type Door, openDoor, TOKEN } from '../mcp/door.ts';
import { ask } from './ask.ts';

let door: Door;
beforeEach(async () => {
  door = await openDoor();
});
afterEach(() => door.close());

const PATHS = [
  '/healthz',
  '/mcp',
  '/api/v1/events',
  '/api/v1/tasks',
  '/nowhere',
  ...API_ROUTES.map(({ path }) => `/api/v1${path}`),
];

describe('on every path', () => {
  it.each(PATHS)('%s turns foreign hosts and origins away before anything else', async (path) => {
    for (const headers of [
      { host: 'evil.example' },
      { origin: 'http://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
    ]) {
      for (const method of ['GET', 'POST', 'OPTIONS']) {
        const { status, body } = await ask(door, method, path, undefined, headers);
        expect(status).toBe(403);
        expect(body).toMatchObject({ code: 'forbidden', status: 403 });
      }
    }
  });

  it.each(PATHS)('%s answers with headers that keep browsers careful', async (path) => {
    const { headers } = await ask(door, 'HEAD', path);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toMatch(/no-store|no-cache/);
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  it('refuses bodies that are too large, announced or not', async () => {
    const large = JSON.stringify({ name: 'x'.repeat(1_100_000) });
    for (const path of ['/mcp', '/api/v1/tasks']) {
      expect((await ask(door, 'POST', path, large)).status).toBe(413);
    }
    const chunk = new Uint8Array(300_000).fill(120);
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 1;
        controller.enqueue(chunk);
      },
    });
    const response = await door.app.fetch(
      new Request('http://localhost/api/v1/tasks', {
        method: 'POST',
        body: endless,
        duplex: 'half',
      }),
    );
    expect(response.status).toBe(413);
    expect(sent).toBeLessThan(10);
  });
});

describe('the token', () => {
  const GUARDED = PATHS.filter((path) => path !== '/healthz' && path !== '/nowhere');

  it.each(GUARDED)('%s is not served without it', async (path) => {
    for (const authorization of [
      '',
      'Bearer',
      'Bearer wrong',
      `Basic ${TOKEN}`,
      `Bearer ${TOKEN}x`,
    ]) {
      const { status, headers } = await ask(door, 'GET', path, undefined, { authorization });
      expect(status).toBe(401);
      expect(headers.get('www-authenticate')).toMatch(/^Bearer realm="carillon"/);
    }
  });

  it('is not asked for by the health check, which tells nothing', async () => {
    const { status, body } = await ask(door, 'GET', '/healthz', undefined, { authorization: '' });
    expect({ status, body }).toEqual({ status: 200, body: { ok: true } });
  });

  it('is not needed where it is switched off', async () => {
    await door.close();
    door = await openDoor({}, { auth: { kind: 'none' } });
    expect(
      (await ask(door, 'GET', '/api/v1/status', undefined, { authorization: '' })).status,
    ).toBe(200);
  });
});

describe('a problem', () => {
  it.each([
    ['GET', '/api/v1/nothing', undefined, 404, 'not_found'],
    ['GET', '/api/v1/tasks/none', undefined, 404, 'not_found'],
    ['GET', '/api/v1/runs/none', undefined, 400, 'invalid'],
    ['GET', '/api/v1/tasks?limit=1000', undefined, 400, 'invalid'],
    ['GET', '/api/v1/tasks?stat=active', undefined, 400, 'invalid'],
    ['POST', '/api/v1/tasks', '[1]', 400, 'invalid'],
    ['POST', '/api/v1/tasks', '{', 400, 'invalid'],
    ['POST', '/api/v1/tasks', { name: 'x' }, 400, 'invalid'],
    ['DELETE', '/api/v1/secrets/NONE', undefined, 404, 'not_found'],
    ['GET', '/api/v1/explain', undefined, 400, 'invalid'],
  ])('%s %s tells what was wrong', async (method, path, body, status, code) => {
    const asked = await ask(door, method, path, body);
    expect(asked.headers.get('content-type')).toBe('application/problem+json');
    expect(asked.body).toMatchObject({ status, code, type: 'about:blank' });
    expect(asked.status).toBe(status);
  });

  it('refuses a body that a web form could send', async () => {
    const { status, body } = await ask(door, 'POST', '/api/v1/tasks', '{"name":"x"}', {
      'content-type': 'text/plain',
    });
    expect(status).toBe(400);
    expect(body['detail']).toContain('application/json');
  });

  it('shows a reference of a defect and nothing else', async () => {
    await door.close();
    door = await openDoor(
      {},
      {
        servicesFor: () => {
          throw new Error('SQLITE at /home/ada');
        },
      },
    );
    const { status, body } = await ask(door, 'GET', '/api/v1/status');
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain('SQLITE');
    expect(body['detail']).toMatch(/reference [0-9a-f]{12}/);
  });
});

describe('the routes of a surface', () => {
  it('stand behind the token unless they are public, and then may do nothing', async () => {
    await door.close();
    const { nativeSurface } = await import('../../src/mcp/native-surface.ts');
    const native = nativeSurface('0')({});
    door = await openDoor(
      {},
      {
        surfaces: [
          {
            ...native,
            routes: [
              {
                method: 'GET',
                path: '/open/:name',
                isPublic: true,
                handle: async (_services, { parameters, query }) => ({
                  status: 200,
                  body: { ...parameters, ...query },
                }),
              },
              {
                method: 'GET',
                path: '/leak',
                isPublic: true,
                handle: async (services) => {
                  await services.listTasks({});
                  return { status: 200, body: {} };
                },
              },
              {
                method: 'POST',
                path: '/closed',
                isPublic: false,
                handle: async (_services, { body }) => ({ status: 201, body: body ?? null }),
              },
            ],
          },
        ],
      },
    );
    const nobody = { authorization: '' };
    const open = await ask(door, 'GET', '/open/a?b=c', undefined, nobody);
    expect(open).toMatchObject({ status: 200, body: { name: 'a', b: 'c' } });
    expect((await ask(door, 'GET', '/leak', undefined, nobody)).status).toBe(403);
    expect((await ask(door, 'POST', '/closed', { x: 1 }, nobody)).status).toBe(401);
    expect(await ask(door, 'POST', '/closed', { x: 1 })).toMatchObject({
      status: 201,
      body: { x: 1 },
    });
  });
});
