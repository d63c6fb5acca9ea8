import type { Access } from '../access/open-access.ts';
import { claudeRunnerSurface } from '../compat/claude-runner/surface.ts';
import { mountHooks } from '../http/hook-door.ts';
import type { HttpAuth } from '../http/http-deps.ts';
import { listenHttp, type HttpListener } from '../http/listen-http.ts';
import { createProfileApp } from '../http/profile-app.ts';
import { mcpEndpoint } from '../mcp/http-endpoint.ts';
import type { McpDeps } from '../mcp/mcp-deps.ts';
import type { HookDoor } from '../service/webhooks/webhook-requests.ts';

/** Where the older system served MCP, and where its document of OAuth says that it is. */
const MCP_PATHS: readonly string[] = ['/sse', '/mcp'];

export type ClaudeRunnerParts = {
  readonly host: string;
  /** 0 when nobody wants the door. */
  readonly port: number;
  readonly allowedHosts: readonly string[];
  readonly auth: HttpAuth;
  readonly access: Access;
  readonly mcp: McpDeps;
  readonly hooks: HookDoor;
};

/** Opens the door of the older Claude Runner, when the configuration gives it a port. */
export async function openClaudeRunner({
  host,
  port,
  allowedHosts,
  auth,
  access,
  mcp,
  hooks,
}: ClaudeRunnerParts): Promise<HttpListener | undefined> {
  if (port === 0) return undefined;
  const surface = claudeRunnerSurface({});
  // The only surface of this door, whatever the address asks for.
  const endpoint = mcpEndpoint({ ...mcp, surfaces: new Map([['native', () => surface]]) });
  const app = createProfileApp({
    servicesFor: mcp.servicesFor,
    log: mcp.log,
    zone: mcp.zone,
    allowedHosts,
    mcp: endpoint,
    mcpPaths: MCP_PATHS,
    surface,
    callers: {
      kind: 'daemon',
      authAt: (path) =>
        auth.kind === 'none'
          ? auth
          : { ...auth, metadataUrl: (called) => access.metadataUrl(called, path) },
    },
    ...(auth.kind === 'token' ? { access } : {}),
    mountHooks: (inside) => mountHooks(inside, hooks, mcp.clock, [surface]),
    dashboard: (request, from) => leadToDashboard(access, request, from),
  });
  const listener = await listenHttp(app, { host, port });
  mcp.log.info('Clients of claude-runner are served.', { port: listener.port });
  return {
    ...listener,
    close: async () => {
      await endpoint.close();
      await listener.close();
    },
  };
}

/** Signed in when the two settings of the dashboard let a browser in, as they did there. */
async function leadToDashboard(
  access: Access,
  request: Request,
  from: string | undefined,
): Promise<Response> {
  if (!access.hasBasic) return redirect(access.address());
  const person = await access.readBrowser(request, from, undefined);
  if (typeof person === 'string') {
    const headers = { 'www-authenticate': 'Basic realm="carillon"' };
    return new Response('Authentication required\n', { status: 401, headers });
  }
  if ('waitSeconds' in person) {
    const headers = { 'retry-after': String(person.waitSeconds) };
    return new Response('Too many wrong passwords.\n', { status: 429, headers });
  }
  return redirect(await access.signInLinks.make());
}

function redirect(location: string): Response {
  return new Response(null, { status: 302, headers: { location } });
}
