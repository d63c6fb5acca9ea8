import { readJsonText } from '../../api/read-json-text.ts';
import type { Tool } from '../../api/tool.ts';
import type { Json, JsonObject } from '../../domain/json.ts';

const TRUE: readonly string[] = ['true', 't', 'yes', 'y', 'on', '1'];
const FALSE: readonly string[] = ['false', 'f', 'no', 'n', 'off', '0'];

/** Reads texts where a tool wants something else, as the older system's SDK does for its callers. */
export function coerceArguments(tool: Tool, given: JsonObject): JsonObject {
  const properties = (tool.inputJson['properties'] ?? {}) as JsonObject;
  const read = readJsonText(tool, given);
  return Object.fromEntries(
    Object.entries(read).map(([name, value]) => [name, coerce(value, kindsOf(properties[name]))]),
  );
}

function coerce(value: Json, kinds: readonly Json[]): Json {
  if (kinds.includes('string')) return value;
  if (value === 'null' && kinds.includes('null')) return null;
  if (kinds.includes('boolean')) return toBoolean(value);
  if (kinds.includes('integer') && typeof value === 'string' && /^\s*-?\d{1,15}\s*$/.test(value)) {
    return Number(value);
  }
  return value;
}

function toBoolean(value: Json): Json {
  if (value === 1 || value === 0) return value === 1;
  const text = typeof value === 'string' ? value.trim().toLowerCase() : '';
  if (TRUE.includes(text)) return true;
  return FALSE.includes(text) ? false : value;
}

function kindsOf(schema: Json | undefined): readonly Json[] {
  if (schema === undefined || schema === null || typeof schema !== 'object') return [];
  const { type, anyOf } = schema as JsonObject;
  if (Array.isArray(anyOf)) return (anyOf as readonly Json[]).flatMap(kindsOf);
  return type === undefined ? [] : [type];
}
