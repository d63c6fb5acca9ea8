import type { Json } from '../json.ts';
import { lookUp } from '../templates/render-template.ts';
import type { Compare } from './compare.ts';

/** What of a result is compared, and kept for the next run. */
export type ResultState =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'items'; readonly items: readonly ResultItem[] };

/** What tells an item from others, and how it is shown. */
export type ResultItem = readonly [identity: string, text: string];

/** Items that are compared; those after them are left out. */
const ITEMS_MAX = 2_000;

/** Reads of a result what is to be compared. A result that is no JSON is compared by its lines. */
export function stateOfResult(result: string, compare: Compare): ResultState {
  switch (compare.kind) {
    case 'text':
      return { kind: 'text', text: normal(result) };
    case 'json':
      return { kind: 'text', text: pretty(valueAt(parse(result), compare.path)) ?? normal(result) };
    case 'items':
      return { kind: 'items', items: itemsOf(result, compare) };
  }
}

/** White space at the ends of lines and around the text says nothing. */
function normal(text: string): string {
  return text
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[ \t]+$/gm, '')
    .trim();
}

/** Models like to put JSON between fences. */
const FENCED = /^```(?:json)?\s*\n([\s\S]*?)\n?```$/;

function parse(result: string): Json | undefined {
  const text = result.trim();
  try {
    return JSON.parse(FENCED.exec(text)?.[1] ?? text) as Json;
  } catch {
    return undefined;
  }
}

function valueAt(json: Json | undefined, path: string | undefined): Json | undefined {
  if (json === undefined || path === undefined || path === '') return json;
  return lookUp(json, path.split('.')) ?? null;
}

function itemsOf(
  result: string,
  { path, identity }: Extract<Compare, { kind: 'items' }>,
): readonly ResultItem[] {
  const value = valueAt(parse(result), path);
  const items = Array.isArray(value)
    ? (value as readonly Json[]).map((item): ResultItem => {
        const key = identity === undefined ? item : (valueAt(item, identity) ?? item);
        return [sorted(key), typeof item === 'string' ? item : sorted(item)];
      })
    : linesOf(value === undefined || value === null ? result : sorted(value));
  // The last one of the same identity is the one that counts.
  return [...new Map(items.map((item) => [item[0], item])).values()].slice(0, ITEMS_MAX);
}

function linesOf(text: string): readonly ResultItem[] {
  return normal(text)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => [line, line] as const);
}

/** JSON on one line, whose keys stand in an order of their own. */
function sorted(value: Json): string {
  return JSON.stringify(inOrder(value));
}

function pretty(value: Json | undefined): string | undefined {
  return value === undefined ? undefined : JSON.stringify(inOrder(value), undefined, 2);
}

function inOrder(value: Json): Json {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((inner: Json) => inOrder(inner));
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, inner]) => [key, inOrder(inner)]),
  );
}
