import { readFile, stat } from 'node:fs/promises';
import { readFileSync, statSync } from 'node:fs';
import type { OutputStream } from '../ports/output.ts';

/** The files of one attempt; each is there only when there is something in it. */
export type AttemptFiles = {
  /** The first bytes of both streams, in the order in which they arrived. */
  readonly head: string;
  /** Which stretch of the head belongs to which stream; absent while all of it is stdout. */
  readonly index: string;
  /** The last bytes and the totals; written when the attempt ends, if the head was too small. */
  readonly tail: string;
};

/** A stretch of bytes of one stream. */
export type Segment = { readonly stream: OutputStream; readonly bytes: number };
export type TailSegment = { readonly stream: OutputStream; readonly data: Uint8Array };
export type Totals = { readonly stdout: number; readonly stderr: number };

/** What is kept of an attempt: the bytes of the head stay in their file. */
export type Kept = {
  readonly head: readonly Segment[];
  readonly tail: readonly TailSegment[];
  /** Bytes printed. */
  readonly totals: Totals;
};

export async function readKept(files: AttemptFiles): Promise<Kept> {
  const [size, index, tail] = await Promise.all([
    sizeOf(files.head),
    readOrNothing(files.index),
    readOrNothing(files.tail),
  ]);
  return parseKept(size, index, tail);
}

/** The same for a writer that goes on with an attempt; its files are small, save for the head, which is not read. */
export function readKeptSync(files: AttemptFiles): Kept {
  const size = statSync(files.head, { throwIfNoEntry: false })?.size ?? 0;
  const hasTail = statSync(files.tail, { throwIfNoEntry: false }) !== undefined;
  if (size === 0 && !hasTail) return parseKept(0, undefined, undefined);
  const hasIndex = statSync(files.index, { throwIfNoEntry: false }) !== undefined;
  return parseKept(
    size,
    hasIndex ? readFileSync(files.index) : undefined,
    hasTail ? readFileSync(files.tail) : undefined,
  );
}

const RECORD_BYTES = 4;
const STDERR_BIT = 0x8000_0000;

/** One record of the index: the stream in the highest bit, the length in the others. */
export function encodeSegments(segments: readonly Segment[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(segments.length * RECORD_BYTES));
  segments.forEach((segment, position) => {
    const bit = segment.stream === 'stderr' ? STDERR_BIT : 0;
    view.setUint32(position * RECORD_BYTES, (segment.bytes | bit) >>> 0, true);
  });
  return new Uint8Array(view.buffer);
}

function decodeSegments(bytes: Uint8Array, count: number): readonly Segment[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const segments: Segment[] = [];
  for (let position = 0; position < count; position += 1) {
    const record = view.getUint32(position * RECORD_BYTES, true);
    pushSegment(segments, {
      stream: record >= STDERR_BIT ? 'stderr' : 'stdout',
      bytes: record % STDERR_BIT,
    });
  }
  return segments;
}

/** Appends, as part of the last segment where that is of the same stream. */
export function pushSegment(segments: Segment[], segment: Segment): void {
  const last = segments.at(-1);
  if (last?.stream === segment.stream) {
    segments[segments.length - 1] = { stream: last.stream, bytes: last.bytes + segment.bytes };
  } else if (segment.bytes > 0) segments.push(segment);
}

const TAIL_HEADER_BYTES = 24;
// "CTL1": tells our file from any other, and this layout from a later one.
const TAIL_MAGIC = 0x314c_5443;

/** Header (magic, number of segments, both totals), the segments, then their bytes. */
export function encodeTail(tail: readonly TailSegment[], totals: Totals): Uint8Array {
  const segments = tail.map(({ stream, data }) => ({ stream, bytes: data.length }));
  const header = new DataView(new ArrayBuffer(TAIL_HEADER_BYTES));
  header.setUint32(0, TAIL_MAGIC, true);
  header.setUint32(4, segments.length, true);
  header.setBigUint64(8, BigInt(totals.stdout), true);
  header.setBigUint64(16, BigInt(totals.stderr), true);
  return Buffer.concat([
    new Uint8Array(header.buffer),
    encodeSegments(segments),
    ...tail.map(({ data }) => data),
  ]);
}

function decodeTail(file: Uint8Array): Pick<Kept, 'tail' | 'totals'> | undefined {
  if (file.length < TAIL_HEADER_BYTES) return undefined;
  const header = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (header.getUint32(0, true) !== TAIL_MAGIC) return undefined;
  const count = header.getUint32(4, true);
  let position = TAIL_HEADER_BYTES + count * RECORD_BYTES;
  if (position > file.length) return undefined;
  const tail = decodeSegments(file.subarray(TAIL_HEADER_BYTES), count).map((segment) => {
    const data = file.subarray(position, position + segment.bytes);
    position += segment.bytes;
    return { stream: segment.stream, data };
  });
  const totals = {
    stdout: Number(header.getBigUint64(8, true)),
    stderr: Number(header.getBigUint64(16, true)),
  };
  return { tail, totals };
}

function parseKept(
  headBytes: number,
  index: Uint8Array | undefined,
  tail: Uint8Array | undefined,
): Kept {
  const head: Segment[] = [];
  let left = headBytes;
  for (const segment of index === undefined
    ? []
    : decodeSegments(index, Math.floor(index.length / RECORD_BYTES))) {
    const bytes = Math.min(segment.bytes, left);
    pushSegment(head, { stream: segment.stream, bytes });
    left -= bytes;
  }
  // No index, or a daemon that was killed between two writes.
  pushSegment(head, { stream: 'stdout', bytes: left });
  const decoded = tail === undefined ? undefined : decodeTail(tail);
  return decoded === undefined
    ? { head, tail: [], totals: { stdout: sum(head, 'stdout'), stderr: sum(head, 'stderr') } }
    : { head, ...decoded };
}

function sum(segments: readonly Segment[], stream: OutputStream): number {
  return segments.reduce((bytes, one) => bytes + (one.stream === stream ? one.bytes : 0), 0);
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}

async function readOrNothing(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
