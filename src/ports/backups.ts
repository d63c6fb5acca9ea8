/** Copies of the data: all of it as it was at one moment, without keys and tokens. */
export type Backups = {
  /** Refuses as `conflict` while another copy is being made. */
  make(request: BackupRequest): Promise<BackupCopy>;
};

export type BackupRequest = {
  /** Whether kept output is left out. */
  readonly withoutOutput: boolean;
};

export type BackupCopy = {
  /** A name for the file, with the day. */
  readonly name: string;
  readonly bytes: number;
  /** Read once; the copy is gone when the stream has ended or was cancelled. */
  readonly content: ReadableStream<Uint8Array>;
};
