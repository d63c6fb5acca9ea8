import { link, mkdir, open, rename, rm, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Refusal } from '../domain/refusal.ts';
import type { MasterKey, MasterKeySource } from './master-key.ts';
import { KEY_BYTES, type Random } from './seal.ts';

export type KeyFileOptions = {
  readonly path: string;
  /** Whether it is handed to us, as a credential is, and neither made nor changed by us. */
  readonly isReadOnly?: boolean;
  /** The file with the key before, from which the secrets move to this one. */
  readonly previous?: string | undefined;
};

/** The master key in a file of its own, which only its owner may read: 32 bytes, or those in hex or base64. */
export function keyFile(options: KeyFileOptions, random: Random): MasterKeySource {
  const { path, previous } = options;
  const staged = `${path}.next`;
  const read = async (): Promise<readonly MasterKey[]> => {
    const usual = await readKey(path);
    if (usual === undefined) return [];
    const others = [
      // One that cannot be read was never finished, so nothing is sealed by it.
      { kind: 'staged', bytes: await readKey(staged).catch(() => undefined) },
      { kind: 'previous', bytes: previous === undefined ? undefined : await readKey(previous) },
    ] as const;
    return [
      { kind: 'usual', bytes: usual },
      ...others.flatMap(({ kind, bytes }) => (bytes === undefined ? [] : [{ kind, bytes }])),
    ];
  };
  if (options.isReadOnly === true) return { name: `the credential ${path}`, read };
  return {
    name: `the file ${path}`,
    read,
    create: () => createKey(path, random),
    stage: async () => {
      await rm(staged, { force: true });
      const key = random(KEY_BYTES);
      await writeKey(staged, key);
      await flushFolder(dirname(path));
      return key;
    },
    promote: async () => {
      await rename(staged, path);
      await flushFolder(dirname(path));
    },
  };
}

async function readKey(path: string): Promise<Uint8Array | undefined> {
  let file;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw unusable(
      path,
      'cannot be opened',
      'Make it readable for the user that runs this daemon.',
    );
  }
  try {
    const facts = await file.stat();
    if (!facts.isFile()) throw unusable(path, 'is not a file', 'Put the key file in its place.');
    requirePrivate(path, facts.mode);
    await requireFolder(path);
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(FILE_BYTES_MAX),
      0,
      FILE_BYTES_MAX,
      0,
    );
    const key = keyIn(buffer.subarray(0, bytesRead));
    if (key === undefined) {
      const mend = `A key has ${KEY_BYTES} bytes, or is those in hex or base64. Put the right file back from your copy.`;
      throw unusable(path, 'does not hold a key', mend);
    }
    return key;
  } finally {
    await file.close();
  }
}

/** A key in hex with some white space around it; a longer file is none. */
const FILE_BYTES_MAX = 80;

function keyIn(found: Buffer): Uint8Array | undefined {
  if (found.length === KEY_BYTES) return new Uint8Array(found);
  const text = found.toString('latin1').trim();
  if (/^[0-9a-f]{64}$/i.test(text)) return new Uint8Array(Buffer.from(text, 'hex'));
  if (/^[A-Za-z0-9+/]{43}=?$/.test(text)) return new Uint8Array(Buffer.from(text, 'base64'));
  return undefined;
}

async function createKey(path: string, random: Random): Promise<Uint8Array> {
  try {
    await placeKey(path, random);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw unusable(
      path,
      'could not be created',
      'Make its folder writable for the user that runs this daemon.',
    );
  }
  const key = await readKey(path);
  if (key === undefined) throw unusable(path, 'could not be created', 'Check its folder.');
  return key;
}

async function placeKey(path: string, random: Random): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await requireFolder(path);
  // Written beside it and linked into place: another process sees the whole key or none.
  const draft = `${path}.${Buffer.from(random(8)).toString('hex')}.new`;
  await writeKey(draft, random(KEY_BYTES));
  try {
    await link(draft, path);
    await flushFolder(folder);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') await writeWithoutLinks(path, random);
  } finally {
    await unlink(draft);
  }
}

/** For file systems without hard links: exclusive as well, but another process may see half a key and refuse it. */
async function writeWithoutLinks(path: string, random: Random): Promise<void> {
  try {
    await writeKey(path, random(KEY_BYTES));
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}

async function writeKey(path: string, key: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(key);
    // A secret must never be on the disk before the key that opens it.
    await file.sync();
  } finally {
    await file.close();
  }
}

async function flushFolder(folder: string): Promise<void> {
  if (!HAS_MODES) return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const HAS_MODES = process.platform !== 'win32';

function requirePrivate(path: string, mode: number): void {
  if (!HAS_MODES || (mode & 0o077) === 0) return;
  throw unusable(path, 'can be read by other users', 'Allow only its owner: chmod 600.');
}

/** Whoever may write into the folder could put another key in its place. */
async function requireFolder(path: string): Promise<void> {
  const { mode } = await stat(dirname(path));
  if (!HAS_MODES || (mode & 0o022) === 0) return;
  throw unusable(
    path,
    'lies in a folder that other users may write to',
    'Allow only its owner: chmod 700.',
  );
}

function unusable(path: string, problem: string, mend: string): Refusal {
  const message = `The file with the master key of the secrets ${problem}, so no secret can be read or set.`;
  return new Refusal('unavailable', message, `${mend} The file: ${path}`);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
