import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import { Agent, type Dispatcher } from 'undici';
import { createDial, type Resolve } from './dial.ts';
import { describeFailure, EgressError, egressErrorOf } from './egress-failure.ts';
import type { EgressFailureReason } from './egress-failure.ts';
import { hostOf, parseAllowList, refuseHost } from './egress-policy.ts';
import type { EgressPolicy, EgressProfile, Endpoint } from './egress-policy.ts';
import { nextHop, type Hop } from './next-hop.ts';
import { discard, readBody, type BodyCount } from './read-body.ts';
import { checkHeaders, TOKEN, type Headers } from './request-headers.ts';

export type EgressOptions = {
  readonly profile: EgressProfile;
  /** Address ranges and `host:port` that are open although the profile closes them. Never opens metadata. */
  readonly allow: readonly string[];
  /** Where this daemon answers itself, by name or address. Never called. */
  readonly ownEndpoints: () => readonly Endpoint[];
  /** Every address of a name; the system's resolver when absent. */
  readonly resolve?: Resolve;
};

export type EgressRequest = {
  readonly method: string;
  readonly url: string;
  readonly headers?: Headers;
  readonly body?: string | Uint8Array | undefined;
  /** Ends the exchange at once. */
  readonly signal: AbortSignal;
  /** The longest the whole exchange may take, redirects and body included; absent: the signal decides alone. */
  readonly timeoutMs?: number;
  /** `follow_with_body` sends the body of a 307 or 308 to another origin too. Default: `follow`. */
  readonly redirects?: 'follow' | 'follow_with_body' | 'none';
  /** Decoded bytes of the body that are handed over; those after them are only counted. */
  readonly bodyBytesMax: number;
  /** Decoded bytes after which the connection is ended: READ_BYTES_MAX unless less is asked for. */
  readonly readBytesMax?: number;
  /** Called once, for the answer that is not a redirect. */
  readonly onHead?: (head: EgressHead) => void;
  /** Called for each chunk of the body; the next one waits until it has ended. */
  readonly onBody: (bytes: Uint8Array) => void | Promise<void>;
};

export type EgressHead = {
  readonly status: number;
  /** Names in lower case; repeated ones joined by a comma. Text from outside. */
  readonly headers: Headers;
  /** The URL that answered, after redirects. */
  readonly url: string;
};

export type EgressResponse =
  | ({ readonly kind: 'answered' } & EgressHead & BodyCount)
  | {
      readonly kind: 'failed';
      readonly reason: EgressFailureReason;
      /** One sentence in our words, for whoever asked. */
      readonly message: string;
      /** A word for the daemon's log: it may say more than whoever asked is to learn. */
      readonly detail: string;
      /** The last head that came: of the answer that broke off, or of the redirect that led here. */
      readonly head: EgressHead | undefined;
    };

/** The one way out: everything that calls a URL calls it through this. */
export type Egress = {
  /** Never throws for what the world does, nor for what the URL says. */
  request(request: EgressRequest): Promise<EgressResponse>;
  /** Ends what is under way and closes every connection. */
  close(): Promise<void>;
};

export const REDIRECTS_MAX = 5;
const READ_BYTES_MAX = 64 * 1024 * 1024;
const URL_CHARS_MAX = 8_192;

const CONNECTIONS_PER_ORIGIN_MAX = 16;
const ORIGINS_MAX = 1_024;
const KEEP_ALIVE_MS = 4_000;
const KEEP_ALIVE_MS_MAX = 30_000;
const RESPONSE_HEAD_BYTES_MAX = 64 * 1024;

/** Refuses a list of allowed addresses that it cannot read. */
export function createEgress(options: EgressOptions): Egress {
  const policy: EgressPolicy = {
    profile: options.profile,
    allow: parseAllowList(options.allow),
    ownEndpoints: options.ownEndpoints,
    localAddresses,
  };
  // A dispatcher of our own also keeps proxies of the environment out, which would dial unchecked.
  const agent = new Agent({
    connect: createDial(policy, options.resolve ?? resolveAll),
    allowH2: false,
    connections: CONNECTIONS_PER_ORIGIN_MAX,
    maxOrigins: ORIGINS_MAX,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS_MAX,
    maxHeaderSize: RESPONSE_HEAD_BYTES_MAX,
    // The caller's timeout bounds the whole exchange; a slow answer within it is fine.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return {
    request: (request) => exchange(agent, policy, request),
    close: () => agent.destroy(),
  };
}

async function exchange(
  agent: Agent,
  policy: EgressPolicy,
  request: EgressRequest,
): Promise<EgressResponse> {
  const stop = startStop(request);
  const seen: Seen = { head: undefined, defect: undefined };
  try {
    return await followHops(agent, policy, request, stop.signal, seen);
  } catch (error) {
    if (seen.defect !== undefined) throw seen.defect.error;
    const failure = stop.error() ?? egressErrorOf(error);
    return {
      kind: 'failed',
      reason: failure.reason,
      message: describeFailure(failure, policy.profile),
      detail: failure.detail,
      head: seen.head,
    };
  } finally {
    stop.clear();
  }
}

/** What an exchange has come to; the caller's own errors are kept apart from the world's. */
type Seen = {
  head: EgressHead | undefined;
  defect: { readonly error: unknown } | undefined;
};

async function followHops(
  agent: Agent,
  policy: EgressPolicy,
  request: EgressRequest,
  signal: AbortSignal,
  seen: Seen,
): Promise<EgressResponse> {
  let hop = firstHop(request);
  for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects += 1) {
    requireCallable(policy, hop.url, redirects);
    const answer = await send(agent, hop, signal);
    const head = headOf(answer, hop.url);
    seen.head = head;
    const next = redirectOf(request, hop, head, answer);
    if (next === undefined) return await take(request, hop, head, answer, seen);
    discard(answer.body);
    hop = next;
  }
  const message = `The server redirected more than ${REDIRECTS_MAX} times.`;
  throw new EgressError('bad_redirect', 'too_many', message);
}

function firstHop(request: EgressRequest): Hop {
  const url = request.url.length <= URL_CHARS_MAX ? URL.parse(request.url) : null;
  if (url === null) {
    const message = `The URL cannot be read. Write an absolute http or https URL of up to ${URL_CHARS_MAX} characters.`;
    throw new EgressError('bad_request', 'url', message);
  }
  const method = request.method.toUpperCase();
  if (!TOKEN.test(method) || METHODS_REFUSED.has(method)) {
    const message =
      'The method cannot be used. Use GET, POST, PUT, PATCH, DELETE, HEAD or OPTIONS.';
    throw new EgressError('bad_request', 'method', message);
  }
  const headers = checkHeaders(request.headers ?? {});
  return {
    url,
    method,
    headers: { 'accept-encoding': 'gzip, br', ...headers },
    body: request.body,
  };
}

const METHODS_REFUSED: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK']);

function requireCallable(policy: EgressPolicy, url: URL, redirects: number): void {
  const reason = redirects === 0 ? 'bad_request' : 'bad_redirect';
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new EgressError(reason, 'scheme', 'Only http and https URLs are called.');
  }
  if (url.username !== '' || url.password !== '') {
    const message =
      'A URL with a user name or a password is not called. Send them in an Authorization header.';
    throw new EgressError(reason, 'userinfo', message);
  }
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  // Asked again for every request: a connection that is kept open is not dialled anew.
  const refusal = refuseHost(policy, hostOf(url), port);
  if (refusal !== undefined) throw new EgressError('egress_refused', refusal);
}

async function send(agent: Agent, hop: Hop, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
  const pending = agent.request({
    origin: hop.url.origin,
    path: hop.url.pathname + hop.url.search,
    method: hop.method,
    headers: hop.headers,
    body: hop.body ?? null,
    signal,
  });
  // The client notices the signal only once it has a connection.
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(new EgressError('aborted', 'signal'));
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await Promise.race([pending, stopped]);
  } catch (error) {
    pending.then(
      (late) => discard(late.body),
      () => {},
    );
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function headOf(answer: Dispatcher.ResponseData, url: URL): EgressHead {
  const headers = Object.entries(answer.headers).map(([name, value]): [string, string] => [
    name,
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ]);
  return { status: answer.statusCode, headers: Object.fromEntries(headers), url: url.href };
}

function redirectOf(
  request: EgressRequest,
  hop: Hop,
  head: EgressHead,
  answer: Dispatcher.ResponseData,
): Hop | undefined {
  if (request.redirects === 'none') return undefined;
  const resendsBodyAnywhere = request.redirects === 'follow_with_body';
  try {
    return nextHop(hop, head.status, head.headers['location'], resendsBodyAnywhere);
  } catch (error) {
    discard(answer.body);
    throw error;
  }
}

async function take(
  request: EgressRequest,
  hop: Hop,
  head: EgressHead,
  answer: Dispatcher.ResponseData,
  seen: Seen,
): Promise<EgressResponse> {
  const call = async (callback: () => void | Promise<void>): Promise<void> => {
    try {
      await callback();
    } catch (error) {
      seen.defect = { error };
      discard(answer.body);
      throw error;
    }
  };
  await call(() => request.onHead?.(head));
  // Where no bytes can follow, a decoder would take their absence for a broken answer.
  const isEmpty =
    head.status === 204 || head.status === 304 || head.headers['content-length'] === '0';
  const hasBody = hop.method !== 'HEAD' && !isEmpty;
  const limits = {
    bodyBytesMax: request.bodyBytesMax,
    readBytesMax: Math.min(request.readBytesMax ?? READ_BYTES_MAX, READ_BYTES_MAX),
  };
  const encoding = hasBody ? head.headers['content-encoding'] : undefined;
  const count = await readBody(answer.body, encoding, limits, (bytes) =>
    call(() => request.onBody(bytes)),
  );
  return { kind: 'answered', ...head, ...count };
}

/** One signal out of the caller's and the timeout, and why it fired. */
function startStop(request: EgressRequest): {
  readonly signal: AbortSignal;
  readonly error: () => EgressError | undefined;
  readonly clear: () => void;
} {
  const controller = new AbortController();
  const stop = (error: EgressError): void => controller.abort(error);
  const onAbort = (): void => {
    const { reason } = request.signal;
    const isTimeout = reason instanceof DOMException && reason.name === 'TimeoutError';
    stop(new EgressError(isTimeout ? 'timed_out' : 'aborted', 'signal'));
  };
  request.signal.addEventListener('abort', onAbort, { once: true });
  if (request.signal.aborted) onAbort();
  const timer =
    request.timeoutMs === undefined
      ? undefined
      : setTimeout(() => stop(new EgressError('timed_out', 'timeout')), request.timeoutMs);
  return {
    signal: controller.signal,
    error: () => (controller.signal.aborted ? egressErrorOf(controller.signal.reason) : undefined),
    clear: () => {
      clearTimeout(timer);
      request.signal.removeEventListener('abort', onAbort);
    },
  };
}

async function resolveAll(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true, order: 'verbatim' });
  return found.map(({ address }) => address);
}

function localAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).map(({ address }) => address),
  );
}
