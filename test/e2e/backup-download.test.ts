import { readdirSync, writeFileSync } from 'node:fs';
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

function post(path: string, body: unknown, token = daemon.token): Promise<Response> {
  return fetch(`${daemon.origin}/api/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

it('hands out a backup that can be restored, to those who may have everything, and keeps no copy', async () => {
  await post('/tasks', { name: 'kept', action: { kind: 'command', argv: ['true'] } });
  const key = await post('/keys', { name: 'reader', scopes: ['tasks:read'] });
  const { text } = (await key.json()) as { readonly text: string };
  expect((await post('/backup', {}, text)).status).toBe(403);
  expect((await post('/backup', { output: 'some' })).status).toBe(400);

  const answer = await post('/backup', { output: false });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-disposition')).toMatch(
    /^attachment; filename="carillon-\d{4}-\d{2}-\d{2}\.backup"$/,
  );
  const bytes = new Uint8Array(await answer.arrayBuffer());
  expect(answer.headers.get('content-length')).toBe(String(bytes.length));
  const file = join(folder, 'a.backup');
  writeFileSync(file, bytes);
  const restored = await carillon(['restore', file, '--data', join(folder, 'elsewhere')]);
  expect(restored.code).toBe(0);

  await expect
    .poll(() => readdirSync(join(daemon.data, 'run')).filter((name) => name.startsWith('backup-')))
    .toEqual([]);
});
