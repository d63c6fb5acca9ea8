import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => unknown;

export type PlainRequest = {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isHttps: boolean;
};

/** A request as Node's servers know it, without a connection. */
export function nodeRequest({ method, path, headers, body, isHttps }: PlainRequest): {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
} {
  const socket = new Socket();
  // What a library asks to know whether cookies may be secure.
  if (isHttps) Object.assign(socket, { encrypted: true });
  const request = new IncomingMessage(socket);
  request.method = method;
  request.url = path;
  request.httpVersion = '1.1';
  Object.assign(request.headers, headers);
  if (body !== '') {
    request.headers['content-length'] = String(Buffer.byteLength(body));
    request.push(body);
  }
  // eslint-disable-next-line unicorn/no-array-push-push
  request.push(null);
  return { request, response: new ServerResponse(request) };
}

/** Lets a handler written for Node's servers answer a request that came by another way. */
export async function exchange(handler: NodeHandler, plain: PlainRequest): Promise<Response> {
  const { request, response } = nodeRequest(plain);
  const chunks: Buffer[] = [];
  const ended = new Promise<void>((resolve) => {
    const keep = (chunk: unknown): void => {
      if (typeof chunk === 'string') chunks.push(Buffer.from(chunk));
      else if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
    };
    response.write = (chunk: unknown): boolean => {
      keep(chunk);
      return true;
    };
    response.end = (chunk?: unknown): ServerResponse => {
      keep(chunk);
      resolve();
      return response;
    };
  });
  await handler(request, response);
  await ended;
  const headers = new Headers();
  for (const [name, value] of Object.entries(response.getHeaders())) {
    if (value === undefined || isOurs(name)) continue;
    for (const one of Array.isArray(value) ? value : [String(value)]) headers.append(name, one);
  }
  const { statusCode: status } = response;
  const hasBody = chunks.length > 0 && status !== 204 && status !== 304;
  return new Response(hasBody ? Buffer.concat(chunks) : null, { status, headers });
}

/** The door says itself who may read what, and how long an answer is. */
function isOurs(name: string): boolean {
  return name.startsWith('access-control-') || name === 'content-length' || name === 'vary';
}
