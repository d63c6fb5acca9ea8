import { maskText } from '../../domain/masking/masker.ts';

const HEADERS_KEPT_MAX = 64;
const HEADER_CHARS_KEPT_MAX = 1_024;
const HEADERS_CHARS_KEPT_MAX = 16 * 1_024;

/**
 * The response headers that a result keeps: the first ones under the bounds, without the values of
 * secrets, and without cookies, which are secrets of the server's making.
 */
export function keptHeaders(
  headers: Readonly<Record<string, string>>,
  secrets: readonly string[],
): Readonly<Record<string, string>> {
  const kept: [string, string][] = [];
  let chars = 0;
  for (const [name, value] of Object.entries(headers).slice(0, HEADERS_KEPT_MAX)) {
    const shown = COOKIES.has(name)
      ? MASK
      : maskText(value, secrets).slice(0, HEADER_CHARS_KEPT_MAX);
    chars += name.length + shown.length;
    if (chars > HEADERS_CHARS_KEPT_MAX) break;
    kept.push([name, shown]);
  }
  return Object.fromEntries(kept);
}

const MASK = '***';
const COOKIES: ReadonlySet<string> = new Set(['set-cookie', 'set-cookie2']);
