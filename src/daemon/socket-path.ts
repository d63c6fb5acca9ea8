import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Refusal } from '../domain/refusal.ts';
import type { DaemonFiles } from '../installation/daemon-files.ts';
import type { Machine } from '../installation/places.ts';

/**
 * Where the daemon listens for pipes. Clients read it from the daemon's notice, so that only the
 * daemon has to know these rules.
 */
export function socketPath(files: DaemonFiles, machine: Machine): string {
  const hash = createHash('sha256').update(files.folder).digest('hex').slice(0, HASH_LENGTH);
  if (machine.platform === 'win32') return String.raw`\\.\pipe\carillon-${hash}`;
  const plain = join(files.runFolder, 'mcp.sock');
  if (Buffer.byteLength(plain) <= PATH_BYTES_MAX) return plain;
  // XDG says that a relative path in its variables is to be ignored.
  const runtime = machine.environment['XDG_RUNTIME_DIR'];
  const base = runtime?.startsWith('/') === true ? runtime : tmpdir();
  return join(base, `carillon-${String(process.getuid?.() ?? 0)}`, `${hash}.sock`);
}

/** Makes the folder of the socket, or refuses one that somebody else could reach into. */
export function prepareSocketFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== process.getuid?.()) {
    throw new Refusal(
      'forbidden',
      `The folder ${folder} belongs to somebody else, so the daemon does not listen in it.`,
      'Choose a shorter data folder, or set XDG_RUNTIME_DIR.',
    );
  }
  if ((found.mode & 0o077) !== 0) chmodSync(folder, 0o700);
}

const HASH_LENGTH = 24;

// The address of a Unix socket has 108 bytes on Linux and 104 on macOS, its end included.
const PATH_BYTES_MAX = 100;
