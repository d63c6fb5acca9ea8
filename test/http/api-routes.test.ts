import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { API_ROUTES } from '../../src/api/routes/api-routes.ts';
import { type Door, openDoor, settle } from '../mcp/door.ts';
import { ask } from './ask.ts';

let door: Door;
beforeEach(async () => {
  door = await openDoor();
});
afterEach(() => door.close());

const TASK = {
  name: 'ping',
  when: 'every 15 minutes',
  timezone: 'Europe/Berlin',
  action: {
    kind: 'http',
    url: 'https://example.com/ping',
    headers: { authorization: { secret: 'PING' } },
    body: { hello: true },
    expected_status: '200-204,302',
  },
};

describe('the API', () => {
  it('carries a task through its life', async () => {
    const { bench } = door;
    const preview = await ask(door, 'POST', '/api/v1/schedules/preview', { when: '0 7 * * *' });
    expect(preview.body).toMatchObject({
      timezone: 'Europe/Berlin',
      next: [{ at: '2026-11-03T07:00:00+01:00' }, {}, {}, {}, {}],
    });

    const key = { 'idempotency-key': 'k1' };
    const created = await ask(door, 'POST', '/api/v1/tasks', TASK, key);
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      task: {
        name: 'ping',
        timezone: 'Europe/Berlin',
        action: {
          method: 'POST',
          headers: { authorization: { secret: 'PING' }, 'content-type': 'application/json' },
          body: '{"hello":true}',
          expected_status: ['200-204', '302'],
        },
      },
    });
    expect((await ask(door, 'POST', '/api/v1/tasks', TASK, key)).body).toMatchObject({
      is_repeat: true,
    });
    expect((await ask(door, 'POST', '/api/v1/tasks', TASK)).status).toBe(409);

    expect(
      (await ask(door, 'GET', '/api/v1/tasks?state=active,paused&text=pin')).body,
    ).toMatchObject({
      tasks: [{ name: 'ping' }],
      next_cursor: null,
    });
    expect(
      (await ask(door, 'PATCH', '/api/v1/tasks/ping', { timeout: '10s', tags: ['net'] })).body,
    ).toMatchObject({ task: { version: 2, tags: ['net'], policies: { timeout: '10s' } } });
    expect((await ask(door, 'PATCH', '/api/v1/tasks/ping', { tags: [], revision: 1 })).status).toBe(
      409,
    );
    expect(
      (await ask(door, 'POST', '/api/v1/tasks/ping/pause', { reason: 'why' })).body,
    ).toMatchObject({
      task: { state: 'paused', state_reason: 'why' },
    });
    expect((await ask(door, 'POST', '/api/v1/tasks/ping/resume')).body).toMatchObject({
      task: { state: 'active', next_at: expect.stringContaining('+01:00') },
    });

    const started = await ask(door, 'POST', '/api/v1/tasks/ping/runs', { overlap: 'allow' });
    expect(started.status).toBe(202);
    const run = String(started.body['id']);
    const waiting = ask(door, 'GET', `/api/v1/runs/${run}/wait?seconds=40`);
    await settle();
    const [claim] = await bench.take();
    if (claim === undefined) throw new Error('Nothing was queued.');
    const writer = bench.output.open(claim.run.id, 1);
    writer.append('stdout', Buffer.from('0123456789'));
    writer.close();
    await bench.finish(claim);
    expect((await waiting).body).toMatchObject({ state: 'succeeded', attempts: [{ attempt: 1 }] });
    expect(
      (await ask(door, 'GET', `/api/v1/runs/${run}/output?offset=-4&bytes_max=2`)).body,
    ).toMatchObject({
      text: '67',
      offset: 6,
      next_offset: 8,
      has_more: true,
    });
    expect(
      (await ask(door, 'GET', `/api/v1/runs?task=ping&states=succeeded,failed`)).body,
    ).toMatchObject({
      runs: [{ id: run, is_final: true }],
    });
    expect((await ask(door, 'POST', `/api/v1/runs/${run}/cancel`)).status).toBeLessThan(500);
    expect((await ask(door, 'GET', `/api/v1/runs/${run}`)).body).toMatchObject({
      state: 'succeeded',
    });
    expect((await ask(door, 'GET', `/api/v1/explain?run=${run}`)).body).toMatchObject({
      run: { id: run },
    });
    expect((await ask(door, 'GET', '/api/v1/happenings?since=1h')).body).toMatchObject({
      ended: [{ id: run }],
    });
    expect((await ask(door, 'GET', '/api/v1/tasks/ping')).body).toMatchObject({
      last_runs: [{ id: run }],
    });
    expect((await ask(door, 'GET', '/api/v1/changes?after=0&limit=2')).body).toMatchObject({
      changes: [{ kind: 'task.created' }, { kind: 'task.updated' }],
    });
    expect((await ask(door, 'DELETE', '/api/v1/tasks/ping')).body).toMatchObject({
      task: { name: 'ping' },
    });
    expect((await ask(door, 'GET', '/api/v1/tasks/ping')).status).toBe(404);
    expect((await ask(door, 'GET', '/api/v1/status')).body).toMatchObject({ tasks: { active: 0 } });
  });

  it('keeps secrets and never tells them', async () => {
    const set = await ask(door, 'PUT', '/api/v1/secrets/PING', { value: 'hush-hush' });
    expect(set.body).toEqual({ name: 'PING', warnings: [] });
    const { body } = await ask(door, 'GET', '/api/v1/secrets');
    expect(body).toMatchObject({ secrets: [{ name: 'PING' }] });
    expect(JSON.stringify(body)).not.toContain('hush');
    expect((await ask(door, 'DELETE', '/api/v1/secrets/PING')).status).toBe(204);
    expect((await ask(door, 'GET', '/api/v1/secrets')).body).toEqual({ secrets: [] });
  });

  it('finds tasks whose names need escaping', async () => {
    await ask(door, 'POST', '/api/v1/tasks', { ...TASK, name: 'Müller & Söhne / 50 %' });
    const path = `/api/v1/tasks/${encodeURIComponent('Müller & Söhne / 50 %')}`;
    expect((await ask(door, 'GET', path)).status).toBe(200);
  });
});

describe('docs/http-api.md', () => {
  const text = readFileSync(resolve(import.meta.dirname, '../../docs/http-api.md'), 'utf8');

  it.each(API_ROUTES.map((route) => [`${route.method} /api/v1${route.path}`, route] as const))(
    'tells of %s and what it takes',
    (name, route) => {
      const line = text.split('\n').find((candidate) => candidate.startsWith(`| \`${name}\` |`));
      expect(line).toBeDefined();
      for (const taken of Object.keys(route.input.shape)) {
        const isToldElsewhere = route.method !== 'GET' && /^\/tasks(?:\/:task)?$/.test(route.path);
        if (!isToldElsewhere) expect(line ?? '').toContain(taken);
      }
    },
  );
});
