import type { GrantedValue } from '../domain/action.ts';
import type { Json, JsonObject } from '../domain/json.ts';

/** Stands where a value is kept but not shown. */
export const HIDDEN = '[hidden]';

const SECRET_NAME = /token|secret|passw|api[-_]?key|authorization|cookie|credential|private/i;

/** Variables or headers, without the values that look like secrets. */
export function viewValues(values: Readonly<Record<string, GrantedValue>>): JsonObject {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      value.kind === 'secret' ? { secret: value.secret } : shownText(name, value.text),
    ]),
  );
}

/** JSON whose texts under names of secrets are not shown. */
export function viewJson(value: Json, name = ''): Json {
  if (typeof value === 'string') return shownText(name, value);
  if (Array.isArray(value)) return value.map((item) => viewJson(item as Json, name));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value as JsonObject).map(([key, inner]) => [key, viewJson(inner, key)]),
  );
}

function shownText(name: string, text: string): string {
  return SECRET_NAME.test(name) ? HIDDEN : text;
}
