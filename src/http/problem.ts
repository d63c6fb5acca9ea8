import type { Refusal, RefusalCode } from '../domain/refusal.ts';

const STATUS: Readonly<Record<RefusalCode, number>> = {
  invalid: 400,
  not_found: 404,
  conflict: 409,
  forbidden: 403,
  unavailable: 503,
  internal: 500,
};

const TITLE: Readonly<Record<RefusalCode, string>> = {
  invalid: 'The request is not valid',
  not_found: 'There is no such thing',
  conflict: 'It conflicts with how things are',
  forbidden: 'It is not allowed',
  unavailable: 'It is not possible now',
  internal: 'Something went wrong inside',
};

export function statusOf(code: RefusalCode): number {
  return STATUS[code];
}

/** A refusal as an RFC 9457 problem. `status` may be more exact than what the code stands for. */
export function problemResponse(
  refusal: Refusal,
  status: number = STATUS[refusal.code],
  headers: Readonly<Record<string, string>> = {},
): Response {
  const { code, message, hint } = refusal;
  const body = {
    type: 'about:blank',
    title: TITLE[code],
    status,
    detail: message,
    code,
    hint: hint ?? null,
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  });
}
