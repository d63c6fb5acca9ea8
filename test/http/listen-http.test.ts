import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HttpListener, listenHttp, requireSafeBinding } from '../../src/http/listen-http.ts';
import { type Door, openDoor, settle, TOKEN } from '../mcp/door.ts';

let door: Door;
let listener: HttpListener;
beforeEach(async () => {
  door = await openDoor();
  listener = await listenHttp(door.app, { host: '127.0.0.1', port: 0 });
});
afterEach(async () => {
  await listener.close();
  await door.close();
});

/** Sends bytes as they are and answers with everything that comes back until the other end closes. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(listener.port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (bytes: Buffer) => {
      answer += bytes.toString();
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

describe('the listener', () => {
  it.each(['evil.example', 'localhost', 'localhost:1', '169.254.169.254'])(
    'turns away requests to the Host %s, the stream of events included',
    async (host) => {
      for (const path of ['/healthz', '/mcp', '/api/v1/events', '/x']) {
        const answer = await raw(
          `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${TOKEN}\r\nConnection: close\r\n\r\n`,
        );
        expect(answer).toMatch(/^HTTP\/1\.1 403 /);
        expect(answer).toContain('application/problem+json');
      }
    },
  );

  it('answers requests to its own name and port', async () => {
    for (const name of ['localhost', '127.0.0.1', '[::1]']) {
      const answer = await raw(
        `GET /healthz HTTP/1.1\r\nHost: ${name}:${listener.port}\r\nConnection: close\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    }
  });

  it('is not talked into another host by the first line of a request', async () => {
    const answer = await raw(
      `GET http://evil.example/healthz HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 (?:400|403) /);
  });

  it('reads large bodies no further than it must', async () => {
    const answer = await raw(
      `POST /api/v1/tasks HTTP/1.1\r\nHost: localhost:${listener.port}\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Type: application/json\r\nContent-Length: 99000000\r\nConnection: close\r\n\r\n{`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('sends events as they happen, and closes although somebody listens', async () => {
    const response = await fetch(`http://127.0.0.1:${listener.port}/api/v1/events?after=0`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toContain(': connected');
    await door.bench.services.setSecret('A', 'value');
    await door.bench.services.createTask({
      name: 'x',
      action: {
        kind: 'http',
        method: 'GET',
        url: 'https://example.com',
        headers: {},
        body: undefined,
        expectedStatus: [[200, 299]],
      },
    });
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toContain('task.created');
    const closing = listener.close();
    await expect(
      (async () => {
        for (;;) if ((await reader.read()).done) return 'ended';
      })(),
    ).rejects.toThrow();
    await closing;
    await settle();
    expect(door.bench.announcer.listeners).toBe(1);
    listener = await listenHttp(door.app, { host: '127.0.0.1', port: 0 });
  });

  it('says that its port is taken', async () => {
    await expect(
      listenHttp(door.app, { host: '127.0.0.1', port: listener.port }),
    ).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('requireSafeBinding', () => {
  it('shows the daemon to other machines only behind a token and under a name', () => {
    const token = { kind: 'token', token: 'x', readers: [] } as const;
    expect(() => requireSafeBinding('0.0.0.0', token, [])).toThrow('token');
    expect(() => requireSafeBinding('0.0.0.0', { kind: 'none' }, ['box'])).toThrow('token');
    expect(() => requireSafeBinding('192.168.0.7', token, ['box'])).not.toThrow();
    expect(() => requireSafeBinding('127.0.0.1', { kind: 'none' }, [])).not.toThrow();
    expect(() => requireSafeBinding('::1', { kind: 'none' }, [])).not.toThrow();
  });
});
