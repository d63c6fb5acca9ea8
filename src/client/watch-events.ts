import type { ChangeView } from '../api/change-view.ts';
import { ApiProblem, problemOf } from './api-problem.ts';
import { eventParser, type SentEvent } from './parse-events.ts';
import { type ClientOptions, openRequest } from './send-request.ts';

export type WatchOptions = {
  readonly signal?: AbortSignal;
  /** The last change that was seen; what happens from now on when absent. */
  readonly after?: number;
};

export type ClientEvent =
  | { readonly kind: 'change'; readonly change: ChangeView }
  /** Read everything that is shown anew: changes before this one may have been missed. */
  | { readonly kind: 'resync'; readonly lastId: number }
  /** The clock of the daemon, RFC 3339 in UTC. */
  | { readonly kind: 'time'; readonly now: string }
  | { readonly kind: 'connected' }
  /** The connection broke, or was never made; it is tried again after `retryMs`. */
  | { readonly kind: 'disconnected'; readonly retryMs: number };

/** Back-off: doubled from what the server says up to this, and drawn from its upper half. */
const RETRY_MS_MAX = 30_000;
const RETRY_MS_DEFAULT = 2_000;
/** A stream that shows no sign of life for this long is dead: the daemon shows one every 15 s. */
const SILENCE_MS_MAX = 40_000;

/**
 * Changes as they happen, in their order and each once. It comes back after a broken connection, with
 * the last change that it saw. Ends when `signal` aborts; throws the `ApiProblem` of a daemon that
 * turns it away for good (4xx).
 */
export async function* watchEvents(
  options: ClientOptions,
  { signal = new AbortController().signal, after }: WatchOptions = {},
): AsyncGenerator<ClientEvent, void, undefined> {
  let lastId = after === undefined ? undefined : String(after);
  let retryMs = RETRY_MS_DEFAULT;
  let failures = 0;
  while (!signal.aborted) {
    try {
      for await (const event of readStream(options, lastId, signal)) {
        failures = 0;
        retryMs = event.retryMs ?? retryMs;
        const read = readClientEvent(event);
        if (read !== undefined) yield read;
        // Only what its reader has taken counts as seen.
        lastId = event.id ?? lastId;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiProblem && error.status >= 400 && error.status < 500) throw error;
    }
    if (signal.aborted) return;
    const waitMs = backoffMs(retryMs, failures);
    failures += 1;
    yield { kind: 'disconnected', retryMs: waitMs };
    await pause(waitMs, signal);
  }
}

async function* readStream(
  options: ClientOptions,
  lastId: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<SentEvent, void, undefined> {
  const silence = new AbortController();
  const watchdog = () => setTimeout(() => silence.abort(), SILENCE_MS_MAX);
  let timer = watchdog();
  try {
    const response = await openRequest(options, {
      method: 'GET',
      path: '/events',
      headers: {
        accept: 'text/event-stream',
        ...(lastId === undefined ? {} : { 'last-event-id': lastId }),
      },
      signal: AbortSignal.any([signal, silence.signal]),
    });
    if (!response.ok) throw await problemOf(response);
    if (response.body === null) return;
    yield { id: undefined, event: CONNECTED, data: '', retryMs: undefined };
    const parse = eventParser();
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(timer);
      timer = watchdog();
      yield* parse(decoder.decode(value, { stream: true }));
    }
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}

/** Not a name that a server can send: names have no spaces here. */
const CONNECTED = 'is connected';

function readClientEvent({ event, data }: SentEvent): ClientEvent | undefined {
  if (event === CONNECTED) return { kind: 'connected' };
  if (data === '') return undefined;
  const value = JSON.parse(data) as Record<string, unknown>;
  if (event === 'time') return { kind: 'time', now: String(value['now']) };
  if (event === 'resync') return { kind: 'resync', lastId: Number(value['last_id']) };
  return { kind: 'change', change: value as ChangeView };
}

function backoffMs(baseMs: number, failures: number): number {
  const full = Math.min(RETRY_MS_MAX, baseMs * 2 ** Math.min(failures, 10));
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
  return Math.round(full / 2 + (full / 2) * (random / 2 ** 32));
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
