import type { Json, JsonObject } from '../json.ts';

/**
 * What a body says: JSON where it is JSON, the fields of a form (GitHub sends its JSON in the field
 * `payload` of one), and otherwise its text. Nothing is an empty object.
 */
export function readPayload(body: string, contentType: string | undefined): Json {
  if (body.trim() === '') return {};
  if (/^application\/x-www-form-urlencoded\b/i.test(contentType ?? '')) return readForm(body);
  return readJson(body) ?? body;
}

/** Fields of a form that are read. */
const FIELDS_MAX = 1_000;

function readForm(body: string): Json {
  const fields = new Map([...new URLSearchParams(body)].slice(0, FIELDS_MAX));
  const payload = fields.get('payload');
  const inner = payload === undefined ? undefined : readJson(payload);
  return inner ?? (Object.fromEntries(fields) satisfies JsonObject);
}

/** Nesting beyond this is left as text. */
const DEPTH_MAX = 100;

function readJson(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return isDeeper(value, DEPTH_MAX) ? undefined : value;
  } catch {
    return undefined;
  }
}

function isDeeper(value: Json, depth: number): boolean {
  if (value === null || typeof value !== 'object') return false;
  if (depth === 0) return true;
  return Object.values(value).some((inner: Json) => isDeeper(inner, depth - 1));
}
