import { noteServerTime } from '../live/server-clock.ts';

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

/** Sends what must still be sent while the page is being left; nobody hears the answer. */
export function sendAtLast(path: string, body: unknown): void {
  void fetch(`/api/v1${path}`, {
    method: 'POST',
    credentials: 'same-origin',
    keepalive: true,
    headers: { 'content-type': 'application/json', ...csrfHeader('POST') },
    body: JSON.stringify(body),
  }).catch(() => undefined);
}

async function request<Answer>(
  method: string,
  path: string,
  body: unknown,
  signal?: AbortSignal,
): Promise<Answer> {
  const sentAt = performance.now();
  const response = await fetch(`/api/v1${path}`, {
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
  if (response.status === 204) return undefined as Answer;
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw refusedBy(response.status, answer);
  noteServerTime(answer, performance.now() - sentAt);
  return answer as Answer;
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

/** What proves that a change comes from this page: the cookie's twin, which other sites cannot read. */
function csrfHeader(method: string): Record<string, string> {
  if (method === 'GET') return {};
  const found = /(?:^|; )(?:__Host-)?carillon-csrf=([^;]+)/.exec(document.cookie)?.[1];
  return found === undefined ? {} : { 'x-csrf-token': found };
}
