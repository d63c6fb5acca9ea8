import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';

export type ProgramEnd =
  | {
      readonly kind: 'ended';
      readonly exitCode: number;
      /** SHA-256 of what it printed on its standard output. */
      readonly outputHash: string;
    }
  | { readonly kind: 'failed'; readonly message: string };

/** Printing more than this ends the program. */
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

/** Runs a program that answers and ends, and ends it with its group when it is to stop. */
export function runProgram(program: {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}): Promise<ProgramEnd> {
  const { argv, cwd, environment, signal } = program;
  const [file, ...args] = argv;
  const isWindows = process.platform === 'win32';
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd,
      env: environment,
      detached: !isWindows,
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const hash = createHash('sha256');
    let bytes = 0;
    const end = (): void => {
      try {
        if (isWindows || child.pid === undefined) child.kill('SIGKILL');
        else process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended already.
      }
    };
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    const answer = (ended: ProgramEnd): void => {
      signal.removeEventListener('abort', end);
      resolve(ended);
    };
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      hash.update(chunk);
      if (bytes > OUTPUT_BYTES_MAX) end();
    });
    child.once('error', () => answer({ kind: 'failed', message: NOT_STARTED }));
    child.once('close', (exitCode) => {
      // What it left behind in its group is ended too.
      end();
      if (exitCode !== null) answer({ kind: 'ended', exitCode, outputHash: hash.digest('hex') });
      else answer({ kind: 'failed', message: signal.aborted ? TOO_LONG : ENDED });
    });
  });
}

const NOT_STARTED =
  'The program could not be started. It must be on the PATH of the daemon, and its directory must exist.';
const TOO_LONG = 'The program took too long, and was ended.';
const ENDED = 'The program was ended by a signal, or printed too much.';
