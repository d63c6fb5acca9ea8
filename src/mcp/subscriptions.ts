import type { McpServer } from '@modelcontextprotocol/server';
import type { McpDeps } from './mcp-deps.ts';
import { tellResourceNews } from './resource-news.ts';

/** Resources that one client may watch at once. */
const SUBSCRIPTIONS_MAX = 1_000;

/**
 * Keeps the subscriptions of a 2025 client, and tells a server that lives as long as its connection
 * what changed. A client of 2026 has its own filter in front of the server, and a stateless one is
 * told through the handler's bus instead.
 */
export function offerSubscriptions(
  deps: McpDeps,
  mcp: McpServer,
  era: 'legacy' | 'modern',
  isLasting: boolean,
): void {
  const { server } = mcp;
  const watched = new Set<string>();
  if (era === 'legacy') {
    server.setRequestHandler('resources/subscribe', ({ params }) => {
      if (watched.size < SUBSCRIPTIONS_MAX) watched.add(params.uri);
      return {};
    });
    server.setRequestHandler('resources/unsubscribe', ({ params }) => {
      watched.delete(params.uri);
      return {};
    });
  }
  if (!isLasting) return;

  const stop = tellResourceNews(deps.announcer, deps.clock, ({ uris, isListChanged }) => {
    if (!mcp.isConnected()) return;
    if (isListChanged) mcp.sendResourceListChanged();
    for (const uri of uris) {
      if (era === 'legacy' && !watched.has(uri)) continue;
      // A client that has just gone need not be told.
      server.sendResourceUpdated({ uri }).catch(() => undefined);
    }
  });
  onServerClose(server, stop);
}

/** The SDK knows one listener for the end of a server, and has none of its own there. */
function onServerClose(server: McpServer['server'], stop: () => void): void {
  const before = server.onclose;
  Object.assign(server, {
    onclose: () => {
      stop();
      before?.();
    },
  });
}
