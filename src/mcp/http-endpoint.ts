import {
  type AuthInfo,
  createMcpHandler,
  isLegacyRequest,
  type McpRequestContext,
} from '@modelcontextprotocol/server';
import { requireScope, ScopeRefusal, type Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import { chooseTools } from './choose-tools.ts';
import { legacySessions } from './legacy-sessions.ts';
import type { McpDeps } from './mcp-deps.ts';
import { tellResourceNews } from './resource-news.ts';
import type { Seat } from './seat.ts';
import { mcpServerFactory } from './server.ts';

/** MCP over HTTP for both protocol eras, behind whatever checked the caller. */
export type McpEndpoint = {
  /** @param body the parsed JSON body; absent without one. */
  fetch(request: Request, principal: Principal, body: unknown): Promise<Response>;
  close(): Promise<void>;
};

const BODY_BYTES_MAX = 1_024 * 1_024;
const SUBSCRIPTIONS_MAX = 1_024;
const KEEP_ALIVE_MS = 15_000;

export function mcpEndpoint(deps: McpDeps): McpEndpoint {
  const onerror = (error: Error): void =>
    deps.log.debug('A request to /mcp was not served.', { error: error.message });
  const seatOf = (context: McpRequestContext): Seat => seatAt(deps, context);
  const modern = createMcpHandler(
    mcpServerFactory(deps, seatOf, () => false),
    {
      legacy: 'reject',
      onerror,
      responseMode: 'auto',
      keepAliveMs: KEEP_ALIVE_MS,
      maxSubscriptions: SUBSCRIPTIONS_MAX,
      maxRequestBodySize: BODY_BYTES_MAX,
    },
  );
  const legacy = legacySessions(
    deps,
    mcpServerFactory(deps, seatOf, () => true),
  );
  const stopNews = tellResourceNews(deps.announcer, deps.clock, ({ uris, isListChanged }) => {
    if (isListChanged) modern.notify.resourcesChanged();
    for (const uri of uris) modern.notify.resourceUpdated(uri);
  });

  return {
    fetch: async (request, principal, body) => {
      const authInfo = authInfoOf(principal);
      try {
        requireToolScope(seatAt(deps, { era: 'modern', authInfo, requestInfo: request }), body);
      } catch (error) {
        // The door asks for more scopes in the way of OAuth.
        if (error instanceof ScopeRefusal) throw error;
        if (error instanceof Refusal) return badRequest(error);
        throw error;
      }
      return (await isLegacyRequest(request, body))
        ? legacy.fetch(request, principal, authInfo, body)
        : modern.fetch(request, { authInfo, parsedBody: body });
    },
    close: async () => {
      stopNews();
      await legacy.close();
      await modern.close();
    },
  };
}

/** The query of the address may choose a surface and narrow its tools: `/mcp?toolsets=runs&read_only=1`. */
function seatAt(deps: McpDeps, context: McpRequestContext): Seat {
  const query = new URL(context.requestInfo?.url ?? 'http://localhost/').searchParams;
  const name = query.get('surface') ?? 'native';
  const make = deps.surfaces.get(name);
  if (make === undefined) {
    throw new Refusal('not_found', `There is no surface ${JSON.stringify(name.slice(0, 60))}.`);
  }
  const surface = make({});
  const toolsets = (query.get('toolsets') ?? '').split(',').filter((toolset) => toolset !== '');
  const readOnly = query.get('read_only');
  const principal = context.authInfo?.extra?.['principal'] as Principal | undefined;
  if (principal === undefined) throw new Error('A request came without a principal.');
  return {
    surface,
    tools: chooseTools(surface, toolsets, readOnly !== null && !/^(?:0|false|no)$/i.test(readOnly)),
    cwd: undefined,
    principal: { ...principal, namespace: narrower(principal.namespace, surface.namespace) },
  };
}

/**
 * Turns a program away that a person has let in, before a tool is called that it may not use: it can
 * then ask that person for more. Everybody else reads the refusal as the tool's answer.
 */
function requireToolScope({ principal, tools }: Seat, body: unknown): void {
  if (principal.kind !== 'remote_client') return;
  const { method, params } = (body ?? {}) as {
    readonly method?: unknown;
    readonly params?: unknown;
  };
  if (method !== 'tools/call') return;
  const { name } = (params ?? {}) as { readonly name?: unknown };
  const tool = tools.find((one) => one.name === name);
  if (tool !== undefined) requireScope(principal, tool.scope);
}

function narrower(
  held: Principal['namespace'],
  wanted: Principal['namespace'],
): Principal['namespace'] {
  return held === 'all' ? wanted : held;
}

/** The caller, in the form in which the SDK carries it to the factory. The token stays behind. */
function authInfoOf(principal: Principal): AuthInfo {
  return {
    token: '',
    clientId: principal.id,
    scopes: [...principal.scopes],
    extra: { principal },
  };
}

function badRequest(refusal: Refusal): Response {
  return Response.json(
    { jsonrpc: '2.0', error: { code: -32_602, message: refusal.message }, id: null },
    { status: 400 },
  );
}
