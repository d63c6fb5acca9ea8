import { createHash, timingSafeEqual } from 'node:crypto';
import type * as Http from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { UTC_HEADER } from '../compat/clicrontab/utc-header.ts';
import { daemonFiles } from '../installation/daemon-files.ts';
import { readDaemonNotice } from '../installation/daemon-notice.ts';
import { readToken } from '../installation/token.ts';
import { Refusal } from '../domain/refusal.ts';

export type ClicrontabDoor = {
  readonly host: string;
  readonly port: number;
  /** The older system's own token; absent for none. */
  readonly token: string | undefined;
  readonly usesUtc: boolean;
  readonly dataFolder: string;
};

/**
 * Serves the REST interface of the older clicrontab on its own port. It checks the older token, and
 * passes what is below `/v1/` on to the HTTP door of the daemon, which has the routes.
 *
 * @returns the port, and what closes the door. Refuses as `unavailable` when the port is taken, and to
 *   be reached from other machines without a token.
 */
export async function openClicrontabDoor(
  door: ClicrontabDoor,
): Promise<{ readonly port: number; close(): void }> {
  requireSafe(door);
  // Not with the other imports: the pipe shares a file with this, and starts without it.
  const http = await import('node:http');
  const server = http.createServer(LIMITS, (request, response) => {
    serve(http, door, request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else fail(response, 503, 'internal_error', 'The daemon does not answer.');
    });
  });
  server.maxConnections = CONNECTIONS_MAX;
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new Refusal(
          'unavailable',
          `Port ${String(door.port)} of ${door.host} cannot be listened on (${error.code ?? 'unknown'}).`,
          'Stop what listens there, or choose another: --addr HOST:PORT.',
        ),
      );
    });
    server.listen(door.port, door.host, () => {
      const bound = server.address();
      resolve({
        port: typeof bound === 'object' && bound !== null ? bound.port : door.port,
        close: () => {
          server.close();
          server.closeAllConnections();
        },
      });
    });
  });
}

const LIMITS = { headersTimeout: 10_000, requestTimeout: 30_000 };
const CONNECTIONS_MAX = 500;
const BODY_BYTES_MAX = 1_048_576;
const ANSWER_MS_MAX = 60_000;

function requireSafe({ host, token }: ClicrontabDoor): void {
  if (token !== undefined || isLoopback(host)) return;
  throw new Refusal(
    'invalid',
    `The address "${host}" can be reached from other machines, and whoever reaches it could run commands.`,
    'Set CLICRON_AUTH_TOKEN, or take --addr 127.0.0.1:7070.',
  );
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

async function serve(
  http: typeof Http,
  door: ClicrontabDoor,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (isForeign(request, door)) {
    return fail(response, 403, 'unsupported', 'Requests from elsewhere are not served.');
  }
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (!mayEnter(request, url, door.token)) {
    response.writeHead(401, { ...HEADERS, 'content-type': 'text/plain; charset=utf-8' });
    response.end('unauthorized\n');
    return undefined;
  }
  if (!url.pathname.startsWith('/v1/')) {
    return fail(response, 404, 'not_found', 'Only what is below /v1/ is served here.');
  }
  const body = await readBody(request);
  if (body === undefined) {
    return fail(response, 413, 'invalid_input', 'The body is larger than 1 MiB.');
  }
  if (body !== '' && !isObject(body)) {
    return fail(response, 400, 'invalid_json', 'The body is no JSON object.');
  }
  // The token stays here: the daemon has one of its own.
  url.searchParams.delete('token');
  return passOn(http, door, request, `${url.pathname}${url.search}`, body, response);
}

/**
 * A web page can make a browser send requests, under a name of its own choosing. A page is never
 * served; a foreign name only with a token, which a page does not know.
 */
function isForeign({ headers }: IncomingMessage, { token }: ClicrontabDoor): boolean {
  const site = headers['sec-fetch-site'];
  if (headers.origin !== undefined || site === 'cross-site' || site === 'same-site') return true;
  if (token !== undefined) return false;
  const name = (headers.host ?? '').toLowerCase().replace(/:\d{1,5}$/, '');
  return !isLoopback(name.replaceAll(/[[\]]/g, ''));
}

function mayEnter({ headers }: IncomingMessage, url: URL, token: string | undefined): boolean {
  if (token === undefined) return true;
  const bearer = /^Bearer +(\S.*)$/i.exec(headers.authorization ?? '')?.[1];
  const given = bearer ?? url.searchParams.get('token');
  return given !== null && timingSafeEqual(digest(given), digest(token));
}

/** Digests are compared, so that neither length nor content of the token shows in the time it takes. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** `undefined` when it is too large. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > BODY_BYTES_MAX) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString().trim();
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** The daemon is looked up anew for each request: it may have been started again on another port. */
function passOn(
  http: typeof Http,
  { dataFolder, usesUtc }: ClicrontabDoor,
  { method }: IncomingMessage,
  path: string,
  body: string,
  response: ServerResponse,
): Promise<void> {
  const files = daemonFiles(dataFolder);
  const address = readDaemonNotice(files.notice)?.http;
  if (address === undefined) throw new Refusal('unavailable', 'No daemon is running.');
  const token = readToken(files.token);
  return new Promise((resolve, reject) => {
    const asking = http.request(
      {
        host: REACHED_BY[address.host] ?? address.host,
        port: address.port,
        method,
        path,
        timeout: ANSWER_MS_MAX,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(usesUtc ? { [UTC_HEADER]: 'true' } : {}),
          ...(body === ''
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
        },
      },
      (answer) => {
        const type = answer.headers['content-type'];
        const headers = type === undefined ? HEADERS : { ...HEADERS, 'content-type': type };
        response.writeHead(answer.statusCode ?? 502, headers);
        answer.pipe(response);
        answer.once('end', resolve).once('error', reject);
      },
    );
    asking.once('timeout', () => asking.destroy(new Error('No answer in time.')));
    asking.once('error', reject);
    response.once('close', () => asking.destroy());
    asking.end(body);
  });
}

/** Addresses that mean every one of the machine, and the one by which it is reached from itself. */
const REACHED_BY: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

const HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } as const;

function fail(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { ...HEADERS, 'content-type': 'application/json' });
  response.end(JSON.stringify({ error: { code, message } }));
}
