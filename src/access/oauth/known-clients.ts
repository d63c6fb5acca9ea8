import type { ClientMetadata } from './client-metadata.ts';

/** Where claude.ai takes the answers of authorization servers. */
export const CLAUDE_CALLBACKS: readonly string[] = [
  'https://claude.ai/api/mcp/auth_callback',
  'https://claude.com/api/mcp/auth_callback',
];

/**
 * Descriptions that are known by heart: their servers turn many data centres away, and a person
 * could then not connect. As published in 2026.
 */
export const KNOWN_CLIENTS: ReadonlyMap<string, ClientMetadata> = new Map(
  [
    {
      client_id: 'https://claude.ai/oauth/mcp-oauth-client-metadata',
      client_name: 'Claude',
      client_uri: 'https://claude.ai',
      redirect_uris: CLAUDE_CALLBACKS,
    },
    {
      client_id: 'https://claude.ai/oauth/claude-code-client-metadata',
      client_name: 'Claude Code',
      client_uri: 'https://claude.ai',
      redirect_uris: ['http://localhost/callback', 'http://127.0.0.1/callback'],
    },
  ].map((known) => [known.client_id, { ...known, token_endpoint_auth_method: 'none' }] as const),
);
