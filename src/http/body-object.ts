import type { Json, JsonObject } from '../domain/json.ts';
import { Refusal } from '../domain/refusal.ts';
import type { HttpContext } from './http-context.ts';

/** The JSON object in the body; empty without one. Refuses other content, which a web form could send. */
export function bodyObject(c: HttpContext): JsonObject {
  const text = c.get('body');
  if (text.trim() === '') return {};
  if (!/^application\/(?:[\w.+-]+\+)?json\b/i.test(c.req.header('content-type') ?? '')) {
    throw new Refusal('invalid', 'The body must be JSON, under "Content-Type: application/json".');
  }
  const value = jsonOrNothing(text) as Json | undefined;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as JsonObject;
  }
  throw new Refusal('invalid', 'The body is not a JSON object.');
}

/** `undefined` for text that is not JSON. */
export function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
