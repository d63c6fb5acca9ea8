import type { Command } from 'commander';
import { contextFrom } from './context.ts';

/** The commands that copy data out and in. */
export function addBackupCommands(root: Command): void {
  root
    .command('backup')
    .description('copy the data into one file, while the daemon runs or not')
    .argument('<file>')
    .option('--no-output', 'leave out what runs printed')
    .option('--force', 'replace a file that is there')
    .action(async (file: string, flags: object, command: Command) => {
      const { writeBackup } = await import('./backup.ts');
      writeBackup(contextFrom(command), file, flags);
    });
  root
    .command('restore')
    .description('put a backup into the data folder, which no daemon uses')
    .argument('<file>')
    .option('--force', 'keep the data that is there aside')
    .action(async (file: string, flags: object, command: Command) => {
      const { readBackup } = await import('./backup.ts');
      readBackup(contextFrom(command), file, flags);
    });
  root
    .command('export')
    .description('write all tasks as YAML, to a file or standard output')
    .argument('[file]')
    .option('--with-secrets', 'the secrets too, sealed under a passphrase')
    .option('--passphrase-file <file>', 'read the passphrase from there')
    .option('--force', 'replace a file that is there')
    .action(async (file: string | undefined, flags: object, command: Command) => {
      const { exportTasks } = await import('./transfer.ts');
      await exportTasks(contextFrom(command), file, flags);
    });
  root
    .command('import')
    .description('make and change tasks, by their names, as a file says')
    .argument('<file>', 'or - for standard input')
    .option('--dry-run', 'only say what would change')
    .option('--passphrase-file <file>', 'read the passphrase of its secrets from there')
    .action(async (file: string, flags: object, command: Command) => {
      const { importTasks } = await import('./transfer.ts');
      await importTasks(contextFrom(command), file, flags);
    });
}
