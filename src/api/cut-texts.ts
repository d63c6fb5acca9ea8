import type { Json, JsonObject } from '../domain/json.ts';

/** The longest text that an answer to a model carries in one place. */
const TEXT_CHARS_MAX = 4_000;

/** Shortens long texts anywhere in a value, and says by how much. */
export function cutTexts<Value>(value: Value): Value {
  return cut(value as Json) as Value;
}

function cut(value: Json): Json {
  if (typeof value === 'string') {
    const rest = value.length - TEXT_CHARS_MAX;
    return rest > 0 ? `${value.slice(0, TEXT_CHARS_MAX)}… (${rest} more characters)` : value;
  }
  if (Array.isArray(value)) return value.map((item) => cut(item as Json));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value as JsonObject).map(([key, inner]) => [key, cut(inner)]),
  );
}
