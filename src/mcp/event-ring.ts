import type { EventId, EventStore, JSONRPCMessage, StreamId } from '@modelcontextprotocol/server';

const EVENTS_MAX = 256;

type Kept = { readonly id: EventId; readonly stream: StreamId; readonly message: JSONRPCMessage };

/** The last messages of one session, so that a 2025 client whose connection broke can read on. */
export function eventRing(): EventStore {
  let made = 0;
  const kept: Kept[] = [];
  return {
    storeEvent: async (stream, message) => {
      made += 1;
      const id = `${stream}_${made}`;
      kept.push({ id, stream, message });
      if (kept.length > EVENTS_MAX) kept.shift();
      return id;
    },
    getStreamIdForEventId: async (id) => kept.find((event) => event.id === id)?.stream,
    replayEventsAfter: async (lastId, { send }) => {
      const index = kept.findIndex((event) => event.id === lastId);
      const stream = kept[index]?.stream ?? lastId.slice(0, lastId.lastIndexOf('_'));
      for (const event of index === -1 ? [] : kept.slice(index + 1)) {
        // The empty message that opens a stream tells a client nothing.
        const isEmpty = Object.keys(event.message).length === 0;
        if (event.stream === stream && !isEmpty) await send(event.id, event.message);
      }
      return stream;
    },
  };
}
