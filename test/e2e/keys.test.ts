import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  carillon,
  removeFolder,
  startDaemon,
  temporaryFolder,
  type RealDaemon,
} from '../support/real-daemon.ts';

let folder: string;
let daemon: RealDaemon;

beforeAll(async () => {
  folder = temporaryFolder();
  daemon = await startDaemon(join(folder, 'data'));
});

afterAll(async () => {
  await daemon.kill('SIGKILL');
  removeFolder(folder);
});

async function said(...words: readonly string[]): Promise<string> {
  const { code, stdout } = await carillon(['--data', daemon.data, ...words]);
  expect(code).toBe(0);
  return stdout.trim();
}

function asked(token: string, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return fetch(`${daemon.origin}${path}`, { headers, ...init });
}

it('lets a program in by a key with its scopes, and by a token got for it, until it is revoked', async () => {
  const key = await said('keys', 'add', 'ci', '--scope', 'tasks:read', '--expires', '1d');
  expect(key).toMatch(/^carillon_key_/);
  expect((await asked(key, '/api/v1/tasks')).status).toBe(200);
  expect(await said('keys', 'list')).toMatch(/ci +key_\w{26} +tasks:read +in .+ (?:now|ago)/);

  const refused = await asked(key, '/api/v1/tasks', {
    method: 'POST',
    body: JSON.stringify({ name: 'x', action: { kind: 'command', argv: ['true'] } }),
  });
  expect(refused.status).toBe(403);
  expect(refused.headers.get('www-authenticate')).toContain(
    'error="insufficient_scope", scope="tasks:read tasks:write"',
  );
  expect((await asked(key, '/api/v1/keys')).status).toBe(403);

  const grant = await fetch(`${daemon.origin}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: /key_\w{26}/.exec(key)?.[0] ?? '',
      client_secret: key,
    }),
  });
  const { access_token: token } = (await grant.json()) as { readonly access_token: string };
  expect((await asked(token, '/api/v1/tasks')).status).toBe(200);

  expect(await said('keys', 'revoke', 'ci')).toMatch(/^Revoked ci/);
  for (const one of [key, token]) {
    const gone = await asked(one, '/api/v1/tasks');
    expect(gone.status).toBe(401);
    expect(gone.headers.get('www-authenticate')).toContain('error="invalid_token"');
  }
});
