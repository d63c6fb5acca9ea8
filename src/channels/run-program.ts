import { execFile } from 'node:child_process';
import { constants, existsSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { DesktopCommand } from './desktop-commands.ts';

export type ProgramEnd =
  | { readonly kind: 'not_found' }
  | { readonly kind: 'ended'; readonly isOk: boolean; readonly stdout: string };

const PROGRAM_MS_MAX = 10_000;
const OUTPUT_BYTES_MAX = 64 * 1_024;
const FOLDERS_MAX = 200;

/** Runs a program of the PATH to its end, without a shell and with nothing but `environment`. */
export async function runProgram(
  { program, args }: DesktopCommand,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<ProgramEnd> {
  const file = await findProgram(program, environment);
  if (file === undefined) return { kind: 'not_found' };
  return new Promise((resolve) => {
    execFile(
      file,
      [...args],
      {
        env: environment,
        timeout: PROGRAM_MS_MAX,
        maxBuffer: OUTPUT_BYTES_MAX,
        signal,
        windowsHide: true,
      },
      (error, stdout) => {
        resolve({ kind: 'ended', isOk: error === null, stdout });
      },
    );
  });
}

/** Where Windows keeps what a Linux on it may not have in its PATH. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'powershell.exe': '/mnt/c/Windows/System32/WindowsPowerShell/v1.0/powershell.exe',
};

async function findProgram(
  program: string,
  environment: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const path = environment['PATH'] ?? environment['Path'] ?? '';
  for (const folder of path.split(delimiter).slice(0, FOLDERS_MAX)) {
    if (folder === '') continue;
    const file = join(folder, program);
    if (await isExecutable(file)) return file;
  }
  const elsewhere = ELSEWHERE[program];
  return elsewhere !== undefined && existsSync(elsewhere) ? elsewhere : undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
