import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  ftruncate,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { unlink } from 'node:fs/promises';
import path from 'node:path';
import { isRunId } from '../../domain/id.ts';
import type { RunId } from '../../domain/id.ts';
import type { OutputStream } from '../../ports/output.ts';
import { DRAINED_LINE, parseStatus } from './wrapper.ts';
import type { Status } from './wrapper.ts';

export const STREAMS: readonly OutputStream[] = ['stdout', 'stderr'];

/**
 * The files of one attempt while it goes on: what it prints, and what its wrapper records. They lie
 * in one folder with those of other attempts, because making and removing folders costs more than files.
 */
export class Spool {
  /** Path of the files without their endings. */
  readonly stem: string;
  readonly #out: number;
  readonly #err: number;
  readonly #status: number;
  /** Bytes that were truncated away at the front of each file. */
  readonly #bases: { stdout: number; stderr: number };
  /** Whether a daemon died while it had stopped the command to truncate. */
  readonly wasStopped: boolean;
  #isOpen = true;

  private constructor(stem: string, flags: number) {
    const opened: number[] = [];
    const open = (ending: string): number => {
      const descriptor = openSync(stem + ending, flags, 0o600);
      opened.push(descriptor);
      return descriptor;
    };
    try {
      this.stem = stem;
      this.#out = open('.out');
      this.#err = open('.err');
      this.#status = open('.status');
      // The files of an attempt that is new are new, too.
      const truncated = (flags & constants.O_EXCL) === 0 ? this.#readTruncations() : NOT_TRUNCATED;
      this.#bases = { ...truncated.bases };
      this.wasStopped = truncated.isUnfinished;
    } catch (error) {
      for (const descriptor of opened) closeSync(descriptor);
      throw error;
    }
  }

  static create(stem: string): Spool {
    try {
      return new Spool(stem, NEW_FILE);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      // The same attempt was begun before and got no further than this.
      removeSpool(stem);
      return new Spool(stem, NEW_FILE);
    }
  }

  /** @returns `undefined` when nothing is left of the attempt. */
  static reopen(stem: string): Spool | undefined {
    return existsSync(`${stem}.status`) ? new Spool(stem, OLD_FILE) : undefined;
  }

  descriptorOf(stream: OutputStream): number {
    return stream === 'stdout' ? this.#out : this.#err;
  }

  size(stream: OutputStream): number {
    return fstatSync(this.descriptorOf(stream)).size;
  }

  baseOf(stream: OutputStream): number {
    return this.#bases[stream];
  }

  /** Up to `count` bytes from `position` of the file, in a buffer of their own. */
  read(stream: OutputStream, position: number, count: number): Uint8Array {
    return this.readInto(Buffer.allocUnsafe(count), stream, position);
  }

  /** The part of `buffer` that was filled. */
  readInto(buffer: Uint8Array, stream: OutputStream, position: number): Uint8Array {
    const descriptor = this.descriptorOf(stream);
    return buffer.subarray(0, readSync(descriptor, buffer, 0, buffer.length, position));
  }

  /**
   * Each step of a truncation is on disk before the next one is taken, so that a daemon which was
   * killed in between knows how much is gone, and that the command may be standing still.
   */
  noteStopped(): void {
    this.#note('stop\n');
  }

  /** Empties a file of which all `bytes` were handed over. */
  async truncate(stream: OutputStream, bytes: number): Promise<void> {
    this.#note(`begin ${stream} ${this.#bases[stream] + bytes}\n`);
    // Not at once: giving back many megabytes waits for the disk.
    await emptyFile(this.descriptorOf(stream));
    this.#bases[stream] += bytes;
  }

  noteContinued(): void {
    this.#note(`done ${this.#bases.stdout} ${this.#bases.stderr}\n`);
  }

  /** Where the wrapper writes its status to. */
  get statusDescriptor(): number {
    return this.#status;
  }

  status(): Status {
    return readStatus(this.stem);
  }

  /** Says that all output was handed over, so that only sweeping is left to do. */
  noteDrained(): void {
    writeSync(this.#status, DRAINED_LINE);
  }

  /** Milliseconds between the making of the files and the last line of the status. */
  elapsedMs(): number {
    const status = fstatSync(this.#status);
    return status.birthtimeMs === 0 ? 0 : Math.max(0, status.mtimeMs - status.birthtimeMs);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.#out);
    closeSync(this.#err);
    closeSync(this.#status);
  }

  #note(line: string): void {
    const descriptor = openSync(`${this.stem}.truncated`, 'a', 0o600);
    writeSync(descriptor, line);
    closeSync(descriptor);
  }

  #readTruncations(): Truncations {
    const bases = { stdout: 0, stderr: 0 };
    const file = `${this.stem}.truncated`;
    if (!existsSync(file)) return { bases, isUnfinished: false };
    let isUnfinished = false;
    for (const line of readFileSync(file, 'utf8').split('\n').slice(0, -1)) {
      const [word, first, second] = line.split(' ');
      if (word === 'done') {
        bases.stdout = Number(first);
        bases.stderr = Number(second);
        isUnfinished = false;
      } else if (word === 'stop') {
        isUnfinished = true;
      } else if (word === 'begin' && (first === 'stdout' || first === 'stderr')) {
        // Begun, and carried out only if the file is shorter than what was to go.
        const wanted = Number(second) - bases[first];
        if (this.size(first) < wanted) bases[first] = Number(second);
      }
    }
    return { bases, isUnfinished };
  }
}

function emptyFile(descriptor: number): Promise<void> {
  return new Promise((resolve, reject) => {
    ftruncate(descriptor, 0, (error) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
}

const OLD_FILE = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT;
const NEW_FILE = OLD_FILE | constants.O_EXCL;

type Truncations = {
  readonly bases: { readonly stdout: number; readonly stderr: number };
  readonly isUnfinished: boolean;
};

const NOT_TRUNCATED: Truncations = { bases: { stdout: 0, stderr: 0 }, isUnfinished: false };

export function spoolStem(folder: string, runId: RunId, attempt: number): string {
  return path.join(folder, `${runId}.${attempt}`);
}

/** Which attempt a file of the folder belongs to. */
export function parseSpoolName(
  name: string,
): { readonly runId: RunId; readonly attempt: number } | undefined {
  const [, runId, attempt] = /^(run_[0-9a-z]{1,40})\.(\d{1,6})\.status$/.exec(name) ?? [];
  if (runId === undefined || !isRunId(runId)) return undefined;
  return { runId, attempt: Number(attempt) };
}

/**
 * Where the command finds the payload of its run; `undefined` when there is none. It goes with the spool,
 * since what the command leaves behind may still read it.
 */
export function writePayload(stem: string, payload: string | undefined): string | undefined {
  if (payload === undefined) return undefined;
  const file = `${stem}.payload`;
  writeFileSync(file, payload, { mode: 0o600, flag: 'wx' });
  return file;
}

/** A descriptor to read standard input from. The text is gone from the disk's names before the command starts. */
export function openStdin(stem: string, text: string | undefined): number {
  if (text === undefined || text === '') return openSync('/dev/null', 'r');
  const file = `${stem}.stdin`;
  writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
  const descriptor = openSync(file, 'r');
  unlinkSync(file);
  return descriptor;
}

export function readStatus(stem: string): Status {
  try {
    return parseStatus(readFileSync(`${stem}.status`, 'latin1'));
  } catch {
    return { pid: undefined, exit: undefined, isDrained: false };
  }
}

/** The status goes last: without it nobody would find the others. */
const ENDINGS = ['.out', '.err', '.truncated', '.stdin', '.payload', '.status'];

export function removeSpool(stem: string): void {
  for (const ending of ENDINGS) rmSync(stem + ending, { force: true });
}

/** The same without holding up the daemon, for an attempt that ended in order. */
export async function removeSpoolLater(stem: string): Promise<void> {
  for (const ending of ENDINGS) {
    if (ending === '.stdin') continue;
    await unlink(stem + ending).catch(() => {
      // It was never there, or is gone already.
    });
  }
}
