import { Command, Option } from 'commander';
import { SCOPES } from '../domain/principal.ts';
import { packageVersion } from '../installation/package.ts';
import { contextOf, type Context, type GlobalFlags } from './context.ts';
import { examplesOf } from './examples.ts';
import { EXIT } from './exit-codes.ts';
import type { KeyFlags } from './keys.ts';
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
  addPolicyCommands(root, contextFrom);
  addUsageCommand(root);
  addWebhookCommands(root, contextFrom);
  addBackupCommands(root, contextFrom);
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

function contextFrom(command: Command): Context {
  return contextOf(command.optsWithGlobals<GlobalFlags>());
}

function addDaemonCommands(root: Command, words: readonly string[]): void {
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

function addTaskCommands(root: Command): void {
  root.commandsGroup('Tasks and runs:');
  const tasks = root.command('tasks').alias('task').description('what is done, and when');
  addDefinitionFlags(
    tasks
      .command('add')
      .description('make a task')
      .argument('<name>', 'unique name')
      .argument('[command...]', 'program and arguments, after --')
      .option('--paused', 'start no runs until it is resumed')
      .option('--key <text>', 'idempotency key: repeating the command makes no second task'),
  ).action(async (name: string, argv: string[], flags: object, command: Command) => {
    const { addTask } = await import('./tasks.ts');
    await addTask(contextFrom(command), name, argv, flags);
  });
  tasks
    .command('list')
    .alias('ls')
    .description('list tasks with their next times')
    .option('--state <state>', 'active, paused or ended')
    .option('--tag <tag>', 'only tasks with this tag')
    .option('--text <text>', 'only tasks with this in name or description')
    .option('--limit <count>', 'how many, up to 50', '50')
    .option('--cursor <text>', 'where the last page ended')
    .action(async (flags: object, command: Command) => {
      const { listTasks } = await import('./tasks.ts');
      await listTasks(contextFrom(command), flags);
    });
  tasks
    .command('show')
    .description('show one task')
    .argument('<task>', 'id or name')
    .action(async (task: string, _flags: unknown, command: Command) => {
      const { showTask } = await import('./tasks.ts');
      await showTask(contextFrom(command), task);
    });
  addDefinitionFlags(
    tasks
      .command('edit')
      .description('change a task; what is not named stays')
      .argument('<task>', 'id or name')
      .argument('[command...]', 'another program and arguments, after --')
      .option('--name <name>', 'another name')
      .option('--no-schedule', 'run only when asked')
      .option('--no-after', 'start after no other task')
      .option('--no-gate', 'run without looking at anything before')
      .option('--revision <number>', 'refuse when the task has another revision by now'),
  ).action(async (task: string, argv: string[], flags: object, command: Command) => {
    const { editTask } = await import('./tasks.ts');
    await editTask(contextFrom(command), task, argv, flags);
  });
  tasks
    .command('pause')
    .description('start no new runs until it is resumed')
    .argument('<task>', 'id or name')
    .option('--reason <text>', 'why')
    .action(async (task: string, flags: { reason?: string }, command: Command) => {
      const { pauseTask } = await import('./tasks.ts');
      await pauseTask(contextFrom(command), task, flags.reason);
    });
  tasks
    .command('resume')
    .description('let a paused task go on')
    .argument('<task>', 'id or name')
    .action(async (task: string, _flags: unknown, command: Command) => {
      const { resumeTask } = await import('./tasks.ts');
      await resumeTask(contextFrom(command), task);
    });
  tasks
    .command('rm')
    .description('delete a task; its runs are kept')
    .argument('<task>', 'id or name')
    .action(async (task: string, _flags: unknown, command: Command) => {
      const { removeTask } = await import('./tasks.ts');
      await removeTask(contextFrom(command), task);
    });
  tasks
    .command('undelete')
    .description('take back that a task was deleted, within 24 hours')
    .argument('<task>', 'id or name')
    .action(async (task: string, _flags: unknown, command: Command) => {
      const { undeleteTask } = await import('./tasks.ts');
      await undeleteTask(contextFrom(command), task);
    });
  tasks
    .command('run')
    .description('run a task now')
    .argument('<task>', 'id or name')
    .option('--wait', 'wait until the run has ended, and show its output')
    .option('--timeout <duration>', 'wait no longer than this', '1h')
    .option('--overlap <policy>', 'what to do while another run is unfinished')
    .option('--cwd <folder>', 'working folder of this run')
    .option('--prompt <text>', 'prompt of this run')
    .option('--payload <json>', 'data for {{payload.…}} and PAYLOAD_…; - reads standard input')
    .option('--gates', 'go only when the gates of the task let it')
    .option('--key <text>', 'idempotency key: repeating the command starts no second run')
    .action(async (task: string, flags: object, command: Command) => {
      const { runTask } = await import('./run-task.ts');
      await runTask(contextFrom(command), task, flags);
    });
}

function addDefinitionFlags(command: Command): Command {
  return command
    .option('--when <text>', 'words, cron, ISO 8601 time or interval; only when asked if absent')
    .option('--zone <name>', 'IANA time zone of the schedule')
    .option('--after <task>', 'start after runs of this task that succeed')
    .option('--after-outcome <outcome>', 'succeeded, failed or any; repeatable', collect)
    .option('--description <text>', 'what it is for')
    .option('--shell <text>', 'text for the shell, instead of a program')
    .option('--url <url>', 'request this address instead of running a program')
    .option('--method <name>', 'method of the request or message')
    .option('--header <name:value>', 'header of the request or message; repeatable', collect)
    .option('--body <text>', 'body of the request, or of the reminder')
    .option('--expect <codes>', 'status codes that mean success, such as 200-299,404')
    .option('--cwd <folder>', 'working folder (default: this one)')
    .option('--agent <engine>', 'give a prompt to an agent: claude, codex, gemini, opencode…')
    .option('--model-provider <name>', 'give a prompt to a model: openai, anthropic, google…')
    .option('--prompt <text>', 'what the agent or model is told')
    .option('--prompt-file <file>', 'the same from a file; - reads standard input')
    .option('--model <name>', 'model of the agent or provider')
    .option('--fallback-model <name>', 'model to use when the first cannot be had')
    .option('--allow-tool <name>', 'tool that the agent may use unasked; repeatable', collect)
    .option('--deny-tool <name>', 'tool that the agent may not use; repeatable', collect)
    .option('--mcp-config <file>', 'MCP servers of the agent, in JSON')
    .option('--delegate', 'give its runs the tools of Carillon, to make tasks within limits')
    .option('--permission-mode <mode>', "the engine's permission mode")
    .option('--flag <text>', 'one more argument for the engine, as --flag=--x; repeatable', collect)
    .option('--system <text>', 'system text')
    .option('--schema <file>', 'JSON schema that the answer must follow')
    .option('--session <mode>', 'fresh, resume or last_result')
    .option('--session-tokens <count>', 'begin afresh when a resumed session has more tokens')
    .option('--base-url <url>', 'address of a local or other compatible server')
    .option('--key-secret <name>', 'secret that holds the key of the provider')
    .option('--key-variable <name>', "variable of the daemon's environment that holds the key")
    .option('--temperature <number>', 'temperature of the model')
    .option('--max-tokens <count>', 'the most tokens of the answer')
    .option('--file <path>', 'image or file that goes with the prompt; repeatable', collect)
    .option('--message-to <url>', 'send a text to this address')
    .option('--text <text>', 'the text of the message')
    .option('--content-type <type>', 'content type of the message')
    .option('--info <json>', 'kept beside the message, not sent')
    .option('--remind <title>', 'remind a person')
    .option('--channel <name>', 'channel of the reminder, in order; repeatable', collect)
    .option('--sound <name>', 'sound of the reminder, or none')
    .option('--env <name=value>', 'variable of the command or agent; repeatable', collect)
    .option('--secret <name=secret>', 'variable or header from a secret; repeatable', collect)
    .option('--stdin <text>', 'standard input of the command; - reads it from here')
    .option('--timeout <duration>', 'the longest an attempt may take')
    .option('--deadline <duration>', 'a run must be over this long after its time')
    .option('--retries <count>', 'attempts after the first one')
    .option('--backoff <duration>', 'wait before the first retry')
    .option('--overlap <policy>', 'skip, queue_one, queue_all, replace or allow')
    .option('--concurrency <count>', 'runs at once, with --overlap allow')
    .option('--catch-up <mode>', 'missed occurrences: latest, all or none')
    .option('--catch-up-window <duration>', 'how late an occurrence may still start')
    .option('--jitter <duration>', 'longest random delay')
    .option('--from <time>', 'nothing before this time')
    .option('--until <time>', 'nothing after this time')
    .option('--runs <count>', 'end after so many runs')
    .option('--until-success', 'end once a run has succeeded')
    .option('--no-until-success', 'go on after a success, which is the default')
    .option(
      '--gate <what>',
      'skip runs while nothing has changed: url:…, files:…, git:…, command:…',
      collect,
    )
    .option('--gate-error <policy>', 'when a gate fails: run or fail')
    .option('--compare <way>', 'tell what changed since the last result: text, json, items or off')
    .option('--compare-path <path>', 'value or list in a result in JSON, such as data.items')
    .option('--compare-identity <path>', 'what tells the items of the list apart, such as id')
    .option('--exclude <date>', 'local date without runs; repeatable', collect)
    .option('--blackout <hours>', 'such as "22:00-06:00 sat,sun"; repeatable', collect)
    .option('--priority <number>', '-100 to 100; higher goes first')
    .option('--verdict', 'let the run say how it went; it may then ask a person')
    .option('--check-file <path>', 'file or glob that a run must change; repeatable', collect)
    .option('--check-url <url>', 'address that must answer after a run; repeatable', collect)
    .option('--check-shell <text>', 'shell text that must end with exit code 0 after a run')
    .option('--check-tools <count>', 'the fewest tool calls of a run')
    .option('--check-chars <count>', 'the fewest characters of an answer')
    .option('--check-tokens <count>', 'the fewest tokens out of a run')
    .option('--check-usd <amount>', 'the least that a run costs')
    .option('--allow-denials', 'let a run succeed that was not permitted to use a tool')
    .option('--ask-deadline <duration>', 'how long a run waits for a person (default: 7d)')
    .option('--ask-default <text>', 'answer that is taken then; without one the run fails')
    .option('--tag <tag>', 'repeatable', collect)
    .option(
      '--budget <bound>',
      'such as 2usd/day or 200000tokens/run; repeatable; or none',
      collect,
    )
    .option(
      '--on-limit <what>',
      'at the budget: skip, wait for the next day or month, or ask a person',
    )
    .option('--alert <kind>', 'failure, recovery, missed, finding or budget; repeatable', collect)
    .option('--alert-by <channel>', 'channel of alerts; repeatable, tried in order', collect);
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function addRunCommands(root: Command): void {
  const runs = root.command('runs').alias('run').description('what happened, and what goes on');
  runs
    .command('list')
    .alias('ls')
    .description('list runs, newest first')
    .option('--task <task>', 'only runs of this task')
    .option('--state <state>', 'only runs in this state; repeatable', collect)
    .option('--trigger <trigger>', 'schedule, manual, webhook, task or backfill')
    .option('--since <time>', 'created at or after')
    .option('--until <time>', 'created before')
    .option('--limit <count>', 'how many, up to 50', '30')
    .option('--cursor <text>', 'where the last page ended')
    .action(async (flags: object, command: Command) => {
      const { listRuns } = await import('./runs.ts');
      await listRuns(contextFrom(command), flags);
    });
  runs
    .command('show')
    .description('show one run with its attempts')
    .argument('<run>', 'id')
    .action(async (run: string, _flags: unknown, command: Command) => {
      const { showRun } = await import('./runs.ts');
      await showRun(contextFrom(command), run);
    });
  runs
    .command('logs')
    .description('show what a run printed')
    .argument('<run>', 'id')
    .option('-f, --follow', 'go on until the run has ended')
    .option('--attempt <number>', 'which attempt (default: the latest)')
    .option('--stream <name>', 'stdout, stderr or all', 'all')
    .action(async (run: string, flags: object, command: Command) => {
      const { showOutput } = await import('./run-output.ts');
      await showOutput(contextFrom(command), run, flags);
    });
  runs
    .command('stop')
    .description('stop a run')
    .argument('<run>', 'id')
    .option('--reason <text>', 'why')
    .action(async (run: string, flags: { reason?: string }, command: Command) => {
      const { stopRun } = await import('./runs.ts');
      await stopRun(contextFrom(command), run, flags.reason);
    });
  runs
    .command('answer')
    .description('answer the question that a run waits with')
    .argument('<run>', 'id')
    .argument('<text>', 'the answer; about a budget: yes, no or an amount')
    .action(async (run: string, text: string, _flags: unknown, command: Command) => {
      const { answerRun } = await import('./runs.ts');
      await answerRun(contextFrom(command), run, text);
    });
  runs
    .command('wait')
    .description('wait until a run has ended; the exit code says how')
    .argument('<run>', 'id')
    .option('--timeout <duration>', 'wait no longer than this', '1h')
    .action(async (run: string, flags: { timeout: string }, command: Command) => {
      const { waitForRun } = await import('./run-task.ts');
      await waitForRun(contextFrom(command), run, flags.timeout);
    });
}

function addTimeCommands(root: Command): void {
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

function addSecretCommands(root: Command): void {
  root.commandsGroup('More:');
  const secrets = root
    .command('secrets')
    .description('values that runs may use and nobody may read back');
  const grantFlags = (command: Command): Command =>
    command
      .option(
        '--for-task <task>',
        'a task that may use it, by id or name; may be repeated',
        collect,
      )
      .option('--for-server <server>', 'an MCP server of agents that may use it', collect)
      .option('--for-host <host>', 'a host that it may go to, and no other', collect);
  grantFlags(
    secrets
      .command('set')
      .description('store a value, from standard input or a prompt')
      .argument('<name>', 'letters, digits, _ . -'),
  ).action(async (name: string, flags: object, command: Command) => {
    const { setSecret } = await import('./secrets.ts');
    await setSecret(contextFrom(command), name, flags);
  });
  secrets
    .command('ask')
    .description('print a link to a page on which a person gives the value, once')
    .argument('<name>')
    .action(async (name: string, _flags: unknown, command: Command) => {
      const { askForSecret } = await import('./secrets.ts');
      await askForSecret(contextFrom(command), name);
    });
  for (const [verb, sentence] of [
    ['grant', 'let more use a secret; with nothing granted, every task may'],
    ['revoke', 'take a secret from a task, a server or a host'],
  ] as const) {
    grantFlags(secrets.command(verb).description(sentence).argument('<name>')).action(
      async (name: string, flags: object, command: Command) => {
        const { changeGrants } = await import('./secrets.ts');
        await changeGrants(contextFrom(command), verb, name, flags);
      },
    );
  }
  secrets
    .command('rotate')
    .description('replace the key that the values are sealed with')
    .option('--master', 'replace the master key instead, which seals that one')
    .action(async (flags: { readonly master?: boolean }, command: Command) => {
      const { rotateSecrets } = await import('./secrets.ts');
      await rotateSecrets(contextFrom(command), flags);
    });
  secrets
    .command('list')
    .alias('ls')
    .description('list the names')
    .action(async (_flags: unknown, command: Command) => {
      const { listSecrets } = await import('./secrets.ts');
      await listSecrets(contextFrom(command));
    });
  secrets
    .command('rm')
    .description('forget a value')
    .argument('<name>')
    .action(async (name: string, _flags: unknown, command: Command) => {
      const { removeSecret } = await import('./secrets.ts');
      await removeSecret(contextFrom(command), name);
    });
}

function addInboxCommands(root: Command): void {
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

function addKeyCommands(root: Command): void {
  root
    .command('open')
    .description('print a link that signs your browser in')
    .argument('[page]', 'path of the page that it leads to, such as /inbox')
    .action(async (page: string | undefined, _flags: unknown, command: Command) => {
      const { printSignInLink } = await import('./open.ts');
      await printSignInLink(contextFrom(command), page);
    });
  const keys = root.command('keys').description('keys by which programs are let in');
  keys
    .command('add')
    .description('make a key; it is shown this once')
    .argument('<name>', 'what it is called')
    .addOption(
      new Option('--scope <scope>', 'what it may do; repeatable (default: tasks:read)')
        .choices(SCOPES)
        .argParser(collect),
    )
    .option('--expires <duration>', 'it ends after this long, such as 90d (default: never)')
    .action(async (name: string, flags: KeyFlags, command: Command) => {
      const { addKey } = await import('./keys.ts');
      await addKey(contextFrom(command), name, flags);
    });
  keys
    .command('list')
    .alias('ls')
    .description('list the keys and when they were used')
    .action(async (_flags: unknown, command: Command) => {
      const { listKeys } = await import('./keys.ts');
      await listKeys(contextFrom(command));
    });
  keys
    .command('revoke')
    .description('let nobody in by a key any more')
    .argument('<key>', 'name or id')
    .action(async (key: string, _flags: unknown, command: Command) => {
      const { revokeKey } = await import('./keys.ts');
      await revokeKey(contextFrom(command), key);
    });
}

function addUsageCommand(root: Command): void {
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
