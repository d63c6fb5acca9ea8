import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';
import type { CommandAction } from '../../domain/action.ts';
import type { FailureReason } from '../../domain/outcome.ts';
import type { Execution } from '../../ports/executor.ts';
import { childEnvironment } from './child-environment.ts';
import { findProgram, isDenied } from './find-program.ts';

export type PreparedCommand =
  | {
      readonly kind: 'ready';
      /** The program as a path, and its arguments. */
      readonly argv: readonly string[];
      readonly directory: string;
      readonly environment: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'refused'; readonly reason: FailureReason; readonly message: string };

/** Checks what can be checked before anything is started, so that the reason is told in our words. */
export async function prepareCommand(
  daemonEnvironment: Readonly<Record<string, string>>,
  home: string,
  execution: Execution<CommandAction>,
): Promise<PreparedCommand> {
  const { action } = execution;
  const directory = action.cwd ?? home;
  const directoryProblem = await problemWithDirectory(directory);
  if (directoryProblem !== undefined) return refused('bad_directory', directoryProblem);
  const environment = childEnvironment(daemonEnvironment, home, directory, execution);
  if (environment.kind === 'refused') return environment;
  const { variables } = environment;
  const argv =
    action.program.kind === 'argv' ? action.program.argv : shellArgv(action.program.text);
  const sizeProblem = problemWithSizes(argv, variables);
  if (sizeProblem !== undefined) return refused('bad_action', sizeProblem);
  const program = await findProgram(argv[0], directory, variables['PATH'] ?? '');
  if (program.kind !== 'found') return refused(program.kind, program.message);
  return {
    kind: 'ready',
    argv: [program.path, ...argv.slice(1)],
    directory,
    environment: variables,
  };
}

function refused(reason: FailureReason, message: string): PreparedCommand {
  return { kind: 'refused', reason, message };
}

function shellArgv(text: string): readonly [string, ...string[]] {
  if (process.platform === 'win32') return ['cmd.exe', '/d', '/s', '/c', text];
  // Text that begins like an option would be taken for one.
  return ['/bin/sh', '-c', /^[-+]/.test(text) ? ` ${text}` : text];
}

async function problemWithDirectory(directory: string): Promise<string | undefined> {
  const shown = directory.replaceAll('\0', '');
  if (!path.isAbsolute(directory) || directory.includes('\0')) {
    return `The working directory "${shown}" is not an absolute path. Write it from the root on.`;
  }
  try {
    if (!(await stat(directory)).isDirectory()) {
      return `The working directory "${shown}" is not a directory. Name one that is.`;
    }
    await access(directory, constants.X_OK);
    return undefined;
  } catch (error) {
    return isDenied(error)
      ? `The working directory "${shown}" may not be entered. Change its permissions, or name another one.`
      : `The working directory "${shown}" does not exist. Create it, or name another one.`;
  }
}

/** What Linux takes as one argument or variable, with its NUL: 32 pages. */
const ARGUMENT_BYTES_MAX = 131_071;

function problemWithSizes(
  argv: readonly [string, ...string[]],
  variables: Readonly<Record<string, string>>,
): string | undefined {
  if (argv[0] === '') return 'The program has an empty name. Name the program to start.';
  for (const argument of argv) {
    if (argument.includes('\0')) {
      return 'The command contains a NUL character, which no argument can carry. Remove it, or use standard input.';
    }
    if (Buffer.byteLength(argument) > ARGUMENT_BYTES_MAX) {
      return `One argument or text of the command is longer than ${ARGUMENT_BYTES_MAX} bytes. Pass it on standard input or in a file.`;
    }
  }
  for (const [name, value] of Object.entries(variables)) {
    if (Buffer.byteLength(name) + 1 + Buffer.byteLength(value) > ARGUMENT_BYTES_MAX) {
      return `The variable ${name} is longer than ${ARGUMENT_BYTES_MAX} bytes. Pass it on standard input or in a file.`;
    }
  }
  return undefined;
}
