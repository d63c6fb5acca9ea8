import type { Egress } from '../../egress/egress.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Outgoing } from '../../ports/outgoing.ts';
import { keptHeaders } from './kept-headers.ts';

/** Bytes of an answer that are read at all; the rest tells nothing about an address. */
const READ_BYTES_MAX = 1_048_576;

/** Single requests that belong to no run, on the same way out as those of tasks. */
export function outgoing(options: {
  readonly egress: Egress;
  readonly clock: Clock;
  readonly version: string;
}): Outgoing {
  const { egress, clock, version } = options;
  return async ({ method, url, headers, body, timeoutMs, bodyBytesMax, signal }) => {
    const startedMs = clock.monotonicMs();
    const chunks: Uint8Array[] = [];
    const answer = await egress.request({
      method,
      url,
      headers: { 'user-agent': `carillon/${version}`, ...headers },
      body,
      signal,
      timeoutMs,
      bodyBytesMax,
      readBytesMax: READ_BYTES_MAX,
      onBody: (bytes) => {
        chunks.push(new Uint8Array(bytes));
      },
    });
    const durationMs = Math.round(clock.monotonicMs() - startedMs);
    if (answer.kind === 'failed') return { kind: 'failed', message: answer.message, durationMs };
    return {
      kind: 'answered',
      status: answer.status,
      headers: keptHeaders(answer.headers, []),
      url: answer.url,
      body: new Uint8Array(Buffer.concat(chunks)),
      bodyBytes: answer.bodyBytes,
      durationMs,
    };
  };
}
