import { requireScope, type Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import { checkHeader, checkLength, checkMethod, checkUrl } from './check-values.ts';
import type { ServicePorts } from './services.ts';

export type TestAddressRequest = {
  readonly url: string;
  /** GET when absent, POST with a body. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** 30 seconds when absent; up to a minute. */
  readonly timeoutMs?: number;
};

/** What an address answered, or why nothing came. */
export type AddressAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly url: string;
      /** The beginning of the body as text; from outside. */
      readonly body: string;
      readonly bodyBytes: number;
      readonly durationMs: number;
    }
  | { readonly kind: 'failed'; readonly message: string; readonly durationMs: number };

const TIMEOUT_MS_DEFAULT = 30_000;
const TIMEOUT_MS_MAX = 60_000;
const EXCERPT_BYTES_MAX = 4_096;
const HEADERS_MAX = 100;

/** Requests an address once, as a task would, and tells what came back. Nothing is kept. */
export async function testAddress(
  { outgoing }: ServicePorts,
  principal: Principal,
  request: TestAddressRequest,
  signal: AbortSignal,
): Promise<AddressAnswer> {
  // It is as good as a task with this request.
  requireScope(principal, 'tasks:write');
  const { url, body, headers = {}, timeoutMs = TIMEOUT_MS_DEFAULT } = request;
  checkUrl(url);
  const method = checkMethod(request.method ?? (body === undefined ? 'GET' : 'POST'));
  const entries = Object.entries(headers);
  if (entries.length > HEADERS_MAX) {
    throw new Refusal(
      'invalid',
      `There are ${entries.length} headers; the most is ${HEADERS_MAX}.`,
    );
  }
  for (const [name, value] of entries) checkHeader(name, value);
  if (body !== undefined) checkLength('The body', body);
  if (!(timeoutMs > 0 && timeoutMs <= TIMEOUT_MS_MAX)) {
    throw new Refusal('invalid', 'The timeout must be more than 0 and at most 60 seconds.');
  }
  if (outgoing === undefined) throw new Refusal('unavailable', 'Nothing can be requested here.');
  const bodyBytesMax = EXCERPT_BYTES_MAX;
  const asked = { method, url, headers, body, timeoutMs, bodyBytesMax, signal };
  const answer = await outgoing(asked);
  return answer.kind === 'failed'
    ? answer
    : { ...answer, body: new TextDecoder().decode(answer.body) };
}
