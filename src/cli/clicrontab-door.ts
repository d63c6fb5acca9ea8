import { createHash, timingSafeEqual } from 'node:crypto';
import type * as Http from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  DASHBOARD_PATH,
  PAGE_STYLE,
  runsPage,
  tasksPage,
  tokenPage,
  type PageRun,
  type PageTask,
} from '../compat/clicrontab/page.ts';
import { UTC_HEADER } from '../compat/clicrontab/utc-header.ts';
import { daemonFiles } from '../installation/daemon-files.ts';
import { readDaemonNotice } from '../installation/daemon-notice.ts';
import { readToken } from '../installation/token.ts';
import { Refusal } from '../domain/refusal.ts';
import { answerMcp, MCP_STATUS } from './clicrontab-mcp.ts';
import type { Session } from './open-session.ts';

export type ClicrontabDoor = {
  readonly host: string;
  readonly port: number;
  /** The older system's own token; absent for none. */
  readonly token: string | undefined;
  readonly usesUtc: boolean;
  readonly dataFolder: string;
  /** A session with the daemon as the client was started for. */
  readonly openSession: () => Promise<Session>;
};

/**
 * Serves the REST interface of the older clicrontab on its own port, MCP at `/mcp`, and a page at `/`.
 * It checks the older token, and passes what is below `/v1/` on to the HTTP door of the daemon, which
 * has the routes.
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
  if (url.pathname === '/' && request.method === 'GET') {
    if (mayEnter(request, url, door.token)) return showPage(http, door, url, response);
    return sendPage(response, tokenPage(url.searchParams.has('token')));
  }
  if (!mayEnter(request, url, door.token)) {
    response.writeHead(401, { ...HEADERS, 'content-type': 'text/plain; charset=utf-8' });
    response.end('unauthorized\n');
    return undefined;
  }
  if (url.pathname === DASHBOARD_PATH && request.method === 'GET') {
    return leadToDashboard(http, door, response);
  }
  const isMcp = url.pathname === '/mcp';
  if (!isMcp && !url.pathname.startsWith('/v1/')) {
    return fail(response, 404, 'not_found', 'Served here are /, /mcp and what is below /v1/.');
  }
  const body = await textOf(request, BODY_BYTES_MAX);
  if (body === undefined) {
    return fail(response, 413, 'invalid_input', 'The body is larger than 1 MiB.');
  }
  if (isMcp) return serveMcp(door, request, body, response);
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

/** One message and its answer, without sessions; whatever is wrong is told in the answer. */
async function serveMcp(
  door: ClicrontabDoor,
  { method }: IncomingMessage,
  body: string,
  response: ServerResponse,
): Promise<void> {
  if (method === 'GET') return send(response, 200, MCP_STATUS);
  if (method === 'POST') return send(response, 200, await answerMcp(body, door.openSession));
  response.writeHead(method === 'OPTIONS' ? 200 : 405, { ...HEADERS, allow: MCP_METHODS });
  response.end();
  return undefined;
}

const MCP_METHODS = 'POST, GET, OPTIONS';

/** Without blanks around it; `undefined` when it is too large. */
async function textOf(from: IncomingMessage, bytesMax: number): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of from as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > bytesMax) return undefined;
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

/** The daemon answers, and its answer goes on as it comes: a log that is followed may take its time. */
async function passOn(
  http: typeof Http,
  door: ClicrontabDoor,
  { method = 'GET' }: IncomingMessage,
  path: string,
  body: string,
  response: ServerResponse,
): Promise<void> {
  const leaving = new AbortController();
  response.once('close', () => leaving.abort());
  const answer = await askDaemon(http, door, { method, path, body }, leaving.signal);
  const type = answer.headers['content-type'];
  const headers = type === undefined ? HEADERS : { ...HEADERS, 'content-type': type };
  response.writeHead(answer.statusCode ?? 502, headers);
  response.flushHeaders();
  await new Promise((resolve, reject) => {
    answer.pipe(response);
    answer.once('end', resolve).once('error', reject);
  });
}

type Asked = { readonly method: string; readonly path: string; readonly body: string };

/** The daemon is looked up anew for each request: it may have been started again on another port. */
function askDaemon(
  http: typeof Http,
  { dataFolder, usesUtc }: ClicrontabDoor,
  { method, path, body }: Asked,
  signal: AbortSignal,
): Promise<IncomingMessage> {
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
        signal,
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
        asking.setTimeout(0);
        resolve(answer);
      },
    );
    asking.once('timeout', () => asking.destroy(new Error('No answer in time.')));
    asking.once('error', reject);
    asking.end(body);
  });
}

/** The tasks, or the runs of the one that is asked for, without a script. */
async function showPage(
  http: typeof Http,
  door: ClicrontabDoor,
  url: URL,
  response: ServerResponse,
): Promise<void> {
  const given = url.searchParams.get('token') ?? undefined;
  const read = async (path: string): Promise<unknown> => {
    const asked = { method: 'GET', path, body: '' };
    const answer = await askDaemon(http, door, asked, AbortSignal.timeout(ANSWER_MS_MAX));
    const text = await textOf(answer, PAGE_BYTES_MAX);
    return answer.statusCode === 200 && text !== undefined ? JSON.parse(text) : undefined;
  };
  const id = url.searchParams.get('task');
  if (id !== null) {
    const path = `/v1/tasks/${encodeURIComponent(id)}`;
    // What the daemon answers has this form: it is the same program.
    const task = (await read(path)) as PageTask | undefined;
    if (task !== undefined) {
      return sendPage(response, runsPage(task, (await read(`${path}/runs`)) as PageRun[], given));
    }
  }
  return sendPage(response, tasksPage(((await read('/v1/tasks')) ?? []) as PageTask[], given));
}

/** Whoever showed the older token is signed in; without one the dashboard asks by itself. */
async function leadToDashboard(
  http: typeof Http,
  door: ClicrontabDoor,
  response: ServerResponse,
): Promise<void> {
  const asked = { method: 'POST', path: '/api/v1/sign-in-links', body: '' };
  const signal = AbortSignal.timeout(ANSWER_MS_MAX);
  const answer = await askDaemon(http, door, asked, signal);
  const text = await textOf(answer, PAGE_BYTES_MAX);
  const isMade = answer.statusCode !== undefined && answer.statusCode < 300 && text !== undefined;
  if (!isMade) return fail(response, 503, 'internal_error', 'The daemon made no link.');
  const { url } = JSON.parse(text) as { readonly url: string };
  const location = door.token === undefined ? new URL('/', url).href : url;
  response.writeHead(302, { ...HEADERS, 'referrer-policy': 'no-referrer', location });
  response.end();
  return undefined;
}

const PAGE_BYTES_MAX = 16 * 1_048_576;

function sendPage(response: ServerResponse, html: string): void {
  const style = createHash('sha256').update(PAGE_STYLE).digest('base64');
  response.writeHead(200, {
    ...HEADERS,
    'content-type': 'text/html; charset=utf-8',
    'referrer-policy': 'no-referrer',
    'content-security-policy': `default-src 'none'; style-src 'sha256-${style}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
  });
  response.end(html);
}

/** Addresses that mean every one of the machine, and the one by which it is reached from itself. */
const REACHED_BY: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

const HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } as const;

function fail(response: ServerResponse, status: number, code: string, message: string): void {
  send(response, status, { error: { code, message } });
}

function send(response: ServerResponse, status: number, body: object | undefined): void {
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  response.writeHead(status, { ...HEADERS, ...type });
  response.end(body === undefined ? '' : JSON.stringify(body));
}
