import type { Tool } from '../../api/tool.ts';
import type { Json, JsonObject } from '../../domain/json.ts';

/** Where the older system shows its tools over HTTP: on the port after the server's own. */
export const SCHEMA_PATH = '/.well-known/mcp-schema.json';

type DescribedTool = Pick<Tool, 'name' | 'description' | 'inputJson'>;

/** The discovery document: every tool with the names and plain types of its parameters. */
export function schemaDocument(tools: readonly DescribedTool[]): JsonObject {
  return { tools: tools.map(describe) };
}

function describe(tool: DescribedTool): JsonObject {
  const { properties = {}, required = [] } = tool.inputJson;
  const types = Object.entries(properties as JsonObject).map(
    ([name, schema]) => [name, { type: typeOf(schema) }] as const,
  );
  return {
    name: tool.name,
    description: tool.description,
    endpoint: tool.name,
    method: 'POST',
    parameters: {
      type: 'object',
      properties: Object.fromEntries(types),
      required,
      additionalProperties: false,
    },
  };
}

const TYPES: readonly Json[] = ['integer', 'number', 'boolean', 'object', 'array'];

/** One plain word: what may also be null is named by its other type, what is unknown is a string. */
function typeOf(schema: Json): string {
  const { type, anyOf } = schema as JsonObject;
  if (Array.isArray(anyOf)) return typeOf((anyOf as readonly Json[])[0] ?? {});
  return typeof type === 'string' && TYPES.includes(type) ? type : 'string';
}
