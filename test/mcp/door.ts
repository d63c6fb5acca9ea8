import { type Duplex, duplexPair } from 'node:stream';
import { type Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { createHttpApp } from '../../src/http/app.ts';
import type { HttpDeps } from '../../src/http/http-deps.ts';
import type { HttpApp } from '../../src/http/http-context.ts';
import type { Surfaces } from '../../src/api/surface.ts';
import { type McpEndpoint, mcpEndpoint } from '../../src/mcp/http-endpoint.ts';
import type { McpDeps } from '../../src/mcp/mcp-deps.ts';
import { nativeSurface } from '../../src/mcp/native-surface.ts';
import { servePipe } from '../../src/mcp/serve-pipe.ts';
import type { ServicePorts } from '../../src/service/services.ts';
import { hookDoor } from '../../src/service/webhooks/receive-webhook.ts';
import { type Bench, openBench } from '../service/bench.ts';

/** Transports of both generations of the SDK have this shape. */
type ClientTransport = Parameters<Client['connect']>[0];

export const TOKEN = 'carillon_test_token_0123456789';
const VERSION = '0.1.0';

/** Both doors in one process, over the real services and a real store in memory. */
export type Door = {
  readonly bench: Bench;
  readonly mcp: McpDeps;
  readonly app: HttpApp;
  /** Opens a pipe and shakes hands; what the handshake was answered with is kept. */
  pipe(handshake?: Readonly<Record<string, unknown>>): Promise<ClientTransport>;
  http(path?: string, token?: string): ClientTransport;
  close(): Promise<void>;
};

export async function openDoor(
  changes: Partial<McpDeps> = {},
  httpChanges: Partial<HttpDeps> = {},
  portChanges: Partial<ServicePorts> = {},
): Promise<Door> {
  const bench = await openBench(undefined, portChanges);
  const surfaces: Surfaces = new Map([['native', nativeSurface(VERSION)]]);
  const mcp: McpDeps = {
    servicesFor: bench.as,
    surfaces,
    announcer: bench.announcer,
    clock: bench.clock,
    log: bench.ports.log,
    version: VERSION,
    zone: 'Europe/Berlin',
    consentKey: new Uint8Array(32).fill(7),
    ...changes,
  };
  const endpoint: McpEndpoint = mcpEndpoint(mcp);
  const app = createHttpApp({
    servicesFor: bench.as,
    announcer: bench.announcer,
    clock: bench.clock,
    log: bench.ports.log,
    version: VERSION,
    zone: 'Europe/Berlin',
    auth: { kind: 'token', token: TOKEN, readers: [] },
    allowedHosts: [],
    mcp: endpoint,
    hooks: hookDoor(bench.ports),
    surfaces: [],
    ...httpChanges,
  });
  return {
    bench,
    mcp,
    app,
    pipe: async (handshake = {}) => {
      const [near, far] = duplexPair();
      servePipe(far, mcp);
      near.write(`${JSON.stringify({ carillon: 1, version: VERSION, ...handshake })}\n`);
      const answer = await firstLine(near);
      if (!answer.includes('"ok":true')) throw new Error(answer);
      return closingTransport(near);
    },
    http: (path = '/mcp', token = TOKEN) =>
      new StreamableHTTPClientTransport(new URL(`http://localhost${path}`), {
        fetch: async (url, init) => app.fetch(new Request(url, init)),
        requestInit: { headers: { authorization: `Bearer ${token}` } },
      }),
    close: async () => {
      await endpoint.close();
      await bench.close();
    },
  };
}

/** The end of a client, which closes its pipe as a client's process does when it ends. */
function closingTransport(near: Duplex): ClientTransport {
  const transport = new StdioServerTransport(near, near);
  const close = transport.close.bind(transport);
  transport.close = async () => {
    await close();
    near.end();
    near.destroy();
  };
  return transport;
}

/** The first line that comes; what comes behind it stays in the stream. */
export function firstLine(stream: NodeJS.ReadWriteStream): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const take = (chunk: Buffer): void => {
      text += chunk.toString();
      const index = text.indexOf('\n');
      if (index === -1) return;
      stream.off('data', take);
      const rest = text.slice(index + 1);
      if (rest !== '') {
        stream.pause();
        stream.unshift(Buffer.from(rest));
      }
      resolve(text.slice(0, index));
    };
    stream.on('data', take);
    stream.resume();
    stream.on('error', reject);
    stream.on('end', () => reject(new Error(`The stream ended after ${JSON.stringify(text)}.`)));
  });
}

/** Lets the promises and messages that are ready go on. */
export async function settle(turns = 30): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((next) => setImmediate(next));
}
