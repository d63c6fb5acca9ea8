import type { JsonObject } from '../json.ts';

/** The name under which an engine knows the MCP server of this program. */
export const OWN_SERVER = 'carillon';

/** Where engines that take no file find how they get in; never an argument, which others can read. */
export const OWN_URL_VARIABLE = 'CARILLON_MCP_URL';
export const OWN_TOKEN_VARIABLE = 'CARILLON_MCP_TOKEN';

type Access = { readonly url: string; readonly token: string };

/** The servers of a task with our own, as a file has them that nobody else may read. */
export function withOwnServer(servers: JsonObject, own: Access | undefined): JsonObject {
  if (own === undefined) return servers;
  const headers = { Authorization: `Bearer ${own.token}` };
  return { ...servers, [OWN_SERVER]: { type: 'http', url: own.url, headers } };
}

/**
 * The same as settings of Codex, which are arguments: the token stays in the environment. Its tools may be
 * used unasked, since nobody is there to ask; what they may do is decided behind them.
 */
export function withOwnSettings(servers: JsonObject, own: Access | undefined): JsonObject {
  if (own === undefined) return servers;
  const server = {
    url: own.url,
    bearer_token_env_var: OWN_TOKEN_VARIABLE,
    default_tools_approval_mode: 'approve',
  };
  return { ...servers, [OWN_SERVER]: server };
}
