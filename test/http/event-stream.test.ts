import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { draft } from '../service/bench.ts';
import { type Door, openDoor, settle, TOKEN } from '../mcp/door.ts';

let door: Door;
let stopping: AbortController;
beforeEach(async () => {
  stopping = new AbortController();
  door = await openDoor({}, { stopping: stopping.signal });
});
afterEach(() => door.close());

/** Opens the stream; `read` answers with what came since the last time. */
async function listen(headers: Readonly<Record<string, string>> = {}, query = '') {
  const response = await door.app.fetch(
    new Request(`http://localhost/api/v1/events${query}`, {
      headers: { authorization: `Bearer ${TOKEN}`, ...headers },
    }),
  );
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  let text = '';
  let isDone = false;
  const pump = async (): Promise<void> => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      text += Buffer.from(value).toString();
    }
    isDone = true;
  };
  void pump();
  return {
    read: async () => {
      await settle();
      const read = text;
      text = '';
      return read;
    },
    isDone: () => isDone,
    cancel: () => reader.cancel(),
  };
}

describe('the stream of events', () => {
  it('begins with what happens from now on', async () => {
    await door.bench.services.createTask(draft());
    const stream = await listen();
    expect(await stream.read()).toBe(
      'retry: 2000\n: connected\n\nevent: time\ndata: {"now":"2026-11-02T08:00:00Z"}\n\n',
    );
    const { task } = await door.bench.services.createTask(draft({ name: 'second' }));
    expect(await stream.read()).toMatch(
      new RegExp(`^id: \\d+\nevent: task\\.created\ndata: \\{.*"task_id":"${task.id}".*\\}\n\n$`),
    );
    await stream.cancel();
  });

  it('goes on after the last event that was seen', async () => {
    for (const name of ['one', 'two', 'three']) {
      await door.bench.services.createTask(draft({ name }));
    }
    const [first] = await door.bench.services.listChanges(0, 1);
    const stream = await listen({ 'last-event-id': String(first?.id) });
    expect((await stream.read()).match(/event: task\.created/g)).toHaveLength(2);
    await stream.cancel();
    const other = await listen({}, '?after=0');
    expect((await other.read()).match(/event: task\.created/g)).toHaveLength(3);
    await other.cancel();
  });

  it('shows signs of life while nothing happens', async () => {
    const stream = await listen();
    await stream.read();
    door.bench.clock.advance(15_000);
    expect(await stream.read()).toBe(
      ': keep-alive\n\nevent: time\ndata: {"now":"2026-11-02T08:00:15Z"}\n\n',
    );
    await stream.cancel();
  });

  it('leaves nothing behind when its reader goes', async () => {
    const listeners = door.bench.announcer.listeners;
    const stream = await listen();
    await stream.read();
    expect(door.bench.announcer.listeners).toBe(listeners + 1);
    await stream.cancel();
    await settle();
    expect(door.bench.announcer.listeners).toBe(listeners);
    expect(door.bench.clock.timers).toBe(0);
  });

  it('ends when the daemon stops', async () => {
    const stream = await listen();
    await stream.read();
    stopping.abort();
    await settle();
    expect(stream.isDone()).toBe(true);
    expect(door.bench.clock.timers).toBe(0);
  });

  it('lets go of a reader that does not read, and holds little for it', async () => {
    const response = await door.app.fetch(
      new Request('http://localhost/api/v1/events', {
        headers: { authorization: `Bearer ${TOKEN}` },
      }),
    );
    const listeners = door.bench.announcer.listeners;
    for (let index = 0; index < 300; index += 1) {
      await door.bench.services.createTask(draft({ name: `task ${index}` }));
    }
    await settle();
    for (let round = 0; round < 3; round += 1) {
      door.bench.clock.advance(15_000);
      await settle();
    }
    expect(door.bench.announcer.listeners).toBe(listeners - 1);
    const held = await response.text();
    expect(held.match(/^event: task/gm)?.length).toBeLessThanOrEqual(200);
  });

  it.each(['999999', '0'])(
    'tells a reader that saw %s to read everything anew, when what came since is not there',
    async (seen) => {
      const bench = await openDoor();
      const { store } = bench.bench.ports;
      // As after 7 days, or after a backup was put back.
      const listChanges = store.listChanges.bind(store);
      Object.assign(store, {
        listChanges: async (after: number, limit: number) => listChanges(Math.max(after, 1), limit),
      });
      try {
        for (const name of ['one', 'two']) await bench.bench.services.createTask(draft({ name }));
        const response = await bench.app.fetch(
          new Request('http://localhost/api/v1/events', {
            headers: { authorization: `Bearer ${TOKEN}`, 'last-event-id': seen },
          }),
        );
        const reader = (response.body as ReadableStream<Uint8Array>).getReader();
        await reader.read();
        const { value } = await reader.read();
        expect(Buffer.from(value ?? []).toString()).toBe(
          'id: 2\nevent: resync\ndata: {"last_id":2}\n\n',
        );
        await reader.cancel();
      } finally {
        await bench.close();
      }
    },
  );

  it('refuses the id of an event that is none', async () => {
    const response = await door.app.fetch(
      new Request('http://localhost/api/v1/events', {
        headers: { authorization: `Bearer ${TOKEN}`, 'last-event-id': 'abc' },
      }),
    );
    expect(response.status).toBe(400);
  });
});
