import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import type { CommandAction } from '../../domain/action.ts';
import { PAYLOAD_FILE } from '../../domain/templates/payload-variables.ts';
import type { PreparedCommand } from './prepare-command.ts';
import type { Exit } from './judge-exit.ts';
import { openStdin, writePayload } from './spool.ts';
import type { Spool } from './spool.ts';
import { WRAPPER } from './wrapper.ts';

export type StartedCommand = {
  /** Process id of the wrapper, which leads its own group. */
  readonly pid: number;
  readonly exit: Promise<Exit>;
  readonly child: ChildProcess;
};

export type StartResult =
  | { readonly kind: 'started'; readonly command: StartedCommand }
  | { readonly kind: 'refused'; readonly code: string };

/**
 * Starts a command under its wrapper, in a session and group of its own. It writes straight into the
 * files of the spool: it neither notices nor minds when the daemon goes away.
 *
 * @param title what `ps` shows in front of the command.
 */
export async function startCommand(
  prepared: Extract<PreparedCommand, { kind: 'ready' }>,
  { stdin, payload, env }: CommandAction,
  spool: Spool,
  title: string,
): Promise<StartResult> {
  let input: number | undefined;
  try {
    input = openStdin(spool.stem, stdin);
    const payloadFile = writePayload(spool.stem, payload);
    const isWindows = process.platform === 'win32';
    const [file, args] = isWindows
      ? [prepared.argv[0] ?? '', prepared.argv.slice(1)]
      : ['/bin/sh', ['-c', WRAPPER, title, ...prepared.argv]];
    const child = spawn(file, args, {
      cwd: prepared.directory,
      env: withPayloadFile(prepared.environment, env, payloadFile),
      detached: !isWindows,
      windowsHide: true,
      stdio: [
        input,
        spool.descriptorOf('stdout'),
        spool.descriptorOf('stderr'),
        ...(isWindows ? [] : [spool.statusDescriptor]),
      ],
    });
    return await answerOf(child);
  } catch (error) {
    return { kind: 'refused', code: codeOf(error) };
  } finally {
    if (input !== undefined) closeSync(input);
  }
}

/** A variable that the task sets itself stays as it is. */
function withPayloadFile(
  environment: Readonly<Record<string, string>>,
  own: CommandAction['env'],
  file: string | undefined,
): Readonly<Record<string, string>> {
  if (file === undefined || Object.hasOwn(own, PAYLOAD_FILE)) return environment;
  return { ...environment, [PAYLOAD_FILE]: file };
}

function answerOf(child: ChildProcess): Promise<StartResult> | StartResult {
  const exit = new Promise<Exit>((resolve) => {
    child.once('exit', (status, signal) => {
      resolve(
        status === null
          ? { kind: 'killed', signal: signal ?? 'SIGKILL' }
          : { kind: 'status', status },
      );
    });
  });
  if (child.pid !== undefined) {
    return { kind: 'started', command: { pid: child.pid, exit, child } };
  }
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ kind: 'refused', code: codeOf(error) }));
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
