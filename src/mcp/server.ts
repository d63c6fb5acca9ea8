import {
  McpServer,
  type McpRequestContext,
  type McpServerFactory,
  type StandardSchemaWithJSON,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Prompt } from '../api/surface.ts';
import type { JsonObject } from '../domain/json.ts';
import { callTool } from './call-tool.ts';
import { consentCodec } from './consent.ts';
import type { McpDeps } from './mcp-deps.ts';
import { offerResources } from './resources.ts';
import type { Seat } from './seat.ts';
import { offerSubscriptions } from './subscriptions.ts';

/**
 * Makes the servers of a door: one for each connection, or one for each request of a stateless
 * client. `seatOf` refuses by throwing.
 *
 * @param isLasting whether a server lives as long as its connection, and so tells of changes itself.
 */
export function mcpServerFactory(
  deps: McpDeps,
  seatOf: (context: McpRequestContext) => Seat,
  isLasting: (context: McpRequestContext) => boolean,
): McpServerFactory {
  const codec = consentCodec(deps.consentKey);
  return (context) => {
    const seat = seatOf(context);
    const { surface } = seat;
    const server = new McpServer(
      { ...surface.serverInfo },
      {
        ...(surface.instructions === undefined ? {} : { instructions: surface.instructions }),
        capabilities: {
          tools: { listChanged: true },
          ...(surface.hasResources ? { resources: { subscribe: true, listChanged: true } } : {}),
          ...(surface.prompts.length > 0 ? { prompts: { listChanged: true } } : {}),
          ...(surface.hasResources ? { completions: {} } : {}),
          // Deprecated since 2026-07-28; older clients may set a level and are not refused.
          ...(context.era === 'legacy' ? { logging: {} } : {}),
        },
        cacheHints: CACHE_HINTS,
        requestState: { verify: (state, toolContext) => codec.verify(state, toolContext) },
        maxToolInputElements: INPUT_ELEMENTS_MAX,
      },
    );
    for (const tool of seat.tools) {
      server.registerTool(
        tool.name,
        {
          title: tool.title,
          description: tool.description,
          annotations: { ...tool.annotations },
          inputSchema: listedAs(tool.inputJson),
          ...(tool.outputJson === undefined ? {} : { outputSchema: listedAs(tool.outputJson) }),
        },
        (given, toolContext) => callTool(deps, codec, server, seat, tool, given, toolContext),
      );
    }
    for (const prompt of surface.prompts) offerPrompt(server, prompt);
    if (surface.hasResources) {
      offerResources(deps, server, seat);
      offerSubscriptions(deps, server, context.era, isLasting(context));
    }
    deps.extra?.(server, context);
    return server;
  };
}

const INPUT_ELEMENTS_MAX = 10_000;

const MINUTE_MS = 60_000;
const CACHE_HINTS = {
  'server/discover': { ttlMs: 60 * MINUTE_MS, cacheScope: 'private' },
  'tools/list': { ttlMs: 5 * MINUTE_MS, cacheScope: 'private' },
  'prompts/list': { ttlMs: 5 * MINUTE_MS, cacheScope: 'private' },
  'resources/list': { ttlMs: 0, cacheScope: 'private' },
  'resources/templates/list': { ttlMs: 60 * MINUTE_MS, cacheScope: 'private' },
  'resources/read': { ttlMs: 0, cacheScope: 'private' },
} as const;

/**
 * A schema that lists as `json` and lets everything pass: arguments are checked where the refusal
 * can be written in the words of the surface, and answers have their type already.
 */
function listedAs(json: JsonObject): StandardSchemaWithJSON<JsonObject> {
  return {
    '~standard': {
      version: 1,
      vendor: 'carillon',
      validate: (value) => ({ value: value as JsonObject }),
      jsonSchema: { input: () => json, output: () => json },
    },
  };
}

function offerPrompt(server: McpServer, prompt: Prompt): void {
  const { name, title, description } = prompt;
  const message = (given: Readonly<Record<string, string>>) => ({
    messages: [
      { role: 'user' as const, content: { type: 'text' as const, text: prompt.write(given) } },
    ],
  });
  if (prompt.arguments.length === 0) {
    server.registerPrompt(name, { title, description }, () => message({}));
    return;
  }
  server.registerPrompt(name, { title, description, argsSchema: schemaOf(prompt) }, (given) =>
    message(Object.fromEntries(Object.entries(given).map(([key, value]) => [key, value ?? '']))),
  );
}

/** The schema of a prompt's arguments, made once: a stateless client has a server for each request. */
function schemaOf(prompt: Prompt): PromptSchema {
  const made = promptSchemas.get(prompt) ?? makeSchema(prompt);
  promptSchemas.set(prompt, made);
  return made;
}

type PromptSchema = ReturnType<typeof makeSchema>;
const promptSchemas = new WeakMap<Prompt, PromptSchema>();

function makeSchema(prompt: Prompt) {
  const shape = Object.fromEntries(
    prompt.arguments.map((argument) => {
      const text = z.string().max(PROMPT_ARGUMENT_CHARS_MAX).describe(argument.description);
      return [argument.name, argument.isRequired ? text : text.optional()];
    }),
  );
  return z.object(shape);
}

const PROMPT_ARGUMENT_CHARS_MAX = 10_000;
