import type { RunId, TaskId } from '../domain/id.ts';
import type { SecretGrants } from '../domain/secrets/secret-grants.ts';

/** The vault: named values that runs may use and nobody may read back. */
export type Secrets = {
  /**
   * Refuses names outside [A-Za-z_][A-Za-z0-9_.-]{0,63} and values over 64 KiB.
   *
   * @param grants what may use it; as before when absent, and every task for a new one.
   */
  set(name: string, value: string, grants?: SecretGrants): Promise<void>;
  /** @returns `false` when there was none. */
  remove(name: string): Promise<boolean>;
  list(): Promise<readonly SecretListing[]>;
  /** The values of these names. A name without a value is absent from the map. */
  resolve(names: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** @returns `false` when there is no such secret. */
  setGrants(name: string, grants: SecretGrants): Promise<boolean>;
  /** Remembers who was handed these secrets last. */
  noteUse(names: readonly string[], by: SecretUser): Promise<void>;
  /** Seals every value under a new data key. What a crash interrupts, the next opening goes on with. */
  rotateDataKey(): Promise<{ readonly resealed: number }>;
  /** Replaces the master key. Refuses when its source is not ours to write. */
  rotateMasterKey(): Promise<void>;
  /** All values, sealed under a passphrase of 8 characters or more, as one line of text. */
  exportSealed(passphrase: string): Promise<string>;
  /** Values by name. Refuses as `invalid` another passphrase and a text that was changed. */
  openSealed(sealed: string, passphrase: string): Promise<ReadonlyMap<string, string>>;
};

export type SecretUser = {
  readonly taskId: TaskId;
  readonly taskName: string;
  readonly runId: RunId;
};

export type SecretListing = {
  readonly name: string;
  readonly createdAt: Temporal.Instant;
  readonly updatedAt: Temporal.Instant;
  readonly grants: SecretGrants;
  /** The latest run that was handed the value. */
  readonly lastUse: (SecretUser & { readonly at: Temporal.Instant }) | undefined;
};

/** The rows behind the vault, encrypted. Only `secrets/` reads them. */
export type SecretRow = {
  readonly name: string;
  readonly sealed: Uint8Array;
  readonly createdAt: Temporal.Instant;
  readonly updatedAt: Temporal.Instant;
};

export type SecretRows = {
  getMeta(key: string): Promise<Uint8Array | undefined>;
  /** Entries whose key begins so, by key. */
  listMeta(prefix: string): Promise<readonly SecretMeta[]>;
  /** @returns `false`, with nothing written, when the key is already there. */
  insertMeta(key: string, value: Uint8Array): Promise<boolean>;
  /** Writes and removes entries, all of them or none. */
  changeMeta(written: readonly SecretMeta[], removed: readonly string[]): Promise<void>;
  /** Keeps what may use it when `grants` is absent. */
  put(row: SecretRow, grants?: SecretGrants): Promise<void>;
  /** Replaces the sealed value if it is still `before`. @returns `false` otherwise. */
  replaceSealed(name: string, before: Uint8Array, after: Uint8Array): Promise<boolean>;
  setGrants(name: string, grants: SecretGrants): Promise<boolean>;
  noteUse(names: readonly string[], by: SecretUser, at: Temporal.Instant): Promise<void>;
  get(names: readonly string[]): Promise<readonly SecretRow[]>;
  list(): Promise<readonly SecretListing[]>;
  remove(name: string): Promise<boolean>;
};

export type SecretMeta = { readonly key: string; readonly value: Uint8Array };
