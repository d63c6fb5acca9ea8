import { EgressError } from './egress-failure.ts';
import type { Headers } from './request-headers.ts';

/** One request of an exchange that may be redirected. */
export type Hop = {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string | Uint8Array | undefined;
};

/**
 * The request that a redirect asks for, or `undefined` when the answer is no redirect. Another
 * origin gets neither the caller's headers nor, unless allowed, the body. Throws an `EgressError`
 * for a redirect that cannot be followed without either.
 */
export function nextHop(
  hop: Hop,
  status: number,
  location: string | undefined,
  resendsBodyAnywhere: boolean,
): Hop | undefined {
  if (!REDIRECTS.has(status) || location === undefined) return undefined;
  const url = URL.parse(location, hop.url.href);
  if (url === null)
    throw badRedirect('location', 'The server redirected to something that is no URL.');
  const isSameOrigin = url.origin === hop.url.origin;
  const keepsMethod = status === 307 || status === 308 || isSafe(hop.method);
  const keepsBody = keepsMethod && hop.body !== undefined;
  if (keepsBody && !isSameOrigin && !resendsBodyAnywhere) {
    throw badRedirect(
      'body',
      'The server redirected the request to another host, and its body is not sent there. ' +
        'If that host is right, use its URL.',
    );
  }
  return {
    url,
    method: keepsMethod ? hop.method : 'GET',
    headers: headersFor(hop.headers, isSameOrigin, keepsBody),
    body: keepsBody ? hop.body : undefined,
  };
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

// Only what tells nothing about the caller: a custom header such as `x-api-key` may be a secret.
const HEADERS_FOR_ANYONE: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'user-agent',
]);

function headersFor(headers: Headers, isSameOrigin: boolean, keepsBody: boolean): Headers {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => {
      if (name.startsWith('content-')) return keepsBody;
      return isSameOrigin || HEADERS_FOR_ANYONE.has(name);
    }),
  );
}

function badRedirect(detail: string, message: string): EgressError {
  return new EgressError('bad_redirect', detail, message);
}
