import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import { Refusal } from '../domain/refusal.ts';
import type { HttpApp } from './http-context.ts';
import { isLoopback } from './guard.ts';
import type { HttpAuth } from './http-deps.ts';

export type HttpListener = {
  readonly address: string;
  readonly port: number;
  /** Answers what is being asked, for a moment, then closes every connection. */
  close(): Promise<void>;
};

const GRACE_MS = 2_000;
/** A client that sends its request more slowly than this is cut off. */
const REQUEST_MS_MAX = 30_000;
const HEADERS_MS_MAX = 10_000;

/** @param port 0 for any free one. Refuses as `unavailable` when the port is taken. */
export function listenHttp(
  app: HttpApp,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<HttpListener> {
  return new Promise((resolve, reject) => {
    const server = serve({
      fetch: app.fetch,
      hostname: host,
      port,
      serverOptions: { requestTimeout: REQUEST_MS_MAX, headersTimeout: HEADERS_MS_MAX },
    }) as Server;
    const refuse = (error: NodeJS.ErrnoException): void =>
      reject(bindingRefusal(error, host, port));
    server.once('error', refuse);
    server.once('listening', () => {
      server.off('error', refuse);
      const bound = server.address();
      const [address, boundPort] =
        typeof bound === 'object' && bound !== null ? [bound.address, bound.port] : [host, port];
      resolve({ address, port: boundPort, close: () => closeServer(server) });
    });
  });
}

/** Refuses to show the daemon to other machines without a token, and without the name it is called by. */
export function requireSafeBinding(
  host: string,
  auth: HttpAuth,
  allowedHosts: readonly string[],
): void {
  if (isLoopback(host) || host === '::1') return;
  if (auth.kind === 'token' && allowedHosts.length > 0) return;
  throw new Refusal(
    'invalid',
    `Listening on ${host} shows the daemon to other machines, and that needs a token and the names it may be called by.`,
    'Keep the token on and name the hosts (--allowed-hosts, or --public-url), or listen on 127.0.0.1.',
  );
}

async function closeServer(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), GRACE_MS);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function bindingRefusal(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new Refusal(
      'unavailable',
      `Port ${port} of ${host} is taken by another program.`,
      'Choose another port.',
    );
  }
  if (error.code === 'EACCES' || error.code === 'EADDRNOTAVAIL') {
    return new Refusal('unavailable', `Listening on port ${port} of ${host} is not possible.`);
  }
  return error;
}
