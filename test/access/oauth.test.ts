import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAccessWorld, type AccessWorld } from './world.ts';

const REDIRECT = 'http://localhost:4321/callback';
const VERIFIER = 'v'.repeat(64);
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

type Fields = Readonly<Record<string, unknown>>;

let world: AccessWorld;
beforeEach(async () => {
  // The library goes by the clock of the machine.
  world = await openAccessWorld({ now: Temporal.Now.instant().toString() });
});
afterEach(() => world.store.close());

async function register(changes: Fields = {}): Promise<Fields> {
  const body = {
    client_name: 'A program',
    redirect_uris: [REDIRECT],
    token_endpoint_auth_method: 'none',
    ...changes,
  };
  const answer = await world.post('/oauth/register', JSON.stringify(body));
  return { status: answer.status, ...(JSON.parse(answer.text) as Fields) };
}

describe('a registration', () => {
  it.each([
    'http://evil.example/callback',
    'http://127.0.0.1.evil.example/callback',
    'https://localhost/callback',
    'https://claude.ai/callback#part',
    'https://user@claude.ai/callback',
    'javascript:alert(1)',
    'data:text/html,x',
    'not an address',
  ])('does not take the redirect %s', async (uri) => {
    expect(await register({ redirect_uris: [REDIRECT, uri] })).toMatchObject({
      status: 400,
      error: 'invalid_redirect_uri',
    });
  });

  it.each([
    'https://claude.ai/api/mcp/auth_callback',
    'https://chatgpt.com/connector/oauth/abc',
    'cursor://anysphere.cursor-retrieval/oauth/callback',
    'http://[::1]:5000/callback',
  ])('takes the redirect %s', async (uri) => {
    expect(await register({ redirect_uris: [uri] })).toMatchObject({
      status: 201,
      redirect_uris: [uri],
      grant_types: ['authorization_code', 'refresh_token'],
    });
  });

  it('of the same public client gives the id that it had, whatever port it uses now', async () => {
    const first = await register();
    const again = await register({ redirect_uris: ['http://localhost:9999/callback'] });
    expect(again).toMatchObject({
      client_id: first['client_id'],
      redirect_uris: ['http://localhost:9999/callback'],
    });
    const other = await register({ client_name: 'Another' });
    expect(other['client_id']).not.toBe(first['client_id']);
    expect(await world.store.accessRecords.count('Client')).toBe(2);
  });

  it('that nobody lets in is forgotten after a day', async () => {
    const first = await register();
    world.clock.advance(24 * 3_600_000);
    await world.store.prune(world.clock.now(), 100);
    expect(await world.store.accessRecords.count('Client')).toBe(0);
    expect((await register())['client_id']).not.toBe(first['client_id']);
  });

  it('leaves no secret in the store that could be read', async () => {
    const { client_secret: secret } = await register({
      token_endpoint_auth_method: 'client_secret_post',
    });
    expect(secret).toMatch(/^.{32,}$/);
    const { client_id: id } = await register();
    const ids = createHash('sha256').update(String(id)).digest('base64url');
    const row = await world.store.accessRecords.find('Client', ids);
    expect(Buffer.from(row?.sealed ?? []).toString('latin1')).not.toContain('A program');
  });

  it('is not done too often', async () => {
    for (let count = 0; count < 20; count += 1) await register({ client_name: String(count) });
    expect(await register()).toMatchObject({ status: 429 });
  });
});

/** Lets a client in. @returns its id and its first tokens. */
async function connected(): Promise<{ readonly id: string; readonly tokens: Fields }> {
  const { client_id } = await register();
  const id = String(client_id);
  const cookies = new Map<string, string>();
  const keep = (headers: Headers): void => {
    for (const one of headers.getSetCookie()) {
      const [pair = ''] = one.split(';');
      const at = pair.indexOf('=');
      cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
  };
  const cookie = () => ({ cookie: [...cookies].map((pair) => pair.join('=')).join('; ') });
  const link = new URL(await world.access.signInLinks.make()).searchParams.get('link') ?? '';
  keep((await world.post('/sign-in', { link })).headers);
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: id,
    redirect_uri: REDIRECT,
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
  });
  const asked = await world.get(`/authorize?${query.toString()}`, cookie());
  keep(asked.headers);
  const consent = new URL(asked.headers.get('location') ?? '', 'http://127.0.0.1:7411').pathname;
  const page = await world.get(consent, cookie());
  expect(page.text).toContain('localhost:4321');
  const csrf = /name="csrf"\s+value="([^"]+)"/.exec(page.text)?.[1] ?? '';
  const forged = await world.post(consent, { answer: 'approve', scope: 'tasks:read' }, cookie());
  expect(forged.status).toBe(409);
  const form = { csrf, answer: 'approve', scope: 'tasks:read' };
  const answered = await world.post(consent, form, cookie());
  const back = new URL(answered.headers.get('location') ?? '');
  expect(back.searchParams.get('iss')).toBe('http://127.0.0.1:7411');
  const { status, body } = await world.token({
    grant_type: 'authorization_code',
    client_id: id,
    redirect_uri: REDIRECT,
    code: back.searchParams.get('code') ?? '',
    code_verifier: VERIFIER,
  });
  expect(status).toBe(200);
  return { id, tokens: body };
}

function refresh(id: string, token: unknown) {
  const form = { grant_type: 'refresh_token', client_id: id, refresh_token: String(token) };
  return world.token(form);
}

describe('a refresh token', () => {
  it('may come twice within a moment, as it does from clients that ask in parallel', async () => {
    const { id, tokens } = await connected();
    const old = tokens['refresh_token'];
    const both = await Promise.all([refresh(id, old), refresh(id, old)]);
    for (const { status, body } of both) {
      expect(status).toBe(200);
      expect(body['refresh_token']).not.toBe(old);
      expect(await world.access.read(String(body['access_token']), 'x')).toMatchObject({
        kind: 'remote_client',
        scopes: ['tasks:read'],
      });
    }
  });

  it('that comes again later takes everything back', async () => {
    const { id, tokens } = await connected();
    const old = tokens['refresh_token'];
    const { body: renewed } = await refresh(id, old);
    world.clock.advance(10_000);
    expect((await refresh(id, old)).body).toMatchObject({ error: 'invalid_grant' });
    expect(await refresh(id, renewed['refresh_token'])).toMatchObject({ status: 400 });
    expect(await world.access.read(String(renewed['access_token']), 'x')).toBeUndefined();
  });
});

describe('the document of a client', () => {
  const ask = (clientId: string, redirect: string) =>
    world.get(
      `/oauth/authorize?${new URLSearchParams({
        response_type: 'code',
        client_id: clientId,
        redirect_uri: redirect,
        code_challenge: CHALLENGE,
        code_challenge_method: 'S256',
      }).toString()}`,
    );

  it.each([
    'https://client.example/document.json',
    'https://127.0.0.1:9/document.json',
    'https://[::ffff:169.254.169.254]/document.json',
    'https://2130706433/document.json',
  ])('is not fetched from a private address: %s', async (address) => {
    expect(await ask(address, 'https://client.example/callback')).toMatchObject({ status: 400 });
  });

  it('is known by heart for those that turn many machines away', async () => {
    const code = 'https://claude.ai/oauth/claude-code-client-metadata';
    expect((await ask(code, 'http://localhost:54321/callback')).status).toBe(303);
    expect((await ask(code, 'https://evil.example/callback')).status).toBe(400);
  });
});

describe('a program that was let in', () => {
  it('is told of with its name and scopes, and is sent away with all that it got', async () => {
    const { id, tokens } = await connected();
    const [client, ...others] = await world.access.admissions.listConnections();
    expect(others).toEqual([]);
    expect(client).toMatchObject({
      clientId: id,
      clientName: 'A program',
      scopes: ['tasks:read'],
    });
    const token = String(tokens['access_token']);
    expect(await world.access.read(token, 'x')).toBeDefined();
    expect(await world.access.admissions.revokeConnection(client?.id ?? '')).toEqual(client);
    expect(await world.access.read(token, 'x')).toBeUndefined();
    expect(await refresh(id, tokens['refresh_token'])).toMatchObject({ status: 400 });
    expect(await world.access.admissions.listConnections()).toEqual([]);
    expect(await world.access.admissions.revokeConnection(client?.id ?? '')).toBeUndefined();
  });
});

it('asks for PKCE, and for no other way than S256', async () => {
  const { client_id: id } = await register();
  const ask = async (more: Readonly<Record<string, string>>) => {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: String(id),
      redirect_uri: REDIRECT,
      ...more,
    });
    const { headers } = await world.get(`/oauth/authorize?${query.toString()}`);
    return new URL(headers.get('location') ?? '').searchParams.get('error');
  };
  expect(await ask({})).toBe('invalid_request');
  expect(await ask({ code_challenge: VERIFIER, code_challenge_method: 'plain' })).toBe(
    'invalid_request',
  );
});

it('shows a page, and redirects nowhere, for an address that was not registered', async () => {
  const { client_id: id } = await register();
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: String(id),
    redirect_uri: 'https://evil.example/<script>',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
  });
  const { status, headers, text } = await world.get(`/oauth/authorize?${query.toString()}`);
  expect(status).toBe(400);
  expect(headers.get('location')).toBeNull();
  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(text).not.toContain('<script');
});

it('says everywhere what was configured, whatever the headers say', async () => {
  const behind = await openAccessWorld({ publicUrl: 'https://carillon.example' });
  const forwarded = { host: 'carillon.example', 'x-forwarded-host': 'evil.example' };
  const names = ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'];
  for (const path of names) {
    const { text } = await behind.get(path, forwarded);
    const metadata = JSON.parse(text) as Fields;
    expect(metadata).toMatchObject({
      issuer: 'https://carillon.example',
      token_endpoint: 'https://carillon.example/oauth/token',
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      client_id_metadata_document_supported: true,
    });
    expect(text).not.toContain('evil');
  }
  const { text } = await behind.get('/.well-known/oauth-protected-resource/mcp', forwarded);
  expect(JSON.parse(text)).toMatchObject({
    resource: 'https://carillon.example/mcp',
    authorization_servers: ['https://carillon.example'],
    scopes_supported: ['tasks:read', 'tasks:write', 'tasks:run', 'admin'],
  });
  await behind.store.close();
});
