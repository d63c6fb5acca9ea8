import { scopesIn, type Scope } from '../../domain/principal.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SealedRecords } from '../sealed-records.ts';
import { KNOWN_CLIENTS } from './known-clients.ts';

/** What a person gave to a program. */
export type GivenGrant = {
  readonly id: string;
  readonly clientId: string;
  /** As the program calls itself. Text from outside. */
  readonly clientName: string;
  readonly scopes: readonly Scope[];
  readonly givenAt: Temporal.Instant;
  readonly expiresAt: Temporal.Instant | undefined;
};

/** What was given, to be seen and taken back. */
export type Grants = {
  /** Newest first, up to GRANTS_MAX. */
  list(): Promise<readonly GivenGrant[]>;
  /** No token of it is worth anything from now on. */
  takeBack(id: string): Promise<boolean>;
};

const GRANTS_MAX = 100;

export function openGrants(records: SealedRecords, clock: Clock): Grants {
  return {
    list: async () => {
      const given: GivenGrant[] = [];
      for (const { value, record } of await records.list('Grant', GRANTS_MAX)) {
        const grant = value as StoredGrant;
        const endMs = record.expiresAt?.epochMilliseconds ?? Infinity;
        if (endMs <= clock.now().epochMilliseconds) continue;
        given.push({
          id: grant.jti,
          clientId: grant.clientId,
          clientName: await nameOf(records, grant.clientId),
          scopes: scopesIn(grant.openid?.scope ?? ''),
          givenAt: Temporal.Instant.fromEpochMilliseconds(grant.iat * 1_000),
          expiresAt: record.expiresAt,
        });
      }
      return given.toSorted((a, b) => Temporal.Instant.compare(b.givenAt, a.givenAt));
    },
    takeBack: async (id) => {
      for (const kind of ['RefreshToken', 'AuthorizationCode']) await records.removeGroup(kind, id);
      return records.remove('Grant', id);
    },
  };
}

async function nameOf(records: SealedRecords, clientId: string): Promise<string> {
  const client = KNOWN_CLIENTS.get(clientId) ?? (await records.find('Client', clientId))?.value;
  return (client as { readonly client_name?: string } | undefined)?.client_name ?? clientId;
}

/** The parts of the library's record that are read here. */
type StoredGrant = {
  readonly jti: string;
  readonly clientId: string;
  readonly iat: number;
  readonly openid?: { readonly scope?: string };
};
