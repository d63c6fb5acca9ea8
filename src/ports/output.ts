import type { RunId } from '../domain/id.ts';

export type OutputStream = 'stdout' | 'stderr';

/** The output that is kept of an attempt: masked, its head and its tail under a bound, and its true size. */
export type OutputWriter = {
  /** Takes bytes that are already masked. */
  append(stream: OutputStream, bytes: Uint8Array): void;
  /** Says that this many bytes were printed and are not going to be appended. */
  skip(stream: OutputStream, count: number): void;
  /** Whether the head is full, so that only the last bytes are still worth appending. */
  readonly isHeadFull: boolean;
  /** Bytes printed so far, kept or not. */
  readonly bytes: number;
  readonly isCut: boolean;
  /** Forgets what was kept of this attempt: its source is being read again from the start. */
  restart(): void;
  /** Writes what is still in memory. Nothing may be appended afterwards. */
  close(): void;
};

export type OutputPage = {
  /** Text of the kept output from `offset`, as it was printed but for bytes that are no UTF-8. Doors make it plain. */
  readonly text: string;
  readonly offset: number;
  /** Offset to ask for next. */
  readonly nextOffset: number;
  /** Bytes kept so far. */
  readonly keptBytes: number;
  /** Bytes printed so far. */
  readonly totalBytes: number;
  /** Bytes of the middle that were dropped. */
  readonly droppedBytes: number;
};

export type OutputQuery = {
  /** Byte offset in what is kept of the chosen streams; negative counts from the end. */
  readonly offset: number;
  /** The most bytes to answer with. */
  readonly bytesMax: number;
  readonly stream: OutputStream | 'all';
};

/** Kept output by run and attempt: append, and read by offset. */
export type OutputStore = {
  open(runId: RunId, attempt: number): OutputWriter;
  read(runId: RunId, attempt: number, query: OutputQuery): Promise<OutputPage>;
  /** Removes everything that is kept of these runs. */
  remove(runIds: readonly RunId[]): Promise<void>;
};
