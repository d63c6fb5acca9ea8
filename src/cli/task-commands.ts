import type { Command } from 'commander';
import { collect } from './collect.ts';
import { contextFrom } from './context.ts';

export function addTaskCommands(root: Command): void {
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
