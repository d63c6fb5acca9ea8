import { without } from './request-headers.ts';

export type RequestBody = {
  readonly body: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
};

/** The body with a `Content-Type`, unless the task gives one: JSON when it is an object or an array. */
export function requestBody(
  body: string | undefined,
  headers: Readonly<Record<string, string>>,
): RequestBody {
  if (body === undefined) return { body, headers };
  const type = isJsonDocument(body) ? 'application/json' : 'text/plain; charset=utf-8';
  return { body, headers: { ...without({ 'Content-Type': type }, headers), ...headers } };
}

function isJsonDocument(text: string): boolean {
  if (!/^\s*[{[]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
