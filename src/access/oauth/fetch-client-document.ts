import type { Egress } from '../../egress/egress.ts';
import { checkClientMetadata, type ClientMetadata } from './client-metadata.ts';
import { KNOWN_CLIENTS } from './known-clients.ts';

const DOCUMENT_BYTES_MAX = 64 * 1_024;
const FETCH_MS_MAX = 5_000;

/**
 * Fetches what a client says about itself under the address that is its id. Private addresses are
 * never asked, whatever the profile: anybody may name one. What is known by heart stands in for a
 * document that cannot be had.
 */
export function fetchClientDocument(egress: Egress) {
  return async (url: string | URL): Promise<Response> => {
    const address = String(url);
    const chunks: Uint8Array[] = [];
    const answer = await egress.request({
      method: 'GET',
      url: address,
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(FETCH_MS_MAX),
      redirects: 'none',
      bodyBytesMax: DOCUMENT_BYTES_MAX,
      readBytesMax: DOCUMENT_BYTES_MAX,
      onBody: (bytes) => {
        chunks.push(bytes.slice());
      },
    });
    const fetched =
      answer.kind === 'answered' && answer.status === 200
        ? objectIn(Buffer.concat(chunks).toString('utf8'))
        : undefined;
    const given = fetched ?? KNOWN_CLIENTS.get(address);
    if (given === undefined) {
      return new Response('There is no document.', {
        status: answer.kind === 'answered' && answer.status !== 200 ? answer.status : 502,
      });
    }
    const checked = checkClientMetadata(given);
    if (checked.kind === 'refused') return Response.json({ error: checked.error }, { status: 400 });
    const cacheControl = answer.kind === 'answered' ? answer.headers['cache-control'] : undefined;
    // Such a client has no secret that could be agreed on.
    const document = { token_endpoint_auth_method: 'none', ...checked.metadata };
    return Response.json(document, {
      headers: cacheControl === undefined ? {} : { 'cache-control': cacheControl },
    });
  };
}

function objectIn(text: string): ClientMetadata | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as ClientMetadata)
      : undefined;
  } catch {
    return undefined;
  }
}
