import type { Json, JsonObject } from '../domain/json.ts';
import { askMcp, introduction, type McpAnswer } from './ask-mcp.ts';
import type { Session } from './open-session.ts';

/** What the older system answers to who looks at `/mcp` with a browser. */
export const MCP_STATUS = { status: 'ok', service: 'clicrontab-mcp', version: '1.0.0' } as const;

/** As long as a call of a tool may take, in milliseconds. */
const ANSWER_MS_MAX = 60_000;

const PARSE_ERROR = -32_700;
const NO_METHOD = -32_601;
const INTERNAL_ERROR = -32_603;

/**
 * Answers one JSON-RPC message as the older system does: without sessions, so that each is a session
 * of its own with the daemon. `undefined` for the one notification that it knows.
 */
export async function answerMcp(
  text: string,
  open: () => Promise<Session>,
): Promise<JsonObject | undefined> {
  const message = readMessage(text);
  if (message === undefined) return errorFor(null, PARSE_ERROR, 'Parse error');
  const { id = null, method, params } = message;
  if (method === 'notifications/initialized') return undefined;
  if (method === 'ping') return { jsonrpc: '2.0', id, result: {} };
  if (typeof method !== 'string' || !PASSED_ON.has(method)) {
    return errorFor(id, NO_METHOD, 'Method not found');
  }
  const given = objectIn(params);
  const asked = method === 'initialize' ? introduction(given['clientInfo']) : given;
  return withId(id, await askMcp(await open(), method, asked, ANSWER_MS_MAX));
}

const PASSED_ON: ReadonlySet<string> = new Set(['initialize', 'tools/list', 'tools/call']);

function readMessage(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : undefined;
  } catch {
    return undefined;
  }
}

function objectIn(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : {};
}

/** Every error of the inside has one code there. */
function withId(id: Json, { result, error }: McpAnswer): JsonObject {
  if (result !== undefined) return { jsonrpc: '2.0', id, result };
  const { message } = objectIn(error);
  return errorFor(id, INTERNAL_ERROR, typeof message === 'string' ? message : 'Internal error');
}

function errorFor(id: Json, code: number, message: string): JsonObject {
  return { jsonrpc: '2.0', id, error: { code, message } };
}
