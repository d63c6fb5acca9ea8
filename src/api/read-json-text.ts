import type { Json, JsonObject } from '../domain/json.ts';
import type { Tool } from './tool.ts';

/**
 * Reads JSON text where a tool wants an object or a list, as the Python SDK does, for surfaces whose
 * clients rely on it. Text that is not JSON stays as it is and is refused later.
 */
export function readJsonText(tool: Tool, given: JsonObject): JsonObject {
  const properties = (tool.inputJson['properties'] ?? {}) as JsonObject;
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      typeof value === 'string' && wantsStructure(properties[name]) ? readStructure(value) : value,
    ]),
  );
}

function wantsStructure(schema: Json | undefined): boolean {
  const kinds = kindsOf(schema);
  return !kinds.includes('string') && kinds.some((kind) => kind === 'object' || kind === 'array');
}

function kindsOf(schema: Json | undefined): readonly Json[] {
  if (schema === undefined || schema === null || typeof schema !== 'object') return [];
  const { type, anyOf } = schema as JsonObject;
  if (Array.isArray(anyOf)) return (anyOf as readonly Json[]).flatMap(kindsOf);
  return Array.isArray(type) ? (type as readonly Json[]) : type === undefined ? [] : [type];
}

function readStructure(text: string): Json {
  try {
    const value = JSON.parse(text) as Json;
    return typeof value === 'object' && value !== null ? value : text;
  } catch {
    return text;
  }
}
