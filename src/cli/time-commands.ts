import type { Command } from 'commander';
import { contextFrom } from './context.ts';

export function addTimeCommands(root: Command): void {
  root.commandsGroup('Time:');
  root
    .command('next')
    .description('say what runs next')
    .option('--limit <count>', 'how many tasks', '20')
    .action(async (flags: { limit: string }, command: Command) => {
      const { sayNext } = await import('./next.ts');
      await sayNext(contextFrom(command), flags.limit);
    });
  root
    .command('cron')
    .description('say when a cron expression has its next times; asks no daemon')
    .argument('[expression]', 'five or six fields, in one argument')
    .option('--tz <zone>', 'IANA time zone')
    .option('--from <time>', 'ISO 8601 time to begin after (default: now)')
    .option('--count <count>', 'how many', '5')
    .option('--stdin', 'read one JSON question per line, and answer each with a line')
    .action(async (expression: string | undefined, flags: CronFlags, command: Command) => {
      const { sayCron } = await import('./say-cron.ts');
      await sayCron(contextFrom(command), expression, flags);
    });
  root
    .command('explain')
    .description('say why something ran, or did not')
    .argument('<task-or-run>', 'id or name')
    .option('--at <time>', 'about this time: an instant, or a local time such as 07:00')
    .action(async (subject: string, flags: { at?: string }, command: Command) => {
      const { explain } = await import('./explain.ts');
      await explain(contextFrom(command), subject, flags.at);
    });
}

type CronFlags = {
  readonly tz?: string;
  readonly from?: string;
  readonly count: string;
  readonly stdin?: boolean;
};
