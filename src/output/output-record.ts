import { appendFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { OutputStream, OutputWriter } from '../ports/output.ts';
import { encodeSegments, encodeTail, pushSegment, readKeptSync } from './kept-files.ts';
import type { AttemptFiles, Kept, Segment, TailSegment } from './kept-files.ts';
import { incompleteBytes, isContinuation } from './utf8-edges.ts';

/** The first bytes of an attempt that are kept. */
export const OUTPUT_HEAD_BYTES_MAX = 1024 * 1024;

/** The last bytes of an attempt that are kept when it printed more. */
export const OUTPUT_TAIL_BYTES_MAX = 64 * 1024;

/** Changes of stream in the head; with more it counts as full. */
const SEGMENTS_MAX = 65_536;

/** The writer of one attempt. The head goes straight to its file; the tail is in memory until `close`. */
export class OutputRecord implements OutputWriter {
  readonly #files: AttemptFiles;
  readonly #onClose: () => void;
  #head: Segment[];
  #headBytes: number;
  #isHeadFull: boolean;
  #hasIndex: boolean;
  #tail: Tail;
  #totals: { stdout: number; stderr: number };
  /** The beginning of a character whose rest has not come yet. */
  #carry: { stdout: Uint8Array; stderr: Uint8Array } = { stdout: NOTHING, stderr: NOTHING };
  #isOpen = true;

  constructor(files: AttemptFiles, onClose: () => void) {
    this.#files = files;
    this.#onClose = onClose;
    const kept = readKeptSync(files);
    this.#head = [...kept.head];
    this.#headBytes = kept.head.reduce((bytes, segment) => bytes + segment.bytes, 0);
    this.#hasIndex = existsSync(files.index);
    this.#totals = { ...kept.totals };
    this.#tail = new Tail(kept.tail);
    this.#isHeadFull = isFull(this.#headBytes, this.#head) || this.bytes > this.#headBytes;
  }

  append(stream: OutputStream, bytes: Uint8Array): void {
    if (!this.#isOpen || bytes.length === 0) return;
    this.#totals[stream] += bytes.length;
    const carried = this.#carry[stream];
    const all = carried.length === 0 ? bytes : Buffer.concat([carried, bytes]);
    const whole = all.length - incompleteBytes(all);
    this.#carry[stream] = whole === all.length ? NOTHING : new Uint8Array(all.subarray(whole));
    this.#keep(stream, all.subarray(0, whole));
  }

  skip(stream: OutputStream, count: number): void {
    if (!this.#isOpen || count <= 0) return;
    this.#flushCarry();
    this.#isHeadFull = true;
    this.#totals[stream] += count;
    // What came before the gap is not the end of the output any more.
    this.#tail.drop(stream);
  }

  get isHeadFull(): boolean {
    return this.#isHeadFull;
  }

  get bytes(): number {
    return this.#totals.stdout + this.#totals.stderr;
  }

  get isCut(): boolean {
    const carried = this.#carry.stdout.length + this.#carry.stderr.length;
    return this.bytes > this.#headBytes + this.#tail.bytes + carried;
  }

  restart(): void {
    if (!this.#isOpen) return;
    this.#removeFiles();
    this.#head = [];
    this.#headBytes = 0;
    this.#isHeadFull = false;
    this.#hasIndex = false;
    this.#tail = new Tail([]);
    this.#totals = { stdout: 0, stderr: 0 };
    this.#carry = { stdout: NOTHING, stderr: NOTHING };
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#flushCarry();
    this.#isOpen = false;
    this.#onClose();
    if (this.bytes === this.#headBytes) return;
    try {
      this.#makeFolder();
      writeFileSync(this.#files.tail, encodeTail(this.#tail.segments(), this.#totals), FILE_MODE);
    } catch {
      // The disk is full; the head stays.
    }
  }

  /** Writes nothing any more: the run has been removed. */
  forget(): void {
    this.#isOpen = false;
    this.#onClose();
  }

  /** What is kept by now, for a reader. */
  kept(): Kept {
    return {
      head: [...this.#head],
      tail: this.#tail.segments(),
      totals: { ...this.#totals },
    };
  }

  #flushCarry(): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      const carried = this.#carry[stream];
      this.#carry[stream] = NOTHING;
      this.#keep(stream, carried);
    }
  }

  #keep(stream: OutputStream, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const room = this.#isHeadFull ? 0 : this.#roomInHead(bytes);
    const forHead = this.#appendToHead(stream, bytes.subarray(0, room)) ? room : 0;
    if (forHead < bytes.length) {
      this.#isHeadFull = true;
      this.#tail.append(stream, bytes.subarray(forHead));
    }
    this.#isHeadFull ||= isFull(this.#headBytes, this.#head);
  }

  /** How many of these bytes the head takes without cutting a character in half. */
  #roomInHead(bytes: Uint8Array): number {
    const room = OUTPUT_HEAD_BYTES_MAX - this.#headBytes;
    if (bytes.length <= room) return bytes.length;
    return room - incompleteBytes(bytes.subarray(0, room));
  }

  /** @returns `false` when the disk refuses: what a run prints must not decide what becomes of it. */
  #appendToHead(stream: OutputStream, bytes: Uint8Array): boolean {
    if (bytes.length === 0) return true;
    try {
      if (this.#headBytes === 0) this.#makeFolder();
      appendFileSync(this.#files.head, bytes, FILE_MODE);
      pushSegment(this.#head, { stream, bytes: bytes.length });
      this.#headBytes += bytes.length;
      this.#noteStream(stream, bytes.length);
      return true;
    } catch {
      return false;
    }
  }

  #noteStream(stream: OutputStream, bytes: number): void {
    if (this.#hasIndex) {
      appendFileSync(this.#files.index, encodeSegments([{ stream, bytes }]));
    } else if (stream === 'stderr') {
      writeFileSync(this.#files.index, encodeSegments(this.#head), FILE_MODE);
      this.#hasIndex = true;
    }
  }

  #makeFolder(): void {
    mkdirSync(path.dirname(this.#files.head), { recursive: true, mode: 0o700 });
  }

  #removeFiles(): void {
    for (const file of Object.values(this.#files)) rmSync(file, { force: true });
  }
}

const NOTHING = new Uint8Array(0);
const FILE_MODE = { mode: 0o600 };

function isFull(headBytes: number, head: readonly Segment[]): boolean {
  return headBytes >= OUTPUT_HEAD_BYTES_MAX || head.length >= SEGMENTS_MAX;
}

/** Pieces of the tail are joined up to this size, so that many small writes do not become many objects. */
const PIECE_BYTES_MAX = 4096;

/** The last OUTPUT_TAIL_BYTES_MAX bytes of what is appended. */
class Tail {
  #pieces: { stream: OutputStream; data: Uint8Array }[];
  #bytes = 0;

  constructor(pieces: readonly TailSegment[]) {
    this.#pieces = [...pieces];
    this.#bytes = pieces.reduce((bytes, piece) => bytes + piece.data.length, 0);
  }

  get bytes(): number {
    return this.#bytes;
  }

  append(stream: OutputStream, bytes: Uint8Array): void {
    const from = wholeFrom(bytes, Math.max(0, bytes.length - OUTPUT_TAIL_BYTES_MAX));
    // A copy: the caller may use its buffer again.
    const data = new Uint8Array(bytes.subarray(from));
    this.#bytes += data.length;
    const last = this.#pieces.at(-1);
    if (last?.stream === stream && last.data.length + data.length <= PIECE_BYTES_MAX) {
      last.data = Buffer.concat([last.data, data]);
    } else this.#pieces.push({ stream, data });
    this.#trim();
  }

  drop(stream: OutputStream): void {
    this.#pieces = this.#pieces.filter((piece) => piece.stream !== stream);
    this.#bytes = this.#pieces.reduce((bytes, piece) => bytes + piece.data.length, 0);
  }

  segments(): readonly TailSegment[] {
    return this.#pieces.map(({ stream, data }) => ({ stream, data }));
  }

  /** Drops the oldest bytes beyond the bound, and the rest of a character that this cuts. */
  #trim(): void {
    let excess = this.#bytes - OUTPUT_TAIL_BYTES_MAX;
    let whole = 0;
    while (excess > 0) {
      const piece = this.#pieces[whole];
      if (piece === undefined) break;
      if (piece.data.length > excess) {
        const cut = wholeFrom(piece.data, excess);
        piece.data = piece.data.subarray(cut);
        this.#bytes -= cut;
        break;
      }
      this.#bytes -= piece.data.length;
      excess -= piece.data.length;
      whole += 1;
    }
    if (whole > 0) this.#pieces.splice(0, whole);
  }
}

/** The first position from `position` on that is not inside a character. */
function wholeFrom(bytes: Uint8Array, position: number): number {
  if (position === 0) return 0;
  let from = position;
  while (from < position + 3 && isContinuation(bytes[from])) from += 1;
  return from;
}
