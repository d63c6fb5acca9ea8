import { chmodSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Refusal } from '../domain/refusal.ts';
import type { DaemonFiles } from '../installation/daemon-files.ts';

/** Makes the folders of a data folder, readable by their owner alone. */
export function prepareFolders(files: DaemonFiles): void {
  const folders = [
    files.folder,
    files.runFolder,
    files.logFolder,
    files.outputFolder,
    files.spoolFolder,
    dirname(files.keyFile),
    dirname(files.consentKey),
  ];
  try {
    for (const folder of folders) mkdirSync(folder, { recursive: true, mode: 0o700 });
    // These hold what gives access to everything; somebody may have loosened them.
    if (process.platform !== 'win32') chmodSync(files.runFolder, 0o700);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new Refusal(
      'unavailable',
      `The data folder ${files.folder} cannot be written (${code}).`,
      'Name another one with --data, or mend its permissions.',
    );
  }
}
