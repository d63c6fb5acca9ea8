import type { Clock } from '../../ports/clock.ts';
import type { SealedRecords } from '../sealed-records.ts';
import { oauthError } from './client-credentials.ts';
import { checkClientMetadata, fingerprintOf, type ClientMetadata } from './client-metadata.ts';

/** Clients that are remembered at once. */
const CLIENTS_MAX = 1_000;
const KIND = 'registration';
const REMEMBERED_SECONDS = 90 * 24 * 3_600;

/**
 * Registers a client (RFC 7591). A public client that was here before gets the id that it had: many
 * register anew each time that they connect.
 *
 * @param register makes a new one of checked metadata.
 */
export async function registerClient(
  body: string,
  records: SealedRecords,
  clock: Clock,
  register: (metadata: ClientMetadata) => Promise<Response>,
): Promise<Response> {
  const given = objectIn(body);
  if (given === undefined) {
    return oauthError(400, 'invalid_client_metadata', 'The body must be a JSON object.');
  }
  const checked = checkClientMetadata(given);
  if (checked.kind === 'refused') return oauthError(400, checked.error, checked.description);
  const { metadata } = checked;
  const fingerprint = fingerprintOf(metadata);
  const before = await clientBefore(fingerprint, records, clock);
  if (before !== undefined) {
    const { redirect_uris } = metadata;
    return Response.json({ ...before, redirect_uris }, { status: 201 });
  }
  if ((await records.count('Client')) >= CLIENTS_MAX) {
    return oauthError(503, 'temporarily_unavailable', 'Too many clients are registered.');
  }
  const answer = await register(metadata);
  if (answer.status !== 201) return answer;
  const made = (await answer.json()) as ClientMetadata;
  if (fingerprint !== undefined) {
    const expiresAt = clock.now().add({ seconds: REMEMBERED_SECONDS });
    await records.put(KIND, fingerprint, made, { expiresAt });
  }
  return Response.json(made, { status: 201 });
}

/** What was answered to an equal registration whose client is still there. */
async function clientBefore(
  fingerprint: string | undefined,
  records: SealedRecords,
  clock: Clock,
): Promise<ClientMetadata | undefined> {
  if (fingerprint === undefined) return undefined;
  const known = (await records.find(KIND, fingerprint))?.value as ClientMetadata | undefined;
  if (known === undefined) return undefined;
  const client = await records.find('Client', String(known['client_id']));
  const endMs = client?.record.expiresAt?.epochMilliseconds ?? 0;
  // One that is about to be forgotten is made anew.
  return endMs - clock.now().epochMilliseconds > REST_MS_MIN ? known : undefined;
}

const REST_MS_MIN = 3_600_000;

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
