import type * as Http from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Refusal } from '../domain/refusal.ts';
import { askTools } from './ask-tools.ts';
import { openSession, type DaemonPlace, type Session } from './open-session.ts';
import type { BridgeArguments } from './pipe-arguments.ts';
import { splitLines } from './split-lines.ts';

/**
 * Serves the HTTP+SSE transport of MCP 2024-11-05, and the list of tools on the next port, until a
 * signal comes. Like the pipe it carries messages and understands none: each stream is a connection
 * to the daemon of its own.
 */
export async function serveSse(given: BridgeArguments, place: DaemonPlace): Promise<void> {
  const { address, port } = given;
  const host = hostToBind(address);
  if (port >= PORT_MAX) {
    throw new Refusal(
      'invalid',
      `With the transport "sse" the port must be below ${String(PORT_MAX)}: the list of tools is on the one after it.`,
    );
  }
  const open = () => openSession(place, given);
  // Starts the daemon now, so that what is wrong is told here and not to the first client.
  (await open()).socket.destroy();
  const streams = new Map<string, Stream>();
  // Not with the other imports: the pipe shares a file with this, and starts without it.
  const http = await import('node:http');
  const bridge = await listen(http, host, port, streamHandler(streams, open));
  try {
    const schema = await listen(http, host, port + 1, schemaHandler(given, open));
    const origin = `http://${address.includes(':') ? `[${address}]` : address}`;
    process.stderr.write(
      `Serving MCP at ${origin}:${String(port)}/sse, the list of tools at ${origin}:${String(port + 1)}${given.schema.path}\n`,
    );
    await aSignal();
    stop(schema);
  } finally {
    stop(bridge);
    for (const stream of streams.values()) stream.socket?.destroy();
  }
}

const PORT_MAX = 65_535;

/** A client's stream; without a socket as long as the daemon has not answered. */
type Stream = { socket: Socket | undefined };
type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

function hostToBind(address: string): string {
  if (address === 'localhost') return '127.0.0.1';
  if (address === '::1' || /^127(?:\.\d{1,3}){3}$/.test(address)) return address;
  throw new Refusal(
    'invalid',
    `The address "${address}" can be reached from other machines, and this transport has no authentication: whoever reaches it could run commands.`,
    'Take localhost. For other machines there is the HTTP door with its token: carillon serve --host',
  );
}

async function listen(
  http: typeof Http,
  host: string,
  port: number,
  handle: Handler,
): Promise<Server> {
  const server = http.createServer(LIMITS, (request, response) => {
    if (isForeign(request, host, port)) {
      answer(response, 403, 'Requests from elsewhere are not served.');
      return;
    }
    handle(request, response).catch((error: unknown) => {
      const reason = error instanceof Refusal ? error.message : 'Something went wrong.';
      if (response.headersSent) response.destroy();
      else answer(response, 503, reason);
    });
  });
  server.maxConnections = CONNECTIONS_MAX;
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new Refusal(
          'unavailable',
          `Port ${String(port)} of ${host} cannot be listened on (${error.code ?? 'unknown'}).`,
          'Stop what listens there, or choose another: --port NUMBER. The one after it must be free too.',
        ),
      );
    });
    server.listen(port, host, () => resolve(server));
  });
}

const LIMITS = { headersTimeout: 10_000, requestTimeout: 30_000 };
const CONNECTIONS_MAX = 500;

/**
 * A web page can make a browser send requests to this machine, under a name of its own choosing:
 * the name is then foreign in `Host`, or the page is in `Origin`.
 */
function isForeign({ headers }: IncomingMessage, host: string, port: number): boolean {
  const names = ['localhost', '127.0.0.1', '[::1]', host.includes(':') ? `[${host}]` : host];
  const hosts = names.map((name) => `${name}:${String(port)}`);
  // The port of plain HTTP is left out by those who call it.
  if (port === HTTP_PORT) hosts.push(...names);
  if (headers.host === undefined || !hosts.includes(headers.host.toLowerCase())) return true;
  if (headers.origin !== undefined) {
    return !hosts.some((one) => headers.origin?.toLowerCase() === `http://${one}`);
  }
  const site = headers['sec-fetch-site'];
  return site === 'cross-site' || site === 'same-site';
}

const HTTP_PORT = 80;

function streamHandler(streams: Map<string, Stream>, open: () => Promise<Session>): Handler {
  return async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (STREAM_PATHS.includes(pathname)) {
      if (allows(request, response, 'GET')) await openStream(streams, open, response);
    } else if (MESSAGE_PATHS.includes(pathname)) {
      if (!allows(request, response, 'POST')) return;
      await takeMessage(streams, searchParams.get('session_id'), request, response);
    } else answer(response, 404, 'Not Found');
  };
}

/** The older system's clients are shown without a path, too. */
const STREAM_PATHS: readonly string[] = ['/sse', '/'];
const MESSAGE_PATHS: readonly string[] = ['/messages/', '/messages'];

/** Opens a connection to the daemon, and carries what it says as events until either side ends. */
async function openStream(
  streams: Map<string, Stream>,
  open: () => Promise<Session>,
  response: ServerResponse,
): Promise<void> {
  if (streams.size >= STREAMS_MAX) {
    answer(response, 503, `There are ${String(STREAMS_MAX)} streams already.`);
    return;
  }
  const id = crypto.randomUUID().replaceAll('-', '');
  const stream: Stream = { socket: undefined };
  streams.set(id, stream);
  response.once('close', () => {
    streams.delete(id);
    stream.socket?.destroy();
  });
  const { socket, rest } = await open();
  if (response.destroyed) {
    socket.destroy();
    return;
  }
  stream.socket = socket;
  response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream; charset=utf-8' });
  response.write(`event: endpoint\ndata: /messages/?session_id=${id}\n\n`);
  carry(socket, rest, response);
}

const STREAMS_MAX = 100;
const HEADERS = {
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
} as const;

function carry(socket: Socket, rest: Buffer, response: ServerResponse): void {
  const take = splitLines(LINE_BYTES_MAX, (line) => {
    response.write(`event: message\ndata: ${line}\n\n`);
  });
  const onData = (bytes: Buffer) => {
    if (!take(bytes)) socket.destroy();
    // A client that reads slowly slows the daemon's answers down; they do not pile up here.
    else if (response.writableNeedDrain) socket.pause();
  };
  const keepAlive = setInterval(() => {
    if (!response.writableNeedDrain) response.write(': still here\n\n');
  }, KEEP_ALIVE_MS);
  response.on('drain', () => socket.resume());
  socket.on('data', onData).once('close', () => {
    clearInterval(keepAlive);
    response.end();
  });
  if (rest.length > 0) onData(rest);
  if (!response.writableNeedDrain) socket.resume();
}

const KEEP_ALIVE_MS = 15_000;
/** The longest answer of a tool, and more. */
const LINE_BYTES_MAX = 16_777_216;

/** Passes one message on to the daemon; its answer comes by the stream. */
async function takeMessage(
  streams: ReadonlyMap<string, Stream>,
  id: string | null,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (id === null) return answer(response, 400, 'session_id is required');
  const socket = streams.get(id)?.socket;
  if (socket === undefined) return answer(response, 404, 'Could not find session');
  // Pages of other sites can send other types without asking first.
  if (!/^application\/json\s*(?:;|$)/i.test(request.headers['content-type'] ?? '')) {
    return answer(response, 400, 'Invalid Content-Type header');
  }
  const body = await readBody(request);
  if (body === undefined) return answer(response, 413, 'The message is larger than 1 MiB.');
  const line = lineOf(body);
  if (line === undefined) return answer(response, 400, 'Could not parse message');
  if (socket.writableLength > UNSENT_BYTES_MAX) {
    return answer(response, 503, 'The daemon has messages to read before this one. Send it later.');
  }
  socket.write(`${line}\n`);
  return answer(response, 202, 'Accepted');
}

const BODY_BYTES_MAX = 1_048_576;
const UNSENT_BYTES_MAX = 4_194_304;

/** `undefined` when it is too large. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    // The rest is read and forgotten: a sender that is cut off does not read the answer.
    if (length <= BODY_BYTES_MAX) parts.push(part);
    else if (length > BODY_BYTES_READ_MAX) return undefined;
  }
  return length > BODY_BYTES_MAX ? undefined : Buffer.concat(parts).toString();
}

const BODY_BYTES_READ_MAX = 8 * BODY_BYTES_MAX;

/** The message on one line; `undefined` when the body is no JSON object. */
function lineOf(body: string): string | undefined {
  try {
    const message: unknown = JSON.parse(body);
    const isObject = typeof message === 'object' && message !== null && !Array.isArray(message);
    return isObject ? JSON.stringify(message) : undefined;
  } catch {
    return undefined;
  }
}

function schemaHandler({ schema }: BridgeArguments, open: () => Promise<Session>): Handler {
  return async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname !== schema.path) return answer(response, 404, 'Not Found');
    if (!allows(request, response, 'GET')) return;
    const document = schema.write(await askTools(await open()));
    response.writeHead(200, { ...HEADERS, 'content-type': 'application/json' });
    response.end(JSON.stringify(document));
  };
}

function allows(request: IncomingMessage, response: ServerResponse, method: string): boolean {
  if (request.method === method) return true;
  response.setHeader('allow', method);
  answer(response, 405, 'Method Not Allowed');
  return false;
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...HEADERS, 'content-type': 'text/plain; charset=utf-8' });
  response.end(text);
}

function aSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      process.on(signal, () => resolve());
    }
  });
}

function stop(server: Server): void {
  server.close();
  server.closeAllConnections();
}
