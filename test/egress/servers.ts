import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  createServer as createTcpServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net';

/** A real server on loopback that counts its connections. */
export type TestServer = {
  readonly port: number;
  readonly url: string;
  /** Connections that were made. */
  readonly connections: () => number;
  /** Connections that are open now. */
  readonly open: () => number;
  readonly close: () => Promise<void>;
};

export type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;

export function httpServer(listener: Listener, host = '127.0.0.1'): Promise<TestServer> {
  const server = createHttpServer((request, response) => void listener(request, response));
  return started(server, host);
}

export function tcpServer(
  onSocket: (socket: Socket) => void,
  host = '127.0.0.1',
): Promise<TestServer> {
  const server = createTcpServer((socket) => {
    onSocket(socket);
    // Who never reads never learns that the other side has left.
    socket.resume();
  });
  return started(server, host);
}

async function started(server: Server, host: string): Promise<TestServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, host, resolve);
  await promise;
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}/`,
    connections: () => connections,
    open: () => sockets.size,
    close: async () => {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      for (const socket of sockets) socket.destroy();
      await closed.promise;
    },
  };
}

/** A port on which nothing listens. */
export async function closedPort(): Promise<number> {
  const server = await tcpServer(() => {});
  await server.close();
  return server.port;
}

/** Waits until `condition` holds; fails after two seconds. */
export async function until(condition: () => boolean): Promise<void> {
  const endsAt = performance.now() + 2_000;
  while (!condition()) {
    if (performance.now() > endsAt) throw new Error('The condition never held.');
    const { promise, resolve } = Promise.withResolvers<void>();
    setImmediate(resolve);
    await promise;
  }
}
