import { focusManager, type QueryClient } from '@tanstack/react-query';
import { browserNowMs } from '../time/instant.ts';
import { noteServerTime } from './server-clock.ts';
import { refreshAfter } from './refresh-after.ts';
import { readEvents } from './read-events.ts';

/** What the daemon tells of a change. */
export type ChangeNews = {
  readonly id: number;
  readonly at: string;
  readonly kind: string;
  readonly task_id: string | null;
  readonly run_id: string | null;
};

export type LiveState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'offline'; readonly sinceMs: number };

type Message =
  | { readonly kind: 'change'; readonly change: ChangeNews }
  | { readonly kind: 'resync' }
  | { readonly kind: 'state'; readonly state: LiveState }
  /** A tab that has just come asks how things stand. */
  | { readonly kind: 'hello' };

const CHANNEL = 'carillon-live';
/** How long to wait before the stream is opened again, in milliseconds: twice as long each time. */
const REOPEN_MS_MIN = 500;
const REOPEN_MS_MAX = 8_000;
/** The daemon gives a sign of life every 15 s: a stream that is silent for longer is dead. */
const SILENCE_MS_MAX = 40_000;

let state: LiveState = { kind: 'connecting' };
const stateHearers = new Set<() => void>();

export function liveState(): LiveState {
  return state;
}

export function onLiveState(hear: () => void): () => void {
  stateHearers.add(hear);
  return () => stateHearers.delete(hear);
}

/**
 * Keeps what the page shows true. One tab of the browser holds the stream and tells the others, since a
 * browser opens no more than six connections to one address: a stream for each tab would starve the
 * seventh. A tab that is hidden asks for nothing, and asks for everything when it is looked at again.
 */
export function goLive(client: QueryClient): void {
  const channel = new BroadcastChannel(CHANNEL);
  const refresh = refreshAfter(client);
  const take = (message: Message): void => {
    switch (message.kind) {
      case 'change':
        refresh(message.change);
        return;
      case 'resync':
        void client.invalidateQueries();
        return;
      case 'state':
        setState(message.state);
        return;
      case 'hello':
        return;
    }
  };
  const tellAll = (message: Message): void => {
    take(message);
    channel.postMessage(message);
  };
  channel.addEventListener('message', (event: MessageEvent<Message>) => take(event.data));
  channel.postMessage({ kind: 'hello' } satisfies Message);
  // Held until the tab is closed; then another tab's request is granted.
  void navigator.locks.request(CHANNEL, () => {
    channel.addEventListener('message', (event: MessageEvent<Message>) => {
      if (event.data.kind !== 'hello') return;
      channel.postMessage({ kind: 'state', state } satisfies Message);
    });
    return holdStream(tellAll);
  });
  focusManager.subscribe((isFocused) => {
    if (isFocused) void client.invalidateQueries();
  });
}

async function holdStream(tellAll: (message: Message) => void): Promise<never> {
  let lastId: string | undefined;
  let waitMs = REOPEN_MS_MIN;
  for (;;) {
    try {
      const body = await openStream(lastId);
      const isFirst = state.kind === 'connecting';
      tellAll({ kind: 'state', state: { kind: 'live' } });
      // After a break nobody tells what the page missed while it asked: everything is asked for anew.
      if (!isFirst) tellAll({ kind: 'resync' });
      waitMs = REOPEN_MS_MIN;
      for await (const event of readEvents(body)) {
        lastId = event.id ?? lastId;
        const data: unknown = JSON.parse(event.data);
        if (event.kind === 'time') noteServerTime(data, 0);
        else if (event.kind === 'resync') tellAll({ kind: 'resync' });
        else tellAll({ kind: 'change', change: data as ChangeNews });
      }
    } catch {
      // The daemon is away, or restarts: the loop comes back.
    }
    if (state.kind !== 'offline') {
      tellAll({ kind: 'state', state: { kind: 'offline', sinceMs: browserNowMs() } });
    }
    await new Promise((resolve) => {
      window.setTimeout(resolve, waitMs);
    });
    waitMs = Math.min(REOPEN_MS_MAX, waitMs * 2);
  }
}

async function openStream(lastId: string | undefined): Promise<ReadableStream<Uint8Array>> {
  const abort = new AbortController();
  const response = await fetch('/api/v1/events', {
    credentials: 'same-origin',
    headers: lastId === undefined ? {} : { 'last-event-id': lastId },
    signal: abort.signal,
  });
  if (!response.ok || response.body === null) throw new Error(`refused with ${response.status}`);
  return response.body.pipeThrough(endAfterSilence(() => abort.abort()));
}

/** A machine that slept leaves a connection that looks open and tells nothing any more. */
function endAfterSilence(end: () => void): TransformStream<Uint8Array, Uint8Array> {
  let timer = window.setTimeout(end, SILENCE_MS_MAX);
  return new TransformStream({
    transform: (bytes, controller) => {
      window.clearTimeout(timer);
      timer = window.setTimeout(end, SILENCE_MS_MAX);
      controller.enqueue(bytes);
    },
    flush: () => window.clearTimeout(timer),
  });
}

function setState(next: LiveState): void {
  state = next;
  for (const hear of stateHearers) hear();
}
