import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { glob, stat } from 'node:fs/promises';
import path from 'node:path';

/** What can be compared of the files that a path or glob leads to. */
export type FilesState = {
  /** Of their names and contents. */
  readonly digest: string;
  readonly count: number;
  /** Whether there are more than FILES_MAX, so that a comparison would say nothing. */
  readonly isTooMuch: boolean;
};

const FILES_MAX = 5_000;
/** A file that is larger is told by its size and the time of its last change. */
const HASHED_BYTES_MAX = 16 * 1024 * 1024;

/** @param directory in which a relative name is meant. */
export async function filesState(name: string, directory: string): Promise<FilesState> {
  const found: string[] = [];
  let isTooMuch = false;
  try {
    for await (const entry of glob(name, { cwd: directory })) {
      if (found.length >= FILES_MAX) {
        isTooMuch = true;
        break;
      }
      found.push(path.resolve(directory, entry));
    }
  } catch {
    // A directory that is not there, or may not be read, holds no file.
  }
  const hash = createHash('sha256');
  let count = 0;
  for (const file of found.toSorted()) {
    const told = await tell(file);
    if (told === undefined) continue;
    count += 1;
    hash.update(JSON.stringify([file, told]));
  }
  return { digest: hash.digest('hex'), count, isTooMuch };
}

/** What tells a version of the file from another; `undefined` for what is no file. */
async function tell(file: string): Promise<string | undefined> {
  try {
    const facts = await stat(file);
    if (!facts.isFile()) return undefined;
    if (facts.size > HASHED_BYTES_MAX) return `${facts.size} ${facts.mtimeMs}`;
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(file)) hash.update(chunk as Uint8Array);
    return hash.digest('hex');
  } catch {
    return undefined;
  }
}
