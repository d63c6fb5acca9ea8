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
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pageVisitor, type PageVisitor } from '../support/page-visitor.ts';
import {
  carillon,
  removeFolder,
  startDaemon,
  temporaryFolder,
  type RealDaemon,
} from '../support/real-daemon.ts';

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
  const kept: { client?: never; tokens?: { access_token: string }; verifier?: string; to?: URL } =
    {};
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
      kept.tokens = tokens;
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
    },
  );
});
