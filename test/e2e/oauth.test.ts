import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import {
  Client,
  StreamableHTTPClientTransport,
  UnauthorizedError,
  type OAuthClientProvider,
} from '@modelcontextprotocol/client';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pageVisitor, type PageVisitor } from '../support/page-visitor.ts';
import {
  carillon,
  removeFolder,
  startDaemon,
  temporaryFolder,
  type RealDaemon,
} from '../support/real-daemon.ts';

type Tokens = { access_token: string; refresh_token: string };

const TLS = resolve(import.meta.dirname, '../fixtures/tls');
const REDIRECT = 'http://127.0.0.1:9876/callback';

let folder: string;
let daemon: RealDaemon;
let documents: Server;
let documentUrl: string;
let browser: PageVisitor;

beforeAll(async () => {
  folder = temporaryFolder();
  documents = createServer(
    {
      key: readFileSync(join(TLS, 'loopback-key.pem')),
      cert: readFileSync(join(TLS, 'loopback-cert.pem')),
    },
    (_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          client_id: documentUrl,
          client_name: 'Documented <b>Assistant</b>',
          redirect_uris: ['http://127.0.0.1/callback'],
          grant_types: ['authorization_code', 'refresh_token'],
          response_types: ['code'],
          token_endpoint_auth_method: 'none',
        }),
      );
    },
  );
  await new Promise<void>((done) => {
    documents.listen(0, '127.0.0.1', done);
  });
  const { port } = documents.address() as AddressInfo;
  documentUrl = `https://localhost:${String(port)}/client.json`;
  daemon = await startDaemon(join(folder, 'data'), {
    NODE_EXTRA_CA_CERTS: join(TLS, 'loopback-cert.pem'),
    CARILLON_EGRESS_ALLOW: `127.0.0.1:${String(port)},localhost:${String(port)}`,
  });
  browser = pageVisitor(daemon.origin);
  await browser.visit((await carillon(['--data', daemon.data, 'open', '--quiet'])).stdout.trim());
  await browser.submit({ next: '/account' });
}, 30_000);

afterAll(async () => {
  await daemon.kill('SIGKILL');
  documents.close();
  removeFolder(folder);
});

/** Goes where a client sends the browser, and lets it in. @returns where the browser is sent back to. */
async function letIn(url: URL, typed: Readonly<Record<string, string>> = {}): Promise<URL> {
  const asked = await browser.visit(url.href);
  expect(asked.text).toContain('Let ');
  const answered = await browser.submit({ answer: 'approve', ...typed });
  if (answered.leavesTo === undefined) throw new Error(answered.text);
  return new URL(answered.leavesTo);
}

/** A client of the SDK that remembers what it is told, and asks the person above. */
function assistant(changes: { readonly clientMetadataUrl?: string } = {}) {
  const kept: { client?: never; tokens?: Tokens; verifier?: string; to?: URL } = {};
  const auth: OAuthClientProvider = {
    ...changes,
    redirectUrl: REDIRECT,
    clientMetadata: {
      client_name: 'SDK client',
      redirect_uris: [REDIRECT],
      token_endpoint_auth_method: 'none',
    },
    clientInformation: () => kept.client,
    saveClientInformation: (client) => {
      kept.client = client as never;
    },
    tokens: () => kept.tokens as never,
    saveTokens: (tokens) => {
      kept.tokens = tokens as Tokens;
    },
    redirectToAuthorization: (url) => {
      kept.to = url;
    },
    saveCodeVerifier: (verifier) => {
      kept.verifier = verifier;
    },
    codeVerifier: () => kept.verifier ?? '',
  };
  return { auth, kept };
}

describe('a remote assistant', () => {
  it.each(['registers', 'shows its document'] as const)(
    '%s, is let in, calls a tool, renews its token and takes it back',
    async (how) => {
      const { auth, kept } = assistant(
        how === 'registers' ? {} : { clientMetadataUrl: documentUrl },
      );
      const connect = async () => {
        const client = new Client({ name: 'remote', version: '1.0.0' });
        const transport = new StreamableHTTPClientTransport(new URL(`${daemon.origin}/mcp`), {
          authProvider: auth,
        });
        return { client, transport, connected: client.connect(transport) };
      };
      const first = await connect();
      await expect(first.connected).rejects.toThrow(UnauthorizedError);
      const back = await letIn(kept.to ?? new URL('about:blank'));
      expect(back.searchParams.get('iss')).toBe(daemon.origin);
      await first.transport.finishAuth(back.searchParams);

      const { client, connected } = await connect();
      await connected;
      const answer = await client.callTool({
        name: 'create_task',
        arguments: {
          name: `from afar (${how})`,
          when: 'every day at 9',
          action: { kind: 'command', argv: ['true'] },
        },
      });
      expect(answer.isError ?? false).toBe(false);
      await client.close();

      const old = kept.tokens;
      kept.tokens = { access_token: 'worn.out.token', refresh_token: old?.refresh_token ?? '' };
      const again = await connect();
      await again.connected;
      expect(kept.tokens.refresh_token).not.toBe(old?.refresh_token);
      expect((await again.client.listTools()).tools.length).toBeGreaterThan(5);
      await again.client.close();

      const revoked = await fetch(`${daemon.origin}/oauth/revoke`, {
        method: 'POST',
        body: new URLSearchParams({
          token: kept.tokens.refresh_token,
          client_id: (kept.client as { client_id: string } | undefined)?.client_id ?? documentUrl,
        }),
      });
      expect(revoked.status).toBe(200);
      expect(await statusWith(kept.tokens.access_token)).toBe(401);
    },
  );
});

function statusWith(token: string, init: RequestInit = {}): Promise<number> {
  return fetch(`${daemon.origin}/api/v1/tasks`, {
    ...init,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  }).then(({ status }) => status);
}

describe('a client of another library', () => {
  async function discovered(metadata: Partial<openid.ClientMetadata> = {}) {
    return openid.dynamicClientRegistration(
      new URL(daemon.origin),
      {
        client_name: 'Another library',
        redirect_uris: [REDIRECT],
        token_endpoint_auth_method: 'none',
        ...metadata,
      },
      metadata['token_endpoint_auth_method'] === undefined ? openid.None() : undefined,
      { execute: [openid.allowInsecureRequests], algorithm: 'oauth2' },
    );
  }

  async function authorized(
    config: openid.Configuration,
    more: Readonly<Record<string, string>> = {},
    typed: Readonly<Record<string, string>> = {},
  ) {
    const verifier = openid.randomPKCECodeVerifier();
    const url = openid.buildAuthorizationUrl(config, {
      redirect_uri: REDIRECT,
      scope: 'tasks:read tasks:write',
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state: 'a-state',
      ...more,
    });
    const back = await letIn(url, typed);
    return { back, checks: { pkceCodeVerifier: verifier, expectedState: 'a-state' } };
  }

  it('goes the whole way, for this server alone', async () => {
    const config = await discovered({ token_endpoint_auth_method: 'client_secret_post' });
    const resource = `${daemon.origin}/mcp`;
    const { back, checks } = await authorized(config, { resource });
    const tokens = await openid.authorizationCodeGrant(config, back, checks, { resource });
    expect(tokens).toMatchObject({ token_type: 'bearer', expires_in: 600 });
    expect(tokens.scope).toBe('tasks:read tasks:write');
    expect(await statusWith(tokens.access_token)).toBe(200);

    const renewed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(await statusWith(renewed.access_token)).toBe(200);
    await openid.tokenRevocation(config, renewed.refresh_token ?? '');
    for (const gone of [tokens, renewed]) expect(await statusWith(gone.access_token)).toBe(401);
    await expect(openid.refreshTokenGrant(config, renewed.refresh_token ?? '')).rejects.toThrow();

    const elsewhere = openid.buildAuthorizationUrl(config, {
      redirect_uri: REDIRECT,
      resource: 'https://other.example/mcp',
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
    });
    const { leavesTo } = await browser.visit(elsewhere.href);
    expect(new URL(leavesTo ?? '').searchParams.get('error')).toBe('invalid_target');
  });

  it('gets one token for eight tries with one code, and that one works', async () => {
    const config = await discovered();
    const { back, checks } = await authorized(config);
    const tries = await Promise.allSettled(
      Array.from({ length: 8 }, () => openid.authorizationCodeGrant(config, back, checks)),
    );
    const granted = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(granted).toHaveLength(1);
    for (const one of tries) {
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ error: 'invalid_grant' });
    }
    expect(await statusWith(granted[0]?.access_token ?? '')).toBe(200);
  });

  it('may do what the person chose, and is told what else it would need', async () => {
    const config = await discovered();
    const { back, checks } = await authorized(config, {}, { scope: 'tasks:read' });
    const { access_token: token } = await openid.authorizationCodeGrant(config, back, checks);
    expect(await statusWith(token)).toBe(200);
    const body = JSON.stringify({ name: 'x', action: { kind: 'command', argv: ['true'] } });
    expect(await statusWith(token, { method: 'POST', body })).toBe(403);
  });

  it('loses everything when the person takes it back', async () => {
    const config = await discovered({ client_name: 'Soon unwanted' });
    const { back, checks } = await authorized(config);
    const tokens = await openid.authorizationCodeGrant(config, back, checks);
    const { text } = await browser.visit(`${daemon.origin}/account`);
    const [, after = ''] = text.split('name="grant"', 2);
    const grant = /value="([^"]+)"/.exec(after)?.[1] ?? '';
    expect(after).toContain('Soon unwanted');
    await browser.submit({ grant });
    expect(await statusWith(tokens.access_token)).toBe(401);
    await expect(
      openid.refreshTokenGrant(config, tokens.refresh_token ?? ''),
    ).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('is refused by the person, and told so', async () => {
    const config = await discovered();
    await expect(
      authorized(config, {}, { answer: 'deny' }).then(({ back, checks }) =>
        openid.authorizationCodeGrant(config, back, checks),
      ),
    ).rejects.toMatchObject({ error: 'access_denied' });
  });

  it('is not burnt by a second click', async () => {
    const config = await discovered();
    const verifier = openid.randomPKCECodeVerifier();
    const url = openid.buildAuthorizationUrl(config, {
      redirect_uri: REDIRECT,
      scope: 'tasks:read',
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    await browser.visit(url.href);
    const [first, second] = await Promise.all([
      browser.submit({ answer: 'approve', scope: 'tasks:read' }),
      browser.submit({ answer: 'approve', scope: 'tasks:read' }),
    ]);
    expect(second.leavesTo).toBe(first.leavesTo);
    const back = new URL(second.leavesTo ?? '');
    await openid.authorizationCodeGrant(config, back, { pkceCodeVerifier: verifier });
  });

  it('gets a token for a key as a machine', async () => {
    const { stdout } = await carillon(['--data', daemon.data, 'keys', 'add', 'robot', '--quiet']);
    const key = stdout.trim();
    const config = await openid.discovery(
      new URL(daemon.origin),
      /key_\w{26}/.exec(key)?.[0] ?? '',
      key,
      openid.ClientSecretBasic(key),
      { execute: [openid.allowInsecureRequests], algorithm: 'oauth2' },
    );
    const { access_token: token } = await openid.clientCredentialsGrant(config, {
      resource: `${daemon.origin}/mcp`,
    });
    expect(await statusWith(token)).toBe(200);
  });
});
