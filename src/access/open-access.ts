import { hkdfSync } from 'node:crypto';
import type { Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Egress } from '../egress/egress.ts';
import type { AccessRecords, Admissions, ApiKeyRows } from '../ports/access.ts';
import type { AuditTrail } from '../ports/audit.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { openAdmissions } from './admissions.ts';
import { answerAccess, ACCESS_PAGES, ACCESS_PATHS } from './answer-access.ts';
import { openKeyRing, type KeyRing } from './api-keys.ts';
import { accessLimits, type AccessLimits } from './access-limits.ts';
import { noteFrom, type Note } from './note.ts';
import { addressesOf, type Addresses } from './oauth/addresses.ts';
import { openAuthorizationServer } from './oauth/authorization-server.ts';
import { keyClient } from './oauth/key-clients.ts';
import { openGrants, type Grants } from './oauth/grants.ts';
import { resourceMetadataUrl } from './oauth/oauth-paths.ts';
import { openOAuthRoutes, type OAuthRoutes } from './oauth/oauth-routes.ts';
import { openSigningKey, type SigningKey } from './oauth/signing-key.ts';
import { type KeepSecret, makeSecretLink } from './people/asked-secrets.ts';
import { openPeople, type BasicLogin, type People, type TooOften } from './people/people.ts';
import { sessionCookie, type SessionCookie } from './people/session-cookie.ts';
import { ASKED_SECRET_PATH } from './pages/secret-pages.ts';
import { readBrowser, readJwt } from './read-callers.ts';
import { sealedRecords, type SealedRecords } from './sealed-records.ts';

export type AccessPorts = {
  readonly apiKeys: ApiKeyRows;
  readonly records: AccessRecords;
  readonly clock: Clock;
  readonly log: Log;
  readonly audit: Pick<AuditTrail, 'append'>;
  /** Fetches what clients say about themselves; closed to private networks. */
  readonly egress: Egress;
};

export type AccessOptions = {
  /** Kept outside the database; seals what lies in it. */
  readonly key: Uint8Array;
  /** The address by which clients elsewhere know the daemon; empty when there are none. */
  readonly publicUrl: string;
  /** Lets a browser in by name and password. */
  readonly basic: BasicLogin | undefined;
};

/** A request to one of the paths of `Access`. */
export type AccessRequest = {
  readonly request: Request;
  readonly body: string;
  /** The address it came from. */
  readonly from: string | undefined;
};

/** Who is asking: keys, tokens and sessions, and the server that hands them out. */
export type Access = {
  readonly keys: KeyRing;
  readonly admissions: Admissions;
  /** Links that sign a person in. */
  readonly signInLinks: { make(): Promise<string> };
  /** Pages on which a person gives the value of a secret. */
  readonly secretPages: {
    make(name: string): Promise<{ readonly url: string; readonly expiresAt: Temporal.Instant }>;
  };
  /** Answered without a token. */
  readonly paths: readonly string[];
  /** Those of them that a link on another site may lead to, with what lies below. */
  readonly pages: readonly string[];
  /** Where a browser finds the daemon. */
  address(): string;
  /**
   * Told where the daemon listens, before anything is asked.
   *
   * @param keepSecret stores what a person typed; without it there are no such pages.
   */
  listens(own: string, keepSecret?: KeepSecret): void;
  /** Told where else it listens, for clients of an older system. */
  alsoListens(own: string): void;
  fetch(request: AccessRequest): Promise<Response>;
  /** Whom a bearer token speaks for, if it is a key or was handed out here. */
  read(token: string, client: string | undefined): Promise<Principal | undefined>;
  /** Who sits at the browser that a request came from. */
  readBrowser(
    request: Request,
    from: string | undefined,
    client: string | undefined,
  ): Promise<Principal | 'nobody' | 'no_csrf' | TooOften>;
  /** Whether a browser may ask its person for name and password. */
  readonly hasBasic: boolean;
  /**
   * Where a caller, who knows the daemon as `host`, learns how to get a token.
   *
   * @param path of the MCP endpoint, when it is not `/mcp`.
   */
  metadataUrl(host: string | undefined, path?: string): string;
};

/** What the parts share. */
export type AccessInside = {
  readonly clock: Clock;
  readonly records: SealedRecords;
  readonly keys: KeyRing;
  readonly people: People;
  readonly grants: Grants;
  readonly limits: AccessLimits;
  readonly noteFrom: (from: string | undefined) => Note;
  readonly addresses: () => Addresses;
  readonly cookie: () => SessionCookie;
  /** Made or read when first wanted. */
  readonly signingKey: () => Promise<SigningKey>;
  readonly keepSecret: () => KeepSecret | undefined;
  /** Loaded when first wanted. */
  readonly oauth: () => Promise<OAuthRoutes>;
};

export function openAccess(ports: AccessPorts, options: AccessOptions): Access {
  const { clock, log, egress, audit } = ports;
  const key = recordKey(options.key);
  const records = sealedRecords(ports.records, key);
  const limits = accessLimits(clock);
  const keys = openKeyRing(ports.apiKeys, clock);
  const people = openPeople(records, clock, limits.signIn, options.basic);
  const grants = openGrants(records, clock);
  let listening: Addresses | undefined;
  const others: string[] = [];
  const kept: { keepSecret?: KeepSecret | undefined } = {};
  const addresses = (): Addresses => {
    if (listening === undefined) throw new Error('The daemon does not listen yet.');
    return listening;
  };
  const signingKey = once(() => openSigningKey(records));
  const inside: AccessInside = {
    clock,
    records,
    keys,
    people,
    grants,
    limits,
    noteFrom: (from) => noteFrom(audit, clock, from),
    addresses,
    cookie: () => sessionCookie(addresses().issuer.startsWith('https:')),
    signingKey,
    keepSecret: () => kept.keepSecret,
    oauth: once(async () => {
      const findClient = (id: string) => keyClient(keys, id);
      const parts = { records, clock, log, egress, key, findClient, addresses: addresses() };
      const provider = await openAuthorizationServer({ ...parts, signingKey: await signingKey() });
      return openOAuthRoutes(provider, records, clock);
    }),
  };
  return {
    keys,
    admissions: openAdmissions(grants, people),
    signInLinks: {
      make: async () => `${addresses().issuer}/sign-in?link=${await people.makeLink()}`,
    },
    secretPages: {
      make: async (name) => {
        if (kept.keepSecret === undefined) {
          throw new Refusal(
            'unavailable',
            'Without an HTTP door that asks who is there, no page can take a secret.',
            'Type: carillon secrets set NAME',
          );
        }
        const { token, expiresAt } = await makeSecretLink(records, clock, name);
        return { url: `${addresses().issuer}${ASKED_SECRET_PATH}?link=${token}`, expiresAt };
      },
    },
    paths: ACCESS_PATHS,
    pages: ACCESS_PAGES,
    address: () => `${addresses().issuer}/`,
    listens: (own, keepSecret) => {
      listening = addressesOf(options.publicUrl, own, others);
      kept.keepSecret = keepSecret;
    },
    alsoListens: (own) => {
      others.push(own);
    },
    fetch: (request) => answerAccess(inside, request),
    read: (token, client) =>
      token.includes('.') ? readJwt(inside, token, client) : keys.read(token, client),
    readBrowser: (request, from, client) => readBrowser(inside, request, from, client),
    hasBasic: people.hasBasic,
    metadataUrl: (host, path) => resourceMetadataUrl(addresses().resourceFor(host, path)),
  };
}

/** Does the work when it is first asked for, and again when it failed. */
function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () =>
    (made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    }));
}

const KEY_BYTES = 32;

/** A key of its own, so that what is sealed for one purpose never opens for another. */
function recordKey(key: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, '', 'carillon access records', KEY_BYTES));
}
