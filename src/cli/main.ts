import { enableCompileCache } from 'node:module';
import { CommanderError, type Command } from 'commander';
import { Refusal } from '../domain/refusal.ts';
import { CliFailure, failureOf } from './cli-failure.ts';
import { EXIT } from './exit-codes.ts';
import { program } from './program.ts';

/** The command line: `words` are what stands after the name of the program. */
export function runCli(words: readonly string[]): void {
  enableCompileCache();
  const root = program(words);
  for (const command of allCommands(root)) {
    command.exitOverride();
    command.configureOutput({
      // The reason is written once, by `report`, as JSON when it is wanted so.
      outputError: () => undefined,
    });
  }
  // Commands that say times need Temporal; help and the rest of the start do not wait for it.
  root.hook('preAction', async () => {
    await import('temporal-polyfill/global');
  });
  process.stdout.on('error', leaveOnBrokenPipe);
  const isJson = words.includes('--json');
  root.parseAsync([...words], { from: 'user' }).catch((error: unknown) => {
    process.exitCode = report(error, isJson);
  });
}

// Tools and tests of a checkout start this file; a published package starts `bin/carillon.cjs`.
if (import.meta.main) runCli(process.argv.slice(2));

function allCommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(allCommands)];
}

/** `carillon runs logs … | head` is no failure. */
function leaveOnBrokenPipe(error: NodeJS.ErrnoException): void {
  process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.failure);
}

/** Says what went wrong, why, and what to type next. @returns the exit code. */
function report(error: unknown, isJson: boolean): number {
  if (error instanceof CommanderError) {
    // Help and version are thrown too.
    if (error.exitCode === 0 || error.code === 'commander.help')
      return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return write(
      new CliFailure(
        EXIT.usage,
        'usage',
        error.message.replace(/^error: /, ''),
        'Type: carillon --help',
      ),
      isJson,
    );
  }
  if (error instanceof CliFailure) return write(error, isJson);
  if (error instanceof Refusal) return write(failureOf(error), isJson);
  const defect = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return write(
    new CliFailure(EXIT.failure, 'internal', `This is a mistake in Carillon. ${defect}`),
    isJson,
  );
}

function write({ exitCode, code, message, hint }: CliFailure, isJson: boolean): number {
  process.stderr.write(
    isJson
      ? `${JSON.stringify({ error: { code, message, hint: hint ?? null } })}\n`
      : `carillon: ${message}\n${hint === undefined ? '' : `${hint}\n`}`,
  );
  return exitCode;
}
