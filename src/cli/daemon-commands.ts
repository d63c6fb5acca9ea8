import { type Command, Option } from 'commander';
import { collect } from './collect.ts';
import { contextFrom } from './context.ts';

export function addDaemonCommands(root: Command, words: readonly string[]): void {
  root.commandsGroup('Daemon:');
  addServeFlags(root.command('serve').description('run the daemon in the foreground')).action(
    async (flags: Record<string, unknown>, command: Command) => {
      const { serve } = await import('./serve.ts');
      await serve(contextFrom(command), flags);
    },
  );
  addServeFlags(root.command('up').description('start the daemon in the background')).action(
    async (flags: Record<string, unknown>, command: Command) => {
      const { up } = await import('./up-down.ts');
      await up(contextFrom(command), flags);
    },
  );
  root
    .command('down')
    .description('stop the daemon; its runs get time to finish')
    .action(async (_flags: unknown, command: Command) => {
      const { down } = await import('./up-down.ts');
      await down(contextFrom(command));
    });
  root
    .command('status')
    .description('say how the daemon is and what comes next')
    .action(async (_flags: unknown, command: Command) => {
      const { status } = await import('./status.ts');
      await status(contextFrom(command));
    });
  root
    .command('engines')
    .description('show the agent command lines: where they are, versions, who is logged in')
    .option('--task <task>', 'look at the engine of this task, and whether its MCP servers start')
    .action(async (flags: { readonly task?: string }, command: Command) => {
      const { showEngines } = await import('./engines.ts');
      await showEngines(contextFrom(command), flags.task);
    });
  root
    .command('logs')
    .description('show the log of the daemon')
    .option('-f, --follow', 'go on with new lines')
    .option('-n, --lines <count>', 'how many of the last lines', '100')
    .addOption(
      new Option('--level <level>', 'the least important lines to show')
        .choices(['debug', 'info', 'warn', 'error'])
        .default('debug'),
    )
    .action(async (flags: LogsFlags, command: Command) => {
      const { showLogs } = await import('./logs.ts');
      await showLogs(contextFrom(command), flags);
    });
  addPipeCommands(root, words);
}

type LogsFlags = { readonly follow?: boolean; readonly lines: string; readonly level: string };

function addServeFlags(command: Command): Command {
  return command
    .option('--host <address>', 'address to listen on (default: 127.0.0.1)')
    .option('--port <number>', 'port to listen on (default: 7411, or a free one)')
    .option('--conversations-port <number>', 'port for clients of the older conversation scheduler')
    .option('--claude-runner-port <number>', 'port for clients of the older Claude Runner')
    .option(
      '--allowed-hosts <names>',
      'names by which clients elsewhere may call it; comma between',
    )
    .option('--public-url <url>', 'address by which clients elsewhere know it')
    .option('--no-auth', 'want no token; only on a loopback address')
    .option('--log-level <level>', 'debug, info, warn or error')
    .option('--workers <count>', 'the most runs at once')
    .option('--zone <name>', 'time zone of schedules that name none')
    .option('--profile <name>', 'laptop or shared')
    .option('--accept-permission-bypass', 'let tasks lift the limits of their agents');
}

function addPipeCommands(root: Command, words: readonly string[]): void {
  root
    .command('mcp')
    .description('serve an MCP client over standard input and output')
    .option('--profile <name>', 'surface: native, or an older system such as mcp-scheduler')
    .option('--toolset <names>', 'show only these groups of tools; repeatable', collect)
    .option('--read-only', 'show only tools that change nothing')
    .option('--standalone', 'run everything in this one process')
    .action(async (flags: { readonly standalone?: boolean }) => {
      if (flags.standalone === true) {
        const { runStandalone } = await import('./standalone.ts');
        await runStandalone(words);
        return;
      }
      const { runPipe } = await import('./pipe.ts');
      runPipe(words);
    });
  root
    .command('as')
    .description('stand in for an older system: carillon as mcp-scheduler [its own flags]')
    .argument('<system>', 'mcp-scheduler, clicrontab, conversations, claude-runner or cronlytic')
    .argument('[flags...]', "the older system's own flags")
    .allowUnknownOption()
    .action(async () => {
      const { runPipe } = await import('./pipe.ts');
      runPipe(words);
    });
}
