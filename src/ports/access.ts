import type { ApiKey, KeyId } from '../domain/api-key.ts';
import type { Scope } from '../domain/principal.ts';

/** The keys of programs, by which they are known. */
export type ApiKeys = {
  /** @returns the key with the text that its program has to show, which is told this once. */
  issue(draft: ApiKeyDraft): Promise<IssuedKey | 'name_taken' | 'too_many'>;
  /** Newest first. */
  list(): Promise<readonly ApiKey[]>;
  /** By id or name. @returns `undefined` when no key that could be used is called so. */
  revoke(reference: string): Promise<ApiKey | undefined>;
};

export type ApiKeyDraft = {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly createdBy: string;
  readonly expiresAt: Temporal.Instant | undefined;
};

export type IssuedKey = { readonly key: ApiKey; readonly text: string };

/** The programs that a person has let in by OAuth, and the browsers in which a person has signed in. */
export type Admissions = {
  /** Newest first. */
  listConnections(): Promise<readonly Connection[]>;
  /** Takes back what a program was granted, with its tokens. @returns `undefined` when there is no such grant. */
  revokeConnection(id: string): Promise<Connection | undefined>;
  readSessions(): Promise<SignedIn>;
  /** @returns how many sessions ended. */
  signOutEverybody(): Promise<number>;
};

/** One consent of a person to one program. */
export type Connection = {
  readonly id: string;
  readonly clientId: string;
  /** As the program calls itself; text from outside. */
  readonly clientName: string;
  readonly scopes: readonly Scope[];
  readonly admittedAt: Temporal.Instant;
  readonly expiresAt: Temporal.Instant | undefined;
};

export type SignedIn = { readonly sessions: number; readonly hasPassword: boolean };

/** A key and the digest of its text; the text itself is nowhere. */
export type ApiKeyRow = ApiKey & { readonly digest: string };

export type ApiKeyRows = {
  insert(row: ApiKeyRow): Promise<'inserted' | 'name_taken'>;
  find(id: KeyId): Promise<ApiKeyRow | undefined>;
  /** The key of this name that is not revoked. */
  findByName(name: string): Promise<ApiKeyRow | undefined>;
  /** Newest first. */
  list(limit: number): Promise<readonly ApiKeyRow[]>;
  /** @returns `false` when it was revoked before, or never was. */
  revoke(id: KeyId, at: Temporal.Instant): Promise<boolean>;
  noteUse(id: KeyId, at: Temporal.Instant): Promise<void>;
};

/**
 * What the doors remember about whom they let in: sessions, codes, tokens, clients. The bytes are
 * sealed and the ids digests, so that a copy of the table lets nobody in.
 */
export type AccessRecord = {
  /** What it is: `session`, `AuthorizationCode`… An id means something only within its kind. */
  readonly kind: string;
  readonly id: string;
  readonly sealed: Uint8Array;
  /** What it goes with: all of a group are removed together. */
  readonly group: string | undefined;
  /** Another name under which it is found. */
  readonly alias: string | undefined;
  readonly expiresAt: Temporal.Instant | undefined;
  readonly consumedAt: Temporal.Instant | undefined;
};

export type AccessRecords = {
  /** Writes it, in place of the one of the same id. */
  put(record: AccessRecord): Promise<void>;
  /** @returns `false`, with nothing written, when there is one of the same id. */
  insert(record: AccessRecord): Promise<boolean>;
  /** Also one that has expired: it is there until it is pruned. */
  find(kind: string, id: string): Promise<AccessRecord | undefined>;
  findByAlias(kind: string, alias: string): Promise<AccessRecord | undefined>;
  /** Of all that ask at once, exactly one gets `true`; nobody does when it is consumed or gone. */
  consume(kind: string, id: string, at: Temporal.Instant): Promise<boolean>;
  remove(kind: string, id: string): Promise<boolean>;
  removeGroup(kind: string, group: string): Promise<void>;
  removeKind(kind: string): Promise<void>;
  count(kind: string): Promise<number>;
  /** Those that live longest, first. */
  list(kind: string, limit: number): Promise<readonly AccessRecord[]>;
};
