import { spawn } from 'node:child_process';
import { createReadStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { Refusal } from '../../domain/refusal.ts';
import type { DaemonFiles } from '../../installation/daemon-files.ts';
import { packageFolder } from '../../installation/package.ts';
import type { Backups } from '../../ports/backups.ts';
import type { Clock } from '../../ports/clock.ts';

const COPY_MS_MAX = 15 * 60_000;
const LAST_WORDS_CHARS_MAX = 2_000;

/** Copies of the data for whoever may have them. Copying blocks its process, so another one does it. */
export function offerBackups(files: DaemonFiles, clock: Clock): Backups {
  let isBusy = false;
  return {
    make: async ({ withoutOutput }) => {
      if (isBusy) {
        throw new Refusal('conflict', 'A backup is being made already.', 'Wait until it is done.');
      }
      isBusy = true;
      // Within the data folder: what is in it is nobody else's to read.
      const folder = mkdtempSync(join(files.runFolder, 'backup-'));
      const remove = (): void => rmSync(folder, { recursive: true, force: true });
      try {
        const file = join(folder, 'carillon.backup');
        await copy(files.folder, file, withoutOutput);
        const day = clock.now().toString().slice(0, 'yyyy-mm-dd'.length);
        const stream = createReadStream(file);
        stream.once('close', remove);
        return {
          name: `carillon-${day}.backup`,
          bytes: statSync(file).size,
          content: Readable.toWeb(stream) as ReadableStream<Uint8Array>,
        };
      } catch (error) {
        remove();
        throw error;
      } finally {
        isBusy = false;
      }
    },
  };
}

/** `carillon backup`, in a process of its own. */
function copy(dataFolder: string, file: string, withoutOutput: boolean): Promise<void> {
  const program = join(packageFolder(), 'bin', 'carillon.cjs');
  const child = spawn(
    process.execPath,
    [program, 'backup', file, '--data', dataFolder, ...(withoutOutput ? ['--no-output'] : [])],
    {
      cwd: dirname(file),
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: COPY_MS_MAX,
      windowsHide: true,
    },
  );
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => {
    said = (said + bytes.toString()).slice(-LAST_WORDS_CHARS_MAX);
  });
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', (code) => {
      if (code === 0) done();
      else fail(new Error(`The backup ended with ${String(code)}: ${said}`));
    });
  });
}
