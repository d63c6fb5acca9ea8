import { problemOf, unreachable } from './api-problem.ts';

/** Where the daemon is, and who asks. */
export type ClientOptions = {
  /** Such as `http://127.0.0.1:7777`; in a page of the daemon itself, `location.origin`. */
  readonly origin: string;
  /** Absent where the browser sends a cookie. */
  readonly token?: string | undefined;
  /** Sent with every request, such as a token against forged ones. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Used in place of the global one. */
  readonly fetch?: typeof fetch;
};

export type SentRequest = {
  readonly method: string;
  /** Below `/api/v1`, with its query. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
};

/** Longer than any answer that the daemon waits for on purpose. */
const ANSWER_MS_MAX = 120_000;

/** The answer as JSON; `undefined` when it has no body. Throws an `ApiProblem`. */
export async function sendRequest(options: ClientOptions, request: SentRequest): Promise<unknown> {
  const late = AbortSignal.timeout(ANSWER_MS_MAX);
  const signal = request.signal === undefined ? late : AbortSignal.any([late, request.signal]);
  const response = await openRequest(options, { ...request, signal });
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204) return undefined;
  try {
    return await response.json();
  } catch (error) {
    if (request.signal?.aborted === true) throw error;
    throw unreachable('The answer of the daemon broke off.');
  }
}

/** The answer before its body is read, whatever its status. */
export async function openRequest(
  { origin, token, headers, fetch: ask = globalThis.fetch }: ClientOptions,
  request: SentRequest,
): Promise<Response> {
  const { method, path, body, signal } = request;
  try {
    return await ask(`${origin}/api/v1${path}`, {
      method,
      // A redirect of the API is none of ours, and would be sent the token.
      redirect: 'error',
      ...(signal === undefined ? {} : { signal }),
      headers: {
        accept: 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
        ...request.headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    if (signal?.aborted === true && !isTimeout(signal.reason)) throw error;
    throw unreachable(
      signal?.aborted === true
        ? 'The daemon did not answer in time.'
        : `The daemon at ${origin} cannot be reached.`,
    );
  }
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === 'TimeoutError';
}
