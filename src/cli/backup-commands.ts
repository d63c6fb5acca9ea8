import type { Command } from 'commander';
import type { Context } from './context.ts';

/** The commands that copy data out and in. */
export function addBackupCommands(root: Command, contextFrom: (command: Command) => Context): void {
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
}
