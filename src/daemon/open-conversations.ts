import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { conversationRoutes } from '../compat/conversations/routes.ts';
import { CONVERSATIONS, conversationsSurface } from '../compat/conversations/surface.ts';
import { clientOfToken, type TokenKeys } from '../compat/conversations/tokens.ts';
import type { Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import { listenHttp, requireSafeBinding, type HttpListener } from '../http/listen-http.ts';
import { createProfileApp } from '../http/profile-app.ts';
import { mcpEndpoint } from '../mcp/http-endpoint.ts';
import type { McpDeps } from '../mcp/mcp-deps.ts';
import type { Setup } from './read-setup.ts';

/** Opens the door of the older conversation scheduler, when the configuration gives it a port. */
export async function openConversations(
  { config, files }: Setup,
  mcp: McpDeps,
): Promise<HttpListener | undefined> {
  const { host, conversations_port: port, allowed_hosts: allowedHosts } = config;
  if (port === 0) return undefined;
  const keyFile = join(dirname(files.consentKey), 'conversations.json');
  const keys = openKeys(keyFile);
  requireSafeBinding(host, { kind: 'token', token: keys.apiKey, readers: [] }, allowedHosts);
  const surface = conversationsSurface({});
  // The only surface of this door, whatever the address asks for.
  const endpoint = mcpEndpoint({ ...mcp, surfaces: new Map([['native', () => surface]]) });
  const now = () => mcp.clock.now();
  const app = createProfileApp({
    servicesFor: mcp.servicesFor,
    log: mcp.log,
    zone: mcp.zone,
    allowedHosts,
    mcp: endpoint,
    surface: { ...surface, routes: conversationRoutes({ keys, zone: mcp.zone, now }) },
    callers: {
      kind: 'own',
      principalOf: (token) => {
        const clientId = clientOfToken(keys, token, now());
        return clientId === undefined ? undefined : clientPrincipal(clientId);
      },
    },
  });
  const listener = await listenHttp(app, { host, port });
  mcp.log.info('Clients of conversations are served.', { port: listener.port, keyFile });
  return {
    ...listener,
    close: async () => {
      await endpoint.close();
      await listener.close();
    },
  };
}

/** May schedule and cancel conversations, and nothing else. */
function clientPrincipal(clientId: string): Principal {
  return {
    kind: 'api_key',
    id: `${CONVERSATIONS}:${clientId}`,
    scopes: ['tasks:read', 'tasks:write'],
    client: clientId,
    parentRunId: undefined,
    namespace: CONVERSATIONS,
  };
}

const KEY_BYTES = 32;
/** People may write the key that their clients have; a shorter one could be guessed. */
const KEY_LENGTH_MIN = 24;

/** The keys of the door: made at the first start, readable by their owner alone. */
function openKeys(file: string): TokenKeys {
  const fresh = (): string => randomBytes(KEY_BYTES).toString('base64url');
  try {
    const made = { apiKey: fresh(), signingKey: fresh() };
    writeFileSync(file, `${JSON.stringify(made, undefined, 2)}\n`, { flag: 'wx', mode: 0o600 });
    return made;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const { apiKey, signingKey } = readObject(file);
  if (isKey(apiKey) && isKey(signingKey)) return { apiKey, signingKey };
  throw new Refusal(
    'invalid',
    `The file ${file} must hold "apiKey" and "signingKey", texts of at least ${String(KEY_LENGTH_MIN)} characters.`,
    'Delete it, and the next start makes new ones.',
  );
}

function isKey(value: unknown): value is string {
  return typeof value === 'string' && value.length >= KEY_LENGTH_MIN;
}

function readObject(file: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
