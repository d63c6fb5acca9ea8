import type { JsonObject } from '../json.ts';
import { isRecord } from './json-values.ts';
import { tomlValue } from './toml.ts';

export type McpSettings =
  | {
      readonly kind: 'ready';
      /** As `mcp_servers.name={…}`. */
      readonly settings: readonly string[];
      /** What the servers find in their environment. */
      readonly variables: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'refused'; readonly message: string };

/**
 * MCP servers as settings of Codex. Its settings are arguments, which every user of the machine can
 * read, so what a server gets in its environment goes by the environment of Codex: `env_vars`.
 */
export function mcpSettings(servers: JsonObject): McpSettings {
  const variables: Record<string, string> = {};
  const settings: string[] = [];
  for (const [name, server] of Object.entries(servers)) {
    if (!/^[A-Za-z0-9_-]+$/.test(name)) {
      return refused(
        `The name of an MCP server may hold letters, digits, _ and - with this engine.`,
      );
    }
    if (!isRecord(server)) return refused('An MCP server must be an object.');
    const { env, type: _, ...rest } = server;
    const given = isRecord(env) ? Object.entries(env) : [];
    for (const [variable, value] of given) {
      if (typeof value !== 'string')
        return refused('The variables of an MCP server must be texts.');
      if (variables[variable] !== undefined && variables[variable] !== value) {
        return refused(
          'Two MCP servers have different values for one variable, which this engine cannot tell apart. Give it one value.',
        );
      }
      variables[variable] = value;
    }
    const passed = given.length === 0 ? {} : { env_vars: given.map(([variable]) => variable) };
    settings.push(`mcp_servers.${name}=${tomlValue({ ...rest, ...passed })}`);
  }
  return { kind: 'ready', settings, variables };
}

function refused(message: string): McpSettings {
  return { kind: 'refused', message };
}
