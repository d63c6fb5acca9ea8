import type { Egress, EgressHead, EgressResponse } from '../../egress/egress.ts';

/** Decoded bytes of an answer after which no more is read. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;

/** What became of the requests of one attempt, the latest of them. */
export type Exchange = {
  head: EgressHead | undefined;
  failure: Extract<EgressResponse, { kind: 'failed' }> | undefined;
};

type Fetch = typeof globalThis.fetch;

/**
 * A `fetch` for a provider's library, every request of which goes through egress. A redirect is not
 * followed: no model's API needs one, and the key would travel.
 *
 * @param isAnonymous whether the headers that carry a key are taken out.
 */
export function egressFetch(
  egress: Egress,
  exchange: Exchange,
  signal: AbortSignal,
  isAnonymous: boolean,
): Fetch {
  return async (input, init) => {
    const reader = new AbortController();
    const body = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
    const writer = body.writable.getWriter();
    // What goes wrong reaches whoever reads the other end.
    writer.closed.catch(ignore);
    const head = Promise.withResolvers<Response>();
    const answered = egress.request({
      method: init?.method ?? 'GET',
      url: input instanceof Request ? input.url : String(input),
      headers: headersOf(init?.headers, isAnonymous),
      body: bodyOf(init?.body),
      signal: AbortSignal.any([signal, reader.signal]),
      redirects: 'none',
      bodyBytesMax: ANSWER_BYTES_MAX,
      readBytesMax: ANSWER_BYTES_MAX,
      onHead: (found) => {
        exchange.head = found;
        head.resolve(responseOf(found, body.readable));
      },
      // A copy: the connection may use the memory of the chunk again.
      onBody: (bytes) => writer.write(bytes.slice()).catch(() => reader.abort()),
    });
    void answered.then((answer) => {
      if (answer.kind === 'answered' && !answer.isCut) return writer.close().catch(ignore);
      if (answer.kind === 'failed') exchange.failure = answer;
      const error = new Error('The answer did not come in full.');
      head.reject(error);
      return writer.abort(error).catch(ignore);
    }, head.reject);
    return await head.promise;
  };
}

const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

function responseOf(head: EgressHead, body: ReadableStream<Uint8Array<ArrayBuffer>>): Response {
  // Egress has decoded the body already.
  const { 'content-encoding': _encoding, 'content-length': _length, ...headers } = head.headers;
  const hasBody = !BODILESS.has(head.status);
  return new Response(hasBody ? body : null, { status: head.status, headers });
}

/** Headers that belong to the connection, and those by which providers take a key. */
const FRAMING: ReadonlySet<string> = new Set(['host', 'content-length', 'connection']);
const KEYS: ReadonlySet<string> = new Set(['authorization', 'x-api-key', 'x-goog-api-key']);

function headersOf(
  given: RequestInit['headers'],
  isAnonymous: boolean,
): Readonly<Record<string, string>> {
  const entries = [...new Headers(given)].filter(
    ([name]) => !FRAMING.has(name) && !(isAnonymous && KEYS.has(name)),
  );
  return Object.fromEntries(entries);
}

function bodyOf(given: RequestInit['body']): string | Uint8Array | undefined {
  if (given === null || given === undefined) return undefined;
  if (typeof given === 'string' || given instanceof Uint8Array) return given;
  throw new TypeError('A request to a model has a body of text or bytes.');
}

function ignore(): void {}
