import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { OutputPage, OutputQuery } from '../ports/output.ts';
import { isMissing } from './kept-files.ts';
import type { Kept } from './kept-files.ts';
import { incompleteBytes, isContinuation } from './utf8-edges.ts';

/** The most bytes of one page, whatever is asked for. */
export const PAGE_BYTES_MAX = 256 * 1024;

/** The fewest: a page takes at least one character. */
const PAGE_BYTES_MIN = 4;

/** A page of what is kept. It begins and ends between two characters. */
export async function readPage(
  headFile: string,
  kept: Kept,
  query: OutputQuery,
): Promise<OutputPage> {
  const pieces = selectPieces(kept, query.stream);
  const keptBytes = pieces.reduce((bytes, piece) => bytes + piece.bytes, 0);
  const totalBytes =
    query.stream === 'all' ? kept.totals.stdout + kept.totals.stderr : kept.totals[query.stream];
  const from = clamp(query.offset < 0 ? keptBytes + query.offset : query.offset, 0, keptBytes);
  const bytesMax = clamp(query.bytesMax, PAGE_BYTES_MIN, PAGE_BYTES_MAX);
  const bytes = await readBetween(headFile, pieces, from, Math.min(keptBytes, from + bytesMax));
  // An offset that somebody made up may point into a character.
  const start = from === 0 || query.offset >= 0 ? 0 : continuationsAtStart(bytes);
  const isWhole = from + bytes.length >= keptBytes;
  const end = isWhole ? bytes.length : bytes.length - incompleteBytes(bytes);
  return {
    text: DECODER.decode(bytes.subarray(start, end)),
    offset: from + start,
    nextOffset: from + end,
    keptBytes,
    totalBytes,
    droppedBytes: Math.max(0, totalBytes - keptBytes),
  };
}

const DECODER = new TextDecoder('utf-8', { ignoreBOM: true });

type Piece =
  | { readonly kind: 'head'; readonly position: number; readonly bytes: number }
  | { readonly kind: 'tail'; readonly data: Uint8Array; readonly bytes: number };

/** Where the bytes of the chosen streams are, in order. */
function selectPieces(kept: Kept, stream: OutputQuery['stream']): readonly Piece[] {
  const pieces: Piece[] = [];
  let position = 0;
  for (const segment of kept.head) {
    if (stream === 'all' || segment.stream === stream) {
      pieces.push({ kind: 'head', position, bytes: segment.bytes });
    }
    position += segment.bytes;
  }
  for (const segment of kept.tail) {
    if (stream === 'all' || segment.stream === stream) {
      pieces.push({ kind: 'tail', data: segment.data, bytes: segment.data.length });
    }
  }
  return pieces;
}

/** The bytes [from, until) of the pieces taken together. */
async function readBetween(
  headFile: string,
  pieces: readonly Piece[],
  from: number,
  until: number,
): Promise<Uint8Array> {
  const out = Buffer.alloc(Math.max(0, until - from));
  const inHead: Wanted[] = [];
  let offset = 0;
  for (const piece of pieces) {
    const start = Math.max(0, from - offset);
    const end = Math.min(piece.bytes, until - offset);
    if (start < end) {
      const at = offset + start - from;
      if (piece.kind === 'tail') out.set(piece.data.subarray(start, end), at);
      else inHead.push({ position: piece.position + start, bytes: end - start, at });
    }
    offset += piece.bytes;
    if (offset >= until) break;
  }
  const missing = await readHead(headFile, inHead, out);
  return out.subarray(0, out.length - missing);
}

/** A stretch of the head's file, and where it belongs in the page. */
type Wanted = { readonly position: number; readonly bytes: number; readonly at: number };

const WINDOW_BYTES = 64 * 1024;

/**
 * Reads the stretches, which are in ascending order, in windows of the file: they may be many and tiny.
 *
 * @returns how many bytes were not there.
 */
async function readHead(
  headFile: string,
  wanted: readonly Wanted[],
  out: Uint8Array,
): Promise<number> {
  const first = wanted[0];
  const last = wanted.at(-1);
  if (first === undefined || last === undefined) return 0;
  const file = await openOrNothing(headFile);
  let missing = wanted.reduce((bytes, one) => bytes + one.bytes, 0);
  if (file === undefined) return missing;
  try {
    const window = Buffer.alloc(WINDOW_BYTES);
    const until = last.position + last.bytes;
    let next = 0;
    for (let position = first.position; position < until; position += WINDOW_BYTES) {
      const { bytesRead } = await file.read(window, 0, WINDOW_BYTES, position);
      const windowEnd = position + bytesRead;
      for (let current = next; current < wanted.length; current += 1) {
        const one = wanted[current];
        if (one === undefined || one.position >= windowEnd) break;
        const start = Math.max(one.position, position);
        const end = Math.min(one.position + one.bytes, windowEnd);
        out.set(window.subarray(start - position, end - position), one.at + start - one.position);
        missing -= end - start;
        if (end === one.position + one.bytes) next = current + 1;
      }
      if (bytesRead < WINDOW_BYTES) break;
    }
  } finally {
    await file.close();
  }
  return missing;
}

async function openOrNothing(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, 'r');
  } catch (error) {
    // Removed meanwhile.
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function continuationsAtStart(bytes: Uint8Array): number {
  let count = 0;
  while (count < 3 && isContinuation(bytes[count])) count += 1;
  return count;
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, Math.trunc(value)));
}
