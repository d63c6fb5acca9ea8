import { Command } from 'commander';
import { packageVersion } from '../installation/package.ts';
import { contextFrom } from './context.ts';
import { examplesOf } from './examples.ts';
import { EXIT } from './exit-codes.ts';
import { addDaemonCommands } from './daemon-commands.ts';
import { addInboxCommands, addUsageCommand } from './inbox-commands.ts';
import { addRunCommands } from './run-commands.ts';
import { addKeyCommands, addSecretCommands } from './secret-commands.ts';
import { addTaskCommands } from './task-commands.ts';
import { addTimeCommands } from './time-commands.ts';
import { addBackupCommands } from './backup-commands.ts';
import { addWebhookCommands } from './webhook-commands.ts';
import { addPolicyCommands } from './policy-commands.ts';

/**
 * The commands, their flags and their help. What a command does is loaded when it is called.
 *
 * @param words what stands after the name of the program, as typed.
 */
export function program(words: readonly string[]): Command {
  const root = new Command('carillon')
    .description('The scheduler for AI agents and the people who work with them.')
    .usage('<command> [flags]')
    .option('--data <folder>', 'data folder (CARILLON_DATA)')
    .option('--config <file>', 'configuration file (CARILLON_CONFIG)')
    .option('--json', 'answer in JSON')
    .option('--no-start', 'do not start a daemon when none is running')
    .option('--quiet', 'say nothing beside the answer')
    .addHelpText('beforeAll', ({ command }) => examplesOf(pathOf(command)))
    .addHelpText('afterAll', HELP_FOOT)
    .showSuggestionAfterError()
    .helpCommand(true)
    .configureHelp({ showGlobalOptions: false, sortSubcommands: false });
  root.version(packageVersion(), '--version', 'print the version');
  addDaemonCommands(root, words);
  addTaskCommands(root);
  addRunCommands(root);
  addTimeCommands(root);
  addSecretCommands(root);
  addKeyCommands(root);
  addInboxCommands(root);
  addPolicyCommands(root);
  addUsageCommand(root);
  addWebhookCommands(root);
  addBackupCommands(root);
  root
    .command('token')
    .description('print the token that the HTTP door wants')
    .action(async (_flags: unknown, command: Command) => {
      const { printToken } = await import('./token.ts');
      printToken(contextFrom(command));
    });
  root
    .command('version')
    .description('say the version of Carillon, of Node and of the time zone data')
    .action(async (_flags: unknown, command: Command) => {
      const { sayVersion } = await import('./version.ts');
      sayVersion(contextFrom(command));
    });
  return root;
}

/** Names of a command and its parents, without the program's own. */
function pathOf(command: Command): readonly string[] {
  return command.parent === null ? [] : [...pathOf(command.parent), command.name()];
}

const HELP_FOOT = `
Exit codes: ${String(EXIT.ok)} done, ${String(EXIT.failure)} failure, ${String(EXIT.usage)} wrong usage, ${String(EXIT.notFound)} not found, ${String(EXIT.notAuthorised)} not authorised, ${String(EXIT.noDaemon)} no daemon,
${String(EXIT.conflict)} conflict, ${String(EXIT.interrupted)} interrupted. Commands that wait for a run: ${String(EXIT.runFailed)} it failed, ${String(EXIT.runTimedOut)} it timed out, ${String(EXIT.runOverBudget)} its budget ran out.`;
