import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pageVisitor } from '../support/page-visitor.ts';
import {
  carillon,
  removeFolder,
  startDaemon,
  temporaryFolder,
  type RealDaemon,
} from '../support/real-daemon.ts';

const CALLBACK = 'https://claude.ai/api/mcp/auth_callback';
const BASIC = `Basic ${Buffer.from('me:a good password').toString('base64')}`;

let folder: string;
let daemon: RealDaemon;
let base = '';

beforeAll(async () => {
  folder = temporaryFolder();
  const port = await freePort();
  base = `http://127.0.0.1:${String(port)}`;
  const dashboard = {
    CARILLON_DASHBOARD_USERNAME: 'me',
    CARILLON_DASHBOARD_PASSWORD: 'a good password',
  };
  daemon = await startDaemon(join(folder, 'data'), dashboard, [
    '--claude-runner-port',
    String(port),
  ]);
}, 30_000);
afterAll(async () => {
  await daemon.kill('SIGKILL');
  removeFolder(folder);
});

async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Runs the profile until its client leaves, which is at once. @returns what it says to people. */
async function start(...flags: readonly string[]): Promise<string> {
  const env = { CARILLON_DATA: daemon.data };
  const { code, stderr } = await carillon(['as', 'claude-runner', ...flags], { env });
  expect(code).toBe(0);
  return stderr;
}

/** The id and the secret in what was printed. */
function credentialsIn(said: string): { readonly id: string; readonly secret: string } {
  const id = /client id +(\S+)/.exec(said)?.[1];
  const secret = /client secret +(\S+)/.exec(said)?.[1];
  if (id === undefined || secret === undefined) throw new Error(said);
  return { id, secret };
}

function token(form: Readonly<Record<string, string>>): Promise<Response> {
  return fetch(`${base}/oauth/token`, { method: 'POST', body: new URLSearchParams(form) });
}

describe('the port of the older Claude Runner', () => {
  it('prints credentials once, others when asked, and forgets them', async () => {
    const works = async ({ id, secret }: ReturnType<typeof credentialsIn>): Promise<boolean> => {
      const form = { grant_type: 'client_credentials', client_id: id, client_secret: secret };
      return (await token(form)).ok;
    };
    const first = credentialsIn(await start());
    expect(await works(first)).toBe(true);
    expect(await start()).toBe('');
    const second = credentialsIn(await start('--new-credentials'));
    expect([await works(first), await works(second)]).toEqual([false, true]);
    expect(await start('--reset')).toContain('forgotten');
    expect(await works(second)).toBe(false);
  });

  it('lets an assistant in by these credentials and its person, with the documents of OAuth beside it', async () => {
    const { id, secret } = credentialsIn(await start('--new-credentials'));
    const refused = await fetch(`${base}/sse`, { method: 'POST', body: '{}' });
    expect([refused.status, await refused.json()]).toEqual([401, { error: 'unauthorized' }]);
    const where = /resource_metadata="([^"]+)"/.exec(refused.headers.get('www-authenticate') ?? '');
    const resource = (await (await fetch(where?.[1] ?? '')).json()) as Record<string, unknown>;
    expect(resource).toMatchObject({
      resource: `${base}/sse`,
      authorization_servers: [daemon.origin],
    });
    const server = await fetch(`${base}/.well-known/oauth-authorization-server`);
    expect(await server.json()).toMatchObject({ token_endpoint: `${daemon.origin}/oauth/token` });

    const verifier = randomBytes(32).toString('base64url');
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: id,
      redirect_uri: CALLBACK,
      resource: `${base}/sse`,
      scope: 'tasks:read tasks:write',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    const browser = pageVisitor(daemon.origin);
    await browser.visit((await carillon(['--data', daemon.data, 'open', '--quiet'])).stdout.trim());
    await browser.submit({ next: '/account' });
    const asked = await fetch(`${base}/oauth/authorize?${query.toString()}`, {
      redirect: 'manual',
    });
    expect((await browser.visit(asked.headers.get('location') ?? '')).text).toContain('claude.ai');
    const { leavesTo } = await browser.submit({ answer: 'approve' });
    const code = new URL(leavesTo ?? 'about:blank').searchParams.get('code') ?? '';

    const exchange = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: CALLBACK,
      client_id: id,
      code_verifier: verifier,
    };
    expect((await token(exchange)).status).toBe(401);
    expect((await token({ ...exchange, client_secret: 'wrong' })).status).toBe(401);
    const given = await token({ ...exchange, client_secret: secret });
    const { access_token: bearer } = (await given.json()) as { readonly access_token: string };

    const client = new Client({ name: 'remote', version: '1.0.0' });
    await client.connect(
      new StreamableHTTPClientTransport(new URL(`${base}/sse`), {
        requestInit: { headers: { authorization: `Bearer ${bearer}` } },
      }),
    );
    const job = { name: 'news', cron: '0 7 * * *', prompt: 'Read the news' };
    const made = await client.callTool({ name: 'create_job', arguments: job });
    await client.close();
    expect(JSON.stringify(made.content)).toContain('approv');

    const headers = { authorization: BASIC, 'content-type': 'application/json' };
    const body = JSON.stringify(job);
    expect((await fetch(`${base}/api/jobs`, { method: 'POST', headers, body })).status).toBe(200);
    const jobs = await fetch(`${base}/api/jobs`, { headers });
    expect(await jobs.json()).toMatchObject([{ name: 'news' }]);
  });

  it('leads a browser to the dashboard, signed in by the two settings', async () => {
    const page = (path: string, headers: Readonly<Record<string, string>>) =>
      fetch(`${base}${path}`, { redirect: 'manual', headers });
    const turnedAway = await page('/', {});
    expect([turnedAway.status, turnedAway.headers.get('www-authenticate')]).toEqual([
      401,
      'Basic realm="carillon"',
    ]);
    const led = await page('/dashboard', { authorization: BASIC });
    const browser = pageVisitor(daemon.origin);
    await browser.visit(led.headers.get('location') ?? '');
    await browser.submit({ next: '/account' });
    expect((await browser.visit(`${daemon.origin}/account`)).text).toContain('Sign out');
    expect((await page('/', { authorization: BASIC, origin: 'https://x.example' })).status).toBe(
      403,
    );
    expect((await fetch(`${base}/api/v1/tasks`)).status).toBe(404);
  });
});
