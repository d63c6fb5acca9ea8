import type { Sink } from '../../ports/executor.ts';
import type { OutputStream } from '../../ports/output.ts';
import { sleep } from './sleep.ts';
import { STREAMS } from './spool.ts';
import type { Spool } from './spool.ts';

/** A spool file beyond this is truncated as soon as its bytes are handed over. */
const SPOOL_BYTES_MAX = 8 * 1024 * 1024;

/** What is read at the end of a stream when its middle is left out. */
const SPOOL_TAIL_BYTES = 64 * 1024;

/** What one pass reads at most, so that other work gets its turn. */
const PASS_BYTES_MAX = 256 * 1024;

/** How far into the tail we look for the beginning of a line. */
const LINE_BYTES_MAX = 16 * 1024;

const NEWLINE = 10;

/** Hands what a command prints to a sink, from two files that grow. */
export type Follower = {
  /** Hands over what has come. @returns how many bytes of the files that were, left out or not. */
  pass(): number;
  /** Hands over everything that is there now. */
  drain(): Promise<void>;
  /** Whether a file has grown beyond its bound. */
  isOverfull(): boolean;
  /** Empties the files while nobody writes, so that the true size stays exact. */
  truncate(writers: Writers): Promise<void>;
};

/** How much of each file has been handed over. */
export type Offsets = { readonly stdout: number; readonly stderr: number };

/** The processes that write to the spool. */
export type Writers = {
  /** Makes those of the group stand still: nearly always all there are. */
  stopGroup(): void;
  /** Makes the others stand still, too; they have to be looked for. */
  stopOthers(): Promise<void>;
  continueAll(): void;
};

/** @param begin where to go on. */
export function followSpool(spool: Spool, sink: Sink, begin: Offsets): Follower {
  const offsets = { ...begin };
  // Used again and again: a flood would leave the collector hundreds of them.
  const scratch = Buffer.allocUnsafeSlow(SPOOL_TAIL_BYTES);

  function pass(): number {
    let bytes = 0;
    for (const stream of STREAMS) bytes += passStream(stream, spool.size(stream));
    return bytes;
  }

  function passStream(stream: OutputStream, size: number): number {
    // The command has truncated its own output, as `> /dev/stdout` does with a file.
    if (size < offsets[stream]) offsets[stream] = 0;
    const unread = size - offsets[stream];
    if (unread <= 0) return 0;
    if (sink.isHeadFull && unread > SPOOL_TAIL_BYTES) {
      handOverTail(stream, size);
      return unread;
    }
    const bytes = spool.read(stream, offsets[stream], Math.min(unread, PASS_BYTES_MAX));
    if (bytes.length > 0) sink.write(stream, bytes);
    offsets[stream] += bytes.length;
    return bytes.length;
  }

  /** Leaves out everything but the last bytes; goes on at a line, so that no secret is cut in two. */
  function handOverTail(stream: OutputStream, size: number): void {
    const position = size - SPOOL_TAIL_BYTES;
    const tail = spool.readInto(scratch, stream, position);
    const newline = tail.subarray(0, LINE_BYTES_MAX).indexOf(NEWLINE);
    const from = newline === -1 ? 0 : newline + 1;
    sink.skip(stream, position - offsets[stream] + from);
    sink.write(stream, tail.subarray(from));
    offsets[stream] = position + tail.length;
  }

  async function drain(): Promise<void> {
    // Up to here, however much survivors of the command go on printing.
    const until = { stdout: spool.size('stdout'), stderr: spool.size('stderr') };
    for (const stream of STREAMS) {
      while (offsets[stream] < until[stream]) {
        const bytes = passStream(stream, until[stream]);
        if (bytes === 0) break;
        if (offsets[stream] < until[stream]) await sleep(0);
      }
    }
  }

  function isOverfull(): boolean {
    return STREAMS.some((stream) => spool.size(stream) > SPOOL_BYTES_MAX);
  }

  async function truncate(writers: Writers): Promise<void> {
    spool.noteStopped();
    writers.stopGroup();
    try {
      if (!(await isStill(spool))) {
        await writers.stopOthers();
        await isStill(spool);
      }
      await drain();
      for (const stream of STREAMS) {
        const bytes = passRest(stream);
        if (bytes === 0) continue;
        await spool.truncate(stream, bytes);
        offsets[stream] = 0;
      }
    } finally {
      writers.continueAll();
      spool.noteContinued();
    }
  }

  function passRest(stream: OutputStream): number {
    const size = spool.size(stream);
    for (let left = TRUNCATE_PASSES_MAX; left > 0 && offsets[stream] < size; left -= 1) {
      if (passStream(stream, size) === 0) break;
    }
    return offsets[stream];
  }

  return { pass, drain, isOverfull, truncate };
}

/** Passes over what came while the last ones were read; the rest would be lost, and is tiny or nothing. */
const TRUNCATE_PASSES_MAX = 8;

/** A stop takes effect a moment after it was sent; a write in progress is finished first. */
const STILL_CHECKS_MAX = 12;
const STILL_CHECK_MS = 2;

/** Whether the files stop growing, in a little while. */
async function isStill(spool: Spool): Promise<boolean> {
  let before = -1;
  for (let check = 0; check < STILL_CHECKS_MAX; check += 1) {
    const now = spool.size('stdout') + spool.size('stderr');
    if (now === before) return true;
    before = now;
    await sleep(STILL_CHECK_MS);
  }
  return false;
}
