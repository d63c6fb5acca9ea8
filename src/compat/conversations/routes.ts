import { z } from 'zod';
import { parseArguments } from '../../api/parse-arguments.ts';
import type { RouteAnswer, RouteRequest, SurfaceRoute } from '../../api/surface.ts';
import { Question, type Tool, type ToolCall } from '../../api/tool.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import { Refusal } from '../../domain/refusal.ts';
import type { Services } from '../../service/services.ts';
import { cancelConversation } from './cancel-conversation.ts';
import { findConversation, progressOf } from './find-conversation.ts';
import { listConversations } from './list-conversations.ts';
import { scheduleConversation } from './schedule-conversation.ts';
import { clientOfToken, isApiKey, signToken, TOKEN_SECONDS, type TokenKeys } from './tokens.ts';
import { serviceTools } from './tools.ts';
import { wireConversation } from './wire-conversation.ts';

/** What the routes know besides their requests. */
export type RouteSetting = {
  readonly keys: TokenKeys;
  /** Zone of times that say none. */
  readonly zone: string;
  now(): Temporal.Instant;
};

type Handle = SurfaceRoute['handle'];

/** Everything that the older service answers over HTTP, but for MCP itself. */
export function conversationRoutes(setting: RouteSetting): readonly SurfaceRoute[] {
  const here = () => ({ now: setting.now(), zone: setting.zone });
  return [
    open('GET', '/', async () => ({ status: 200, body: undefined, text: HOME, headers: HTML })),
    open('GET', '/health', async () => ok({ status: 'healthy' })),
    open('POST', '/api/auth/token', async (_services, request) => token(setting, request)),
    open('POST', '/api/auth/validate', async (_services, { body }) => {
      const { token: given } = read(validateBody, body);
      const clientId = clientOfToken(setting.keys, given, setting.now()) ?? null;
      return ok({ isValid: clientId !== null, clientId });
    }),
    closed('POST', '/api/conversations', async (services, { body }) => {
      const { conversationText, scheduledTime, target } = read(conversationBody, body);
      const made = await scheduleConversation(
        services,
        {
          text: conversationText,
          time: scheduledTime,
          endpoint: target.endpoint,
          method: target.method,
          headers: headersIn(target.headersJson) ?? target.headers ?? undefined,
          additionalInfo: target.additionalInfo ?? undefined,
        },
        here(),
      );
      const headers = { location: `/api/conversations/${made.id}` };
      return {
        ...ok(wireConversation(made, await progressOf(services, made))),
        status: 201,
        headers,
      };
    }),
    closed('GET', '/api/conversations', async (services, { query }) =>
      ok(
        await listConversations(services, {
          page: query['page'],
          pageSize: query['pageSize'],
          status: query['status'],
        }),
      ),
    ),
    named('GET', '/api/conversations/:id', async (services, { parameters }) => {
      const found = await findConversation(services, parameters['id'] ?? '');
      if (found === undefined) return problem(404, 'Not Found');
      return ok(wireConversation(found, await progressOf(services, found)));
    }),
    named('DELETE', '/api/conversations/:id', async (services, { parameters }) =>
      (await cancelConversation(services, parameters['id'] ?? ''))
        ? { status: 204, body: undefined }
        : problem(404, 'Not Found'),
    ),
    closed('GET', '/mcp/tools', async () => ok({ toolChoices: serviceTools.map(toolChoice) })),
    closed('POST', '/mcp/execute', async (services, { body }) => {
      const { toolId, toolParameters } = read(executeBody, body);
      const tool = serviceTools.find(({ name }) => name === toolId);
      return ok({ toolId, toolResult: await callTool(services, tool, toolParameters, here()) });
    }),
    closed('GET', '/api/mcptools/tools', async () =>
      ok({
        tools: serviceTools.map(({ name, description, inputJson }) => ({
          name,
          description,
          inputSchema: inputJson,
        })),
      }),
    ),
    closed('POST', '/api/mcptools/execute', async (services, { body }) => {
      const { name, arguments: given } = read(callBody, body);
      const tool = serviceTools.find((each) => each.name.toLowerCase() === name.toLowerCase());
      const called = callTool(services, tool, given ?? {}, here());
      return ok({ result: await called.catch(badRequest) });
    }),
  ];
}

const text = z.string().min(1);
const jsonObject = z.record(z.string(), z.json());
const CLIENT_CHARS_MAX = 100;
const tokenBody = z.object({
  clientId: text.max(CLIENT_CHARS_MAX).regex(/^\P{C}+$/u),
  apiKey: text,
});
const validateBody = z.object({ token: z.string() });
const conversationBody = z.object({
  conversationText: text,
  scheduledTime: text,
  target: z.object({
    endpoint: text,
    method: z.string(),
    headersJson: z.string().nullish(),
    headers: z.record(z.string(), z.string()).nullish(),
    additionalInfo: z.string().nullish(),
  }),
});
const executeBody = z.object({ toolId: text, toolParameters: jsonObject });
const callBody = z.object({ name: text, arguments: jsonObject.nullish() });

const HTML = { 'content-type': 'text/html; charset=utf-8' };
const HOME = `<!doctype html><title>Scheduler</title><h1>Scheduler</h1><ul>
<li>POST /api/auth/token<li>POST /api/auth/validate<li>GET, POST /api/conversations
<li>GET, DELETE /api/conversations/{id}<li>GET /mcp/tools<li>POST /mcp/execute
<li>GET /api/mcptools/tools<li>POST /api/mcptools/execute<li>MCP: /mcp<li>GET /health</ul>`;

function open(method: SurfaceRoute['method'], path: string, handle: Handle): SurfaceRoute {
  return { method, path, isPublic: true, handle };
}

function closed(method: SurfaceRoute['method'], path: string, handle: Handle): SurfaceRoute {
  return { method, path, isPublic: false, handle };
}

/** An id that is none is told as the older platform tells it. */
function named(method: SurfaceRoute['method'], path: string, handle: Handle): SurfaceRoute {
  return closed(method, path, async (services, request) => {
    try {
      return await handle(services, request);
    } catch (error) {
      if (error instanceof Refusal && error.code === 'invalid') {
        return problem(400, 'Bad Request', error.message);
      }
      throw error;
    }
  });
}

/** Every failure of this call is the caller's there. */
function badRequest(error: unknown): never {
  if (error instanceof Refusal) throw new Refusal('invalid', error.message, error.hint);
  throw error;
}

function ok(body: Json): RouteAnswer {
  return { status: 200, body };
}

function problem(status: number, title: string, detail?: string): RouteAnswer {
  return {
    status,
    body: { type: 'about:blank', title, status, ...(detail === undefined ? {} : { detail }) },
    headers: { 'content-type': 'application/problem+json' },
  };
}

function read<Schema extends z.ZodObject>(
  schema: Schema,
  body: Json | undefined,
): z.output<Schema> {
  // The door has refused bodies that are no objects.
  return parseArguments(schema, (body ?? {}) as JsonObject);
}

function token({ keys, now }: RouteSetting, { body }: RouteRequest): RouteAnswer {
  const parsed = tokenBody.safeParse(body ?? {});
  if (!parsed.success) return problem(400, 'Bad Request', '"clientId" and "apiKey" are required.');
  const { clientId, apiKey } = parsed.data;
  if (!isApiKey(keys, apiKey)) return problem(401, 'Unauthorized', 'The API key is not valid.');
  return ok({ token: signToken(keys, clientId, now()), expiresIn: TOKEN_SECONDS });
}

/** Refuses what cannot be read: a text delivered without its headers would be refused, or worse. */
function headersIn(json: string | null | undefined): Readonly<Record<string, string>> | undefined {
  if (json === null || json === undefined || json.trim() === '') return undefined;
  try {
    return z.record(z.string(), z.string()).parse(JSON.parse(json));
  } catch {
    throw new Refusal('invalid', '"headersJson" is not a JSON object of texts.');
  }
}

function toolChoice({ name, description, inputJson }: Tool): JsonObject {
  const properties = inputJson['properties'] as Readonly<Record<string, JsonObject>>;
  const required = inputJson['required'] as readonly string[];
  return {
    toolId: name,
    toolName: name,
    toolDescription: description,
    toolParameters: Object.entries(properties).map(([key, schema]) => ({
      name: key,
      description: schema['description'] ?? '',
      type: schema['type'] ?? 'string',
      required: required.includes(key),
    })),
  };
}

async function callTool(
  services: Services,
  tool: Tool | undefined,
  given: JsonObject,
  { now, zone }: { readonly now: Temporal.Instant; readonly zone: string },
): Promise<Json> {
  if (tool === undefined) {
    const names = serviceTools.map(({ name }) => name).join(', ');
    throw new Refusal('invalid', `There is no such tool. The tools are ${names}.`);
  }
  const call: ToolCall = {
    signal: NEVER,
    client: undefined,
    cwd: undefined,
    zone,
    mark: '',
    now: () => now,
    progress: () => Promise.resolve(),
    consentTo: () => 'cannot_ask',
  };
  const answer = await tool.call(services, given, call);
  if (answer instanceof Question) throw new Error('These tools ask nothing.');
  return answer.value ?? null;
}

/** No call of these tools waits for anything. */
const NEVER = new AbortController().signal;
