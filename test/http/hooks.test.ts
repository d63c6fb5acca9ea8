import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { owner } from '../../src/domain/principal.ts';
import { type Door, openDoor } from '../mcp/door.ts';
import { draft } from '../service/bench.ts';
import { ask } from './ask.ts';

let door: Door;
beforeEach(async () => {
  door = await openDoor();
});
afterEach(() => door.close());

type Made = { readonly path: string; readonly secret: string; readonly id: string };

const COMMAND = { kind: 'command', argv: ['echo', 'hello'] };

async function make(fields: Readonly<Record<string, unknown>> = {}): Promise<Made> {
  const made = await ask(door, 'POST', '/api/v1/webhooks', {
    name: 'pushes',
    action: COMMAND,
    ...fields,
  });
  expect(made.status).toBe(201);
  return made.body as Made;
}

async function call(path: string, body: string, headers: Readonly<Record<string, string>>) {
  const response = await door.app.fetch(
    new Request(`http://localhost${path}`, { method: 'POST', body, headers }),
  );
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>,
  };
}

function seconds(): string {
  return String(Math.floor(door.bench.clock.now().epochMilliseconds / 1_000));
}

function standard(secret: string, id: string, body: string, time = seconds()) {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${time}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': time,
    'webhook-signature': `v1,AAAA v1,${signature}`,
  };
}

function github(secret: string, id: string, body: string) {
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  return {
    'x-github-delivery': id,
    'x-github-event': 'push',
    'x-hub-signature-256': `sha256=${signature}`,
    'content-type': 'application/json',
  };
}

function stripe(secret: string, body: string, time = seconds()) {
  const signature = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
  return { 'stripe-signature': `t=${time},v1=${'0'.repeat(64)},v1=${signature}` };
}

async function runs() {
  const { items } = await door.bench.services.listRuns({ limit: 50 });
  return items;
}

async function verdicts(id: string): Promise<readonly unknown[]> {
  const listed = await ask(door, 'GET', `/api/v1/webhooks/${id}/deliveries`);
  return (listed.body['deliveries'] as readonly { readonly verdict: string }[]).map(
    ({ verdict }) => verdict,
  );
}

describe('a webhook', () => {
  it('starts one run for a Standard Webhooks delivery, however often it is repeated', async () => {
    const { path, secret } = await make();
    const body = '{"a":{"b":1}}';
    const headers = standard(secret, 'msg_1', body);
    const first = await call(path, body, headers);
    expect(first).toMatchObject({ status: 202, body: { verdict: 'accepted' } });
    const repeats = await Promise.all([1, 2, 3].map(() => call(path, body, headers)));
    for (const repeat of repeats) {
      expect(repeat).toMatchObject({
        status: 202,
        body: { verdict: 'duplicate', run: first.body['run'] },
      });
    }
    // Its sender signs each try anew; the id stays.
    door.bench.clock.advance(60_000);
    expect(await call(path, body, standard(secret, 'msg_1', body))).toMatchObject({
      body: { verdict: 'duplicate' },
    });
    expect(await runs()).toMatchObject([
      { trigger: 'webhook', overrides: { payload: { a: { b: 1 } } } },
    ]);
  });

  it('starts one run for a GitHub delivery, and another for another', async () => {
    const { path, secret } = await make({ scheme: 'github' });
    const body = '{"ref":"refs/heads/main"}';
    for (let tried = 0; tried < 3; tried += 1) await call(path, body, github(secret, 'g-1', body));
    expect(await runs()).toHaveLength(1);
    await call(path, body, github(secret, 'g-2', body));
    expect(await runs()).toHaveLength(2);
  });

  it('starts one run for a Stripe event that is sent again under another signature', async () => {
    const { path, secret } = await make({ scheme: 'timestamped' });
    const body = '{"id":"evt_1","type":"charge"}';
    expect(await call(path, body, stripe(secret, body))).toMatchObject({ status: 202 });
    door.bench.clock.advance(90_000);
    expect(await call(path, body, stripe(secret, body))).toMatchObject({
      body: { verdict: 'duplicate' },
    });
    expect(await runs()).toHaveLength(1);
  });

  it('takes who knows the address of the scheme path_token, and says so', async () => {
    const { path, id } = await make({ scheme: 'path_token' });
    expect(await call(path, 'hello', {})).toMatchObject({ status: 202 });
    expect(await runs()).toMatchObject([{ overrides: { payload: 'hello' } }]);
    const shown = await ask(door, 'GET', `/api/v1/webhooks/${id}`);
    expect(shown.body['note']).toContain('whoever knows the address');
    expect(path).toMatch(/^\/hooks\/[0-9a-z]{26}$/);
  });

  it.each([
    ['standard', (secret: string, body: string) => standard(secret, 'x', body)],
    ['github', (secret: string, body: string) => github(secret, 'x', body)],
    ['timestamped', (secret: string, body: string) => stripe(secret, body)],
  ] as const)('starts nothing for wrong and changed deliveries of %s', async (scheme, sign) => {
    const { path, secret, id } = await make({ scheme });
    const body = '{"amount":1}';
    const other = `${secret.slice(0, -8)}AAAAAAA=`;
    const attempts = [
      await call(path, '{"amount":9}', sign(secret, body)),
      await call(path, body, sign(other, body)),
      await call(path, body, {}),
      await call(path, `${body} `, sign(secret, body)),
    ];
    expect(attempts.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
    expect(await runs()).toEqual([]);
    expect(await verdicts(id)).toEqual(Array.from({ length: 4 }, () => 'bad_signature'));
  });

  it('starts nothing for what was signed more than five minutes ago or ahead', async () => {
    const { path, secret, id } = await make();
    const now = Number(seconds());
    for (const offset of [-301, 301]) {
      const headers = standard(secret, `late${String(offset)}`, '{}', String(now + offset));
      expect(await call(path, '{}', headers)).toMatchObject({ status: 401 });
    }
    expect(await call(path, '{}', standard(secret, 'in', '{}', String(now - 299)))).toMatchObject({
      status: 202,
    });
    expect(await verdicts(id)).toEqual(['accepted', 'late', 'late']);
    expect(await runs()).toHaveLength(1);
  });

  it('starts nothing for a body over a mebibyte', async () => {
    const { path, secret, id } = await make();
    const body = JSON.stringify('x'.repeat(1_048_576));
    expect(await call(path, body, standard(secret, 'big', body))).toMatchObject({ status: 413 });
    expect(await verdicts(id)).toEqual(['too_large']);
    expect(await runs()).toEqual([]);
  });

  it('takes sixty requests a minute, and says when to come back', async () => {
    const { path, id } = await make({ scheme: 'path_token' });
    const statuses = new Map<number, number>();
    for (let made = 0; made < 200; made += 1) {
      const { status, headers } = await call(path, '{}', {});
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status === 429) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect(Object.fromEntries(statuses)).toEqual({ 202: 60, 429: 140 });
    expect((await verdicts(id)).filter((verdict) => verdict === 'limited')).toHaveLength(1);
    door.bench.clock.advance(60_000);
    expect(await call(path, '{}', {})).toMatchObject({ status: 202 });
  });

  it('answers the same for an unknown and for a disabled one', async () => {
    const { path, id } = await make({ scheme: 'path_token' });
    await ask(door, 'PATCH', `/api/v1/webhooks/${id}`, { is_enabled: false });
    const disabled = await call(path, '{}', {});
    const unknown = await call(`/hooks/${'z'.repeat(26)}`, '{}', {});
    expect(disabled.status).toBe(404);
    expect(disabled.body).toEqual(unknown.body);
    await ask(door, 'PATCH', `/api/v1/webhooks/${id}`, { is_enabled: true });
    expect((await call(path, '{}', {})).status).toBe(202);
  });

  it('is reached under no foreign name, and from no foreign page', async () => {
    const { path } = await make({ scheme: 'path_token' });
    expect((await call(path, '{}', { host: 'evil.example' })).status).toBe(403);
    expect((await call(path, '{}', { origin: 'https://evil.example' })).status).toBe(403);
  });

  it('takes both secrets while they are changed, and then the new one', async () => {
    const { path, secret, id } = await make();
    const rotated = await ask(door, 'POST', `/api/v1/webhooks/${id}/rotate`, { overlap: '1h' });
    const fresh = rotated.body['secret'] as string;
    expect(fresh).not.toBe(secret);
    const tryWith = async (key: string, name: string) =>
      (await call(path, '{}', standard(key, name, '{}'))).status;
    expect(await tryWith(secret, 'a')).toBe(202);
    expect(await tryWith(fresh, 'b')).toBe(202);
    door.bench.clock.advance(3_600_000);
    expect(await tryWith(secret, 'c')).toBe(401);
    expect(await tryWith(fresh, 'd')).toBe(202);
  });

  it('moves to a new address when the address is the secret', async () => {
    const { path, id } = await make({ scheme: 'path_token' });
    const rotated = await ask(door, 'POST', `/api/v1/webhooks/${id}/rotate`, { overlap: '10m' });
    const fresh = rotated.body['path'] as string;
    expect(fresh).not.toBe(path);
    expect((await call(path, '{}', {})).status).toBe(202);
    expect((await call(fresh, '{}', {})).status).toBe(202);
    door.bench.clock.advance(600_000);
    expect((await call(path, '{}', {})).status).toBe(404);
  });

  it('tells its secret once, and keeps it among no names that a task may use', async () => {
    const { id, secret, path } = await make();
    const listed = [
      await ask(door, 'GET', '/api/v1/webhooks'),
      await ask(door, 'GET', `/api/v1/webhooks/${id}`),
      await ask(door, 'GET', '/api/v1/secrets'),
    ];
    expect(JSON.stringify(listed)).not.toContain(secret);
    expect(listed[2]?.body).toEqual({ secrets: [] });
    const task = {
      name: 'thief',
      action: { kind: 'command', argv: ['env'], env: { A: { secret: `webhook.${id}` } } },
    };
    expect((await ask(door, 'POST', '/api/v1/tasks', task)).status).toBe(400);
    // Nor does a delivery that holds it.
    const body = JSON.stringify({ leaked: secret });
    await call(path, body, standard(secret, 'leak', body));
    const deliveries = await ask(door, 'GET', `/api/v1/webhooks/${id}/deliveries`);
    expect(JSON.stringify(deliveries.body)).not.toContain(secret);
    expect(JSON.stringify(deliveries.body)).toContain('***');
  });

  it('is called by a test, and repeats a delivery when asked', async () => {
    const { id } = await make({ scheme: 'github' });
    const tested = await ask(door, 'POST', `/api/v1/webhooks/${id}/test`, { payload: { n: 7 } });
    expect(tested).toMatchObject({ status: 202, body: { verdict: 'accepted' } });
    const delivery = String(tested.body['delivery']);
    const again = await ask(door, 'POST', `/api/v1/deliveries/${delivery}/replay`);
    expect(again).toMatchObject({ status: 202, body: { verdict: 'accepted' } });
    expect((await runs()).map(({ overrides }) => overrides)).toEqual([
      { payload: { n: 7 } },
      { payload: { n: 7 } },
    ]);
    expect((await ask(door, 'POST', '/api/v1/deliveries/999/replay')).status).toBe(404);
  });

  it('does not repeat what was turned away', async () => {
    const { path, id } = await make();
    await call(path, '{"evil":1}', {});
    const listed = await ask(door, 'GET', `/api/v1/webhooks/${id}/deliveries`);
    const [{ id: delivery }] = listed.body['deliveries'] as [{ id: number }];
    expect((await ask(door, 'POST', `/api/v1/deliveries/${String(delivery)}/replay`)).status).toBe(
      403,
    );
  });

  it('starts a task of its own choosing, and nothing while that is paused or gone', async () => {
    await ask(door, 'POST', '/api/v1/tasks', { name: 'build', action: COMMAND });
    const { path, id } = await make({ action: undefined, task: 'build', scheme: 'path_token' });
    expect(await call(path, '{}', {})).toMatchObject({ body: { verdict: 'accepted' } });
    await ask(door, 'POST', '/api/v1/tasks/build/pause');
    expect(await call(path, '{}', {})).toMatchObject({ status: 202, body: { verdict: 'skipped' } });
    await ask(door, 'DELETE', '/api/v1/tasks/build');
    expect((await call(path, '{}', {})).status).toBe(404);
    expect(await verdicts(id)).toEqual(['no_task', 'skipped', 'accepted']);
  });

  it('refuses templates in shell text, hosts and programs when it is made', async () => {
    for (const action of [
      { kind: 'command', command: 'echo {{payload.title}}' },
      { kind: 'command', argv: ['{{payload}}'] },
      { kind: 'http', url: 'https://{{payload.host}}/x' },
      { kind: 'command', argv: ['ls'], cwd: '/tmp/{{payload.dir}}' },
    ]) {
      const made = await ask(door, 'POST', '/api/v1/webhooks', { name: 'x', action });
      expect(made).toMatchObject({ status: 400 });
    }
    expect((await ask(door, 'GET', '/api/v1/tasks')).body).toMatchObject({ tasks: [] });
  });

  it('is nothing that a run of an agent may make, call or know the address of', async () => {
    const { id } = await make({ scheme: 'path_token' });
    const services = door.bench.as({ ...owner('agent'), kind: 'agent_run', id: 'agent run' });
    const { action } = draft();
    for (const attempt of [
      () => services.createWebhook({ name: 'other', action }),
      () => services.editWebhook(id, { isEnabled: false }),
      () => services.rotateWebhook(id, {}),
      () => services.removeWebhook(id),
      () => services.testWebhook({ webhook: id }),
      () => services.replayDelivery(1),
    ]) {
      await expect(attempt()).rejects.toThrow(/The policy does not let/);
    }
    expect(await services.getWebhook(id)).toMatchObject({ showsAddress: false });
    const readers = door.bench.as({ ...owner('reader'), scopes: ['tasks:read'] });
    expect(await readers.getWebhook(id)).toMatchObject({ showsAddress: false });
  });

  it('goes with its action, and leaves a task that was there before', async () => {
    const { id } = await make();
    expect(
      (await ask(door, 'POST', '/api/v1/webhooks', { name: 'pushes', action: COMMAND })).status,
    ).toBe(409);
    expect((await ask(door, 'DELETE', '/api/v1/webhooks/pushes')).status).toBe(204);
    expect((await ask(door, 'GET', '/api/v1/tasks')).body).toMatchObject({ tasks: [] });
    expect((await ask(door, 'GET', `/api/v1/webhooks/${id}`)).status).toBe(404);
  });
});
