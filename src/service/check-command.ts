import type { CommandAction } from '../domain/action.ts';
import { Refusal } from '../domain/refusal.ts';
import { checkLength, checkPath, checkValues, checkVariable } from './check-values.ts';

/** Above this an operating system refuses to start the program. */
const COMMAND_CHARS_MAX = 100_000;
const ARGUMENTS_MAX = 1_000;

export function checkCommand(action: CommandAction, home: string): CommandAction {
  checkProgram(action.program);
  if (action.stdin !== undefined) checkLength('The text for standard input', action.stdin);
  checkValues(action.env, checkVariable);
  return {
    ...action,
    cwd: action.cwd === undefined ? undefined : checkPath(action.cwd, home),
  };
}

export function checkProgram(program: CommandAction['program']): void {
  const parts: readonly string[] = program.kind === 'argv' ? program.argv : [program.text];
  if (parts[0] === undefined || parts[0].trim() === '') {
    throw new Refusal(
      'invalid',
      program.kind === 'argv'
        ? 'The command names no program. Write the program first, then its arguments.'
        : 'The command is empty. Write what the shell is to run.',
    );
  }
  if (parts.length > ARGUMENTS_MAX) {
    throw new Refusal(
      'invalid',
      `The command has ${parts.length} arguments; the most is ${ARGUMENTS_MAX}.`,
    );
  }
  if (parts.some((part) => part.includes('\0'))) {
    throw new Refusal(
      'invalid',
      'The command holds a NUL character, which no program can be given.',
    );
  }
  const length = parts.reduce((sum, part) => sum + part.length + 1, 0);
  if (length > COMMAND_CHARS_MAX) {
    throw new Refusal(
      'invalid',
      `The command has ${length} characters; the most is ${COMMAND_CHARS_MAX}. Put it into a script, or hand the data over on standard input.`,
    );
  }
}
