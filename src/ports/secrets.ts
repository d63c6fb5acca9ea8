/** The vault: named values that runs may use and nobody may read back. */
export type Secrets = {
  /** Refuses names outside [A-Za-z_][A-Za-z0-9_.-]{0,63} and values over 64 KiB. */
  set(name: string, value: string): Promise<void>;
  /** @returns `false` when there was none. */
  remove(name: string): Promise<boolean>;
  list(): Promise<readonly SecretListing[]>;
  /** The values of these names. A name without a value is absent from the map. */
  resolve(names: readonly string[]): Promise<ReadonlyMap<string, string>>;
};

export type SecretListing = {
  readonly name: string;
  readonly createdAt: Temporal.Instant;
  readonly updatedAt: Temporal.Instant;
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
  /** @returns `false`, with nothing written, when the key is already there. */
  insertMeta(key: string, value: Uint8Array): Promise<boolean>;
  put(row: SecretRow): Promise<void>;
  get(names: readonly string[]): Promise<readonly SecretRow[]>;
  list(): Promise<readonly SecretListing[]>;
  remove(name: string): Promise<boolean>;
};
