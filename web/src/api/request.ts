import { noteServerTime } from '../live/server-clock.ts';
import { csrfToken } from './session.ts';

/** A refusal of the daemon: what was wrong, and what to do instead. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string | undefined;

  constructor(status: number, code: string, message: string, hint: string | undefined) {
    super(message);
    this.name = 'Refused';
    this.status = status;
    this.code = code;
    this.hint = hint;
  }
}

/** The daemon did not answer at all. */
export class Unreachable extends Error {
  constructor() {
    super('The daemon does not answer.');
    this.name = 'Unreachable';
  }
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** The path with the parts of the query that say something. */
function pathWith(path: string, query: Query = {}): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)] as [string, string]],
  );
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
}

export function get<Answer>(path: string, query?: Query, signal?: AbortSignal): Promise<Answer> {
  return request('GET', pathWith(path, query), undefined, signal);
}

export function send<Answer>(
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body: unknown = {},
): Promise<Answer> {
  return request(method, path, body);
}

/** A file that the daemon makes, with the name that it gives to it. */
export async function fetchFile(
  path: string,
  body: unknown,
): Promise<{ readonly name: string; readonly content: Blob }> {
  const response = await ask('POST', path, body);
  if (!response.ok) throw refusedBy(response.status, await jsonOf(response));
  const told = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '');
  return { name: told?.[1] ?? 'carillon', content: await response.blob() };
}

async function request<Answer>(
  method: string,
  path: string,
  body: unknown,
  signal?: AbortSignal,
): Promise<Answer> {
  const sentAt = performance.now();
  const response = await ask(method, path, body, signal);
  if (response.status === 204) return undefined as Answer;
  const answer = await jsonOf(response);
  if (!response.ok) throw refusedBy(response.status, answer);
  noteServerTime(answer, performance.now() - sentAt);
  return answer as Answer;
}

function jsonOf(response: Response): Promise<unknown> {
  return response.json().catch(() => undefined);
}

function ask(method: string, path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  return fetch(`/api/v1${path}`, {
    method,
    credentials: 'same-origin',
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...csrfHeader(method),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((error: unknown) => {
    if (signal?.aborted === true) throw error;
    throw new Unreachable();
  });
}

function refusedBy(status: number, answer: unknown): Refused {
  const problem = (answer ?? {}) as { code?: string; detail?: string; hint?: string };
  return new Refused(
    status,
    problem.code ?? 'internal',
    problem.detail ?? `The daemon answered ${status}.`,
    problem.hint,
  );
}

function csrfHeader(method: string): Record<string, string> {
  const token = method === 'GET' ? undefined : csrfToken();
  return token === undefined ? {} : { 'x-csrf-token': token };
}
