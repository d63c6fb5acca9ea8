/** A key that may be the one that opens what is stored. */
export type MasterKey = {
  /** `staged`: made by a change that was interrupted. `previous`: named by the configuration. */
  readonly kind: 'usual' | 'staged' | 'previous';
  readonly bytes: Uint8Array;
};

/** Where the master key comes from. A source that is not ours to write lacks the last three. */
export type MasterKeySource = {
  /** What to name in a refusal. */
  readonly name: string;
  /**
   * The usual key first, then others that may hold; empty when the usual one is missing. Refuses one
   * that is unsafe or of the wrong length.
   */
  read(): Promise<readonly MasterKey[]>;
  /** Makes one unless another process was faster, and answers with the one that holds. */
  readonly create?: () => Promise<Uint8Array>;
  /** Puts a new key beside the usual one, in the place of any that was put there before. */
  readonly stage?: () => Promise<Uint8Array>;
  /** Lets the staged key take the place of the usual one. */
  readonly promote?: () => Promise<void>;
};
