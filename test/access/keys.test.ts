import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { IssuedKey } from '../../src/ports/access.ts';
import { openAccessWorld, type AccessWorld } from './world.ts';

let world: AccessWorld;
beforeEach(async () => {
  world = await openAccessWorld();
});
afterEach(() => world.store.close());

async function issue(
  changes: Partial<Parameters<AccessWorld['access']['keys']['issue']>[0]> = {},
): Promise<IssuedKey> {
  const issued = await world.access.keys.issue({
    name: 'ci',
    scopes: ['tasks:read', 'tasks:run'],
    createdBy: 'owner',
    expiresAt: undefined,
    ...changes,
  });
  if (typeof issued === 'string') throw new Error(issued);
  return issued;
}

const minutes = (count: number) => world.clock.now().add({ minutes: count });

describe('an API key', () => {
  it('speaks for itself with its scopes, and is nowhere in the store', async () => {
    const { key, text } = await issue();
    expect(await world.access.read(text, 'curl')).toEqual({
      kind: 'api_key',
      id: key.id,
      scopes: ['tasks:read', 'tasks:run'],
      client: 'curl',
      parentRunId: undefined,
      namespace: 'all',
    });
    const row = await world.store.apiKeys.find(key.id);
    expect(JSON.stringify(row)).not.toContain(text.slice(-43));
    expect(JSON.stringify(await world.access.keys.list())).not.toContain(row?.digest);
  });

  it('is worth nothing when one character is another', async () => {
    const { text } = await issue();
    for (let at = 0; at < text.length; at += 7) {
      const other = text[at] === 'a' ? 'b' : 'a';
      const changed = text.slice(0, at) + other + text.slice(at + 1);
      expect(await world.access.read(changed, undefined)).toBeUndefined();
    }
    expect(await world.access.read(`${text}x`, undefined)).toBeUndefined();
  });

  it('ends when it expires and when it is revoked', async () => {
    const { text } = await issue({ expiresAt: minutes(10) });
    const other = await issue({ name: 'other' });
    world.clock.advance(600_000 - 1);
    expect(await world.access.read(text, undefined)).toBeDefined();
    world.clock.advance(1);
    expect(await world.access.read(text, undefined)).toBeUndefined();
    expect(await world.access.keys.revoke('other')).toMatchObject({ id: other.key.id });
    expect(await world.access.keys.revoke('other')).toBeUndefined();
    expect(await world.access.read(other.text, undefined)).toBeUndefined();
  });

  it('tells to the minute when it was used', async () => {
    const { key, text } = await issue();
    const usedAt = async () => (await world.store.apiKeys.find(key.id))?.lastUsedAt?.toString();
    expect(await usedAt()).toBeUndefined();
    await world.access.read(text, undefined);
    world.clock.advance(59_000);
    await world.access.read(text, undefined);
    expect(await usedAt()).toBe('2026-11-02T08:00:00Z');
    world.clock.advance(1_000);
    await world.access.read(text, undefined);
    expect(await usedAt()).toBe('2026-11-02T08:01:00Z');
  });
});

describe('a machine client', () => {
  it('gets a token for its key, by the header or by the form', async () => {
    const { key, text } = await issue();
    const basic = Buffer.from(`${key.id}:${encodeURIComponent(text)}`).toString('base64');
    const answers = [
      await world.token({
        grant_type: 'client_credentials',
        client_id: key.id,
        client_secret: text,
      }),
      await world.token(
        { grant_type: 'client_credentials', resource: 'http://localhost:7411/mcp/' },
        { authorization: `Basic ${basic}` },
      ),
    ];
    for (const { status, body } of answers) {
      expect(status).toBe(200);
      expect(body).toMatchObject({
        token_type: 'Bearer',
        expires_in: 600,
        scope: 'tasks:read tasks:run',
      });
      expect(await world.access.read(String(body['access_token']), 'bot')).toMatchObject({
        kind: 'machine',
        id: key.id,
        scopes: ['tasks:read', 'tasks:run'],
      });
    }
  });

  it('may ask for fewer scopes and not for more', async () => {
    const { key, text } = await issue();
    const asked = (scope: string) =>
      world.token({
        grant_type: 'client_credentials',
        client_id: key.id,
        client_secret: text,
        scope,
      });
    expect((await asked('tasks:run')).body['scope']).toBe('tasks:run');
    expect((await asked('tasks:run admin')).body['error']).toBe('invalid_scope');
    expect((await asked('nonsense')).body['error']).toBe('invalid_scope');
  });

  it('is told apart: unknown and wrong 401, another server or grant 400, too often 429', async () => {
    const { key, text } = await issue();
    const right = { grant_type: 'client_credentials', client_id: key.id, client_secret: text };
    const asked = async (changes: Readonly<Record<string, string>>) => {
      const { status, body } = await world.token({ ...right, ...changes });
      return [status, body['error']];
    };
    expect(await asked({ client_secret: `${text}x` })).toEqual([401, 'invalid_client']);
    expect(await asked({ client_id: 'key_00000000000000000000000000' })).toEqual([
      401,
      'invalid_client',
    ]);
    expect(await asked({ resource: 'https://other.example/mcp' })).toEqual([400, 'invalid_target']);
    for (let count = 0; count < 60; count += 1) await asked({});
    expect((await asked({}))[0]).toBe(429);
    world.clock.advance(60_000);
    expect((await asked({}))[0]).toBe(200);
  });

  it('is known to another process, until its token expires or its key is revoked', async () => {
    const { key, text } = await issue();
    const right = { grant_type: 'client_credentials', client_id: key.id, client_secret: text };
    const token = String((await world.token(right)).body['access_token']);
    const other = world.another();
    expect(await other.read(token, undefined)).toBeDefined();

    const [head = '', body = '', tail = ''] = token.split('.');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as object;
    const admin = Buffer.from(JSON.stringify({ ...claims, scope: 'admin' })).toString('base64url');
    const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url');
    for (const forged of [`${head}.${admin}.${tail}`, `${none}.${body}.`, `${head}.${body}.`]) {
      expect(await other.read(forged, undefined)).toBeUndefined();
    }
    const elsewhere = world.another({ publicUrl: 'https://other.example' });
    expect(await elsewhere.read(token, undefined)).toBeUndefined();

    await world.access.keys.revoke(key.id);
    expect(await other.read(token, undefined)).toBeUndefined();
  });

  it('is let in no longer than ten minutes by one token', async () => {
    const { key, text } = await issue();
    const right = { grant_type: 'client_credentials', client_id: key.id, client_secret: text };
    const token = String((await world.token(right)).body['access_token']);
    world.clock.advance(599_000);
    expect(await world.access.read(token, undefined)).toBeDefined();
    world.clock.advance(1_000);
    expect(await world.access.read(token, undefined)).toBeUndefined();
  });
});
