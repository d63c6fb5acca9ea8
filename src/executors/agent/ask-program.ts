import { execFile } from 'node:child_process';

/** A program that is asked about itself has this long to answer. */
const ANSWER_MS_MAX = 10_000;
const ANSWER_BYTES_MAX = 64 * 1024;

export type ProgramAnswer = {
  /** Absent when it was ended, or could not be started. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
};

/** Runs a program that answers and ends, without a shell, and ends it when it does not. */
export function askProgram(
  file: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  directory: string,
): Promise<ProgramAnswer> {
  return new Promise((resolve) => {
    const child = execFile(
      file,
      args,
      {
        env: environment,
        cwd: directory,
        timeout: ANSWER_MS_MAX,
        killSignal: 'SIGKILL',
        maxBuffer: ANSWER_BYTES_MAX,
        windowsHide: true,
      },
      (error, stdout) => {
        const code = error === null ? 0 : error.code;
        resolve({ exitCode: typeof code === 'number' ? code : undefined, stdout });
      },
    );
    child.stdin?.end();
  });
}
