import { randomBytes } from 'node:crypto';
import { Refusal } from '../../domain/refusal.ts';
import type { Clock } from '../../ports/clock.ts';
import { askedPage, deadAskPage, storedPage } from '../pages/secret-pages.ts';
import type { SealedRecords } from '../sealed-records.ts';

/** Stores what a person typed. @param from the address it came from. */
export type KeepSecret = (name: string, value: string, from: string) => Promise<unknown>;

export type SecretLink = {
  /** The token of a page on which whoever has it gives the value, once. */
  readonly token: string;
  readonly expiresAt: Temporal.Instant;
};

const LINK_SECONDS = 900;
const TOKEN_BYTES = 32;
const TOKEN_CHARS_MAX = 128;
const KIND = 'asked_secret';

export async function makeSecretLink(
  records: SealedRecords,
  clock: Clock,
  name: string,
): Promise<SecretLink> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const expiresAt = clock.now().add({ seconds: LINK_SECONDS });
  await records.put(KIND, token, { name }, { expiresAt });
  return { token, expiresAt };
}

/**
 * The page of a link. The token is in the form and nowhere else that a page of another site could read,
 * so that it also proves where the form came from.
 */
export async function answerAskedSecret(
  records: SealedRecords,
  clock: Clock,
  keep: KeepSecret,
  request: {
    readonly method: string;
    readonly url: URL;
    readonly body: string;
    readonly from: string;
  },
): Promise<Response> {
  const form = new URLSearchParams(request.body);
  const isGiven = request.method === 'POST';
  const token = (isGiven ? form.get('link') : request.url.searchParams.get('link')) ?? '';
  const name = await nameOf(records, clock, token);
  if (name === undefined) return deadAskPage();
  if (!isGiven) return askedPage(name, token, undefined);
  const value = form.get('value') ?? '';
  if (value === '') return askedPage(name, token, 'The value is empty.', 400);
  if (!(await records.consume(KIND, token, clock.now()))) return deadAskPage();
  try {
    await keep(name, value, request.from);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const again = await makeSecretLink(records, clock, name);
    return askedPage(name, again.token, error.message, 400);
  }
  return storedPage(name);
}

async function nameOf(
  records: SealedRecords,
  clock: Clock,
  token: string,
): Promise<string | undefined> {
  const found = token.length > TOKEN_CHARS_MAX ? undefined : await records.find(KIND, token);
  if (found === undefined || found.record.consumedAt !== undefined) return undefined;
  const { expiresAt } = found.record;
  if (expiresAt !== undefined && Temporal.Instant.compare(expiresAt, clock.now()) <= 0) {
    return undefined;
  }
  return (found.value as { readonly name: string }).name;
}
