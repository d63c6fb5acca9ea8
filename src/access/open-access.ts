import { hkdfSync } from 'node:crypto';
import { scopesIn, type Principal } from '../domain/principal.ts';
import type { AccessRecords, ApiKeyRows } from '../ports/access.ts';
import type { Clock } from '../ports/clock.ts';
import { readToken } from './access-token.ts';
import { addressesOf, type Addresses } from './addresses.ts';
import { openKeyRing, principalOf, type KeyRing } from './api-keys.ts';
import { grantClientCredentials, oauthError } from './client-credentials.ts';
import { rateLimit } from './rate-limit.ts';
import { sealedRecords } from './sealed-records.ts';
import { openSigningKey, type SigningKey } from './signing-key.ts';

export type AccessPorts = {
  readonly apiKeys: ApiKeyRows;
  readonly records: AccessRecords;
  readonly clock: Clock;
};

export type AccessOptions = {
  /** Kept outside the database; seals what lies in it. */
  readonly key: Uint8Array;
  /** The address by which clients elsewhere know the daemon; empty when there are none. */
  readonly publicUrl: string;
};

/** A request to one of the paths of `Access`. */
export type AccessRequest = {
  readonly request: Request;
  readonly body: string;
  /** The address it came from. */
  readonly from: string | undefined;
};

/** Who is asking: keys, tokens, and the server that hands tokens out. */
export type Access = {
  readonly keys: KeyRing;
  /** Answered without a token. */
  readonly paths: readonly string[];
  /** Told where the daemon listens, before anything is asked. */
  listens(own: string): void;
  fetch(request: AccessRequest): Promise<Response>;
  /** Whom a bearer token speaks for, if it is a key or was got for one. */
  read(token: string, client: string | undefined): Promise<Principal | undefined>;
};

const TOKEN_REQUESTS_MAX = 60;
const MINUTE_MS = 60_000;

export function openAccess(ports: AccessPorts, options: AccessOptions): Access {
  const { clock } = ports;
  const records = sealedRecords(ports.records, recordKey(options.key));
  const keys = openKeyRing(ports.apiKeys, clock);
  const mayAsk = rateLimit(clock, TOKEN_REQUESTS_MAX, MINUTE_MS);
  let addresses: Addresses | undefined;
  let signing: Promise<SigningKey> | undefined;
  const signingKey = (): Promise<SigningKey> =>
    (signing ??= openSigningKey(records).catch((error: unknown) => {
      signing = undefined;
      throw error;
    }));
  const known = (): Addresses => {
    if (addresses === undefined) throw new Error('The daemon does not listen yet.');
    return addresses;
  };
  const partiesOf = ({ issuer, resource }: Addresses) => ({ issuer, audience: resource });

  return {
    keys,
    paths: ['/oauth/token', '/token'],
    listens: (own) => {
      addresses = addressesOf(options.publicUrl, own);
    },
    fetch: async ({ request, body, from }) => {
      const waitSeconds = mayAsk(from ?? '');
      if (waitSeconds !== undefined) return tooOften(waitSeconds);
      const form = new URLSearchParams(body);
      if (form.get('grant_type') !== 'client_credentials') {
        return oauthError(400, 'unsupported_grant_type', 'Ask for client_credentials.');
      }
      const authorization = request.headers.get('authorization') ?? undefined;
      return grantClientCredentials(
        { form, authorization },
        keys,
        await signingKey(),
        { ...partiesOf(known()), isResource: known().isResource },
        clock,
      );
    },
    read: async (token, client) => {
      if (!token.includes('.')) return keys.read(token, client);
      const claims = readToken(await signingKey(), partiesOf(known()), token, clock.now());
      const key = claims === undefined ? undefined : await keys.use(claims.sub);
      if (claims === undefined || key === undefined) return undefined;
      return principalOf(key, 'machine', scopesIn(claims.scope), client);
    },
  };
}

function tooOften(waitSeconds: number): Response {
  return oauthError(429, 'temporarily_unavailable', 'Too many requests. Wait, then try again.', {
    'retry-after': String(waitSeconds),
  });
}

const KEY_BYTES = 32;

/** A key of its own, so that what is sealed for one purpose never opens for another. */
function recordKey(key: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, '', 'carillon access records', KEY_BYTES));
}
