import { type Command, Option } from 'commander';
import { contextFrom } from './context.ts';

export function addInboxCommands(root: Command): void {
  const inbox = root
    .command('inbox')
    .description('reminders and failures that wait for somebody')
    .option('--all', 'also those that are done')
    .option('--limit <count>', 'how many, up to 50', '30')
    .option('--cursor <text>', 'where the last page ended')
    .action(async (flags: object, command: Command) => {
      const { listInbox } = await import('./inbox.ts');
      await listInbox(contextFrom(command), flags);
    });
  for (const [name, sentence] of [
    ['done', 'put an item away'],
    ['unread', 'take an item out again'],
  ] as const) {
    inbox
      .command(name)
      .description(sentence)
      .argument('<item>', 'its number')
      .action(async (item: string, _flags: unknown, command: Command) => {
        const { settleItem } = await import('./inbox.ts');
        await settleItem(contextFrom(command), item, name);
      });
  }
  inbox
    .command('snooze')
    .description('put an item away until it is told again')
    .argument('<item>', 'its number')
    .argument('[until]', 'a length of time such as 2h, or a time', '1h')
    .action(async (item: string, until: string, _flags: unknown, command: Command) => {
      const { settleItem } = await import('./inbox.ts');
      await settleItem(contextFrom(command), item, 'snooze', until);
    });
  const notify = root.command('notify').description('the ways to a person');
  notify
    .command('list')
    .alias('ls')
    .description('list the channels in the order in which they are tried')
    .action(async (_flags: unknown, command: Command) => {
      const { listChannels } = await import('./notify.ts');
      await listChannels(contextFrom(command));
    });
  notify
    .command('test')
    .description('send a notice through a channel, or through each')
    .argument('[channel]', 'its name')
    .action(async (channel: string | undefined, _flags: unknown, command: Command) => {
      const { testChannels } = await import('./notify.ts');
      await testChannels(contextFrom(command), channel);
    });
}

export function addUsageCommand(root: Command): void {
  root
    .command('usage')
    .description('say what agents and models have used, and what the month comes to')
    .addOption(
      new Option('--by <what>', 'one row for each of these')
        .choices(['task', 'tag', 'engine', 'day'])
        .default('task'),
    )
    .option('--task <task>', 'of this task only')
    .option('--tag <tag>', 'of tasks with this tag only')
    .option('--since <time>', 'from then on, such as 7d (default: since the month began)')
    .option('--until <time>', 'up to then')
    .action(async (flags: Readonly<Record<string, string>>, command: Command) => {
      const { showUsage } = await import('./usage.ts');
      await showUsage(contextFrom(command), flags);
    });
}
