import { Option, type Command } from 'commander';
import { collect } from './collect.ts';
import { SIGNATURE_SCHEMES } from '../domain/webhooks/webhook.ts';
import { contextFrom } from './context.ts';

/** `carillon webhooks …`. */
export function addWebhookCommands(root: Command): void {
  const webhooks = root.command('webhooks').description('addresses on which others start runs');
  addActionFlags(
    webhooks
      .command('add')
      .description('make a webhook; its secret is shown once')
      .argument('<name>', 'its name')
      .argument('[command...]', 'program and arguments to run, after --')
      .option('--task <task>', 'start this task, instead of an action of its own')
      .addOption(
        new Option('--scheme <name>', 'how its sender signs').choices([...SIGNATURE_SCHEMES]),
      )
      .option('--sender-secret', "the sender's own secret, read from standard input"),
  ).action(async (name: string, argv: string[], flags: object, command: Command) => {
    const { addWebhook } = await import('./webhooks.ts');
    await addWebhook(contextFrom(command), name, argv, flags);
  });
  webhooks
    .command('list')
    .alias('ls')
    .description('list the webhooks')
    .option('--task <task>', 'of this task only')
    .option('--limit <count>', 'how many, up to 50', '30')
    .option('--cursor <text>', 'where the last page ended')
    .action(async (flags: object, command: Command) => {
      const { listWebhooks } = await import('./webhooks.ts');
      await listWebhooks(contextFrom(command), flags);
    });
  webhooks
    .command('show')
    .description('show one webhook')
    .argument('<webhook>', 'id or name')
    .action(async (webhook: string, _flags: unknown, command: Command) => {
      const { showWebhook } = await import('./webhooks.ts');
      await showWebhook(contextFrom(command), webhook);
    });
  addActionFlags(
    webhooks
      .command('edit')
      .description('change a webhook; what is not named stays')
      .argument('<webhook>', 'id or name')
      .argument('[command...]', 'another program and arguments, after --')
      .option('--name <name>', 'another name')
      .option('--task <task>', 'start this task from now on')
      .option('--enable', 'answer its sender again')
      .option('--disable', 'answer as if it were not there'),
  ).action(async (webhook: string, argv: string[], flags: object, command: Command) => {
    const { editWebhook } = await import('./webhooks.ts');
    await editWebhook(contextFrom(command), webhook, argv, flags);
  });
  webhooks
    .command('rotate')
    .description('draw a new secret, or a new address where the address is the secret')
    .argument('<webhook>', 'id or name')
    .option('--overlap <duration>', 'how long the former one goes on working', '24h')
    .option('--sender-secret', "the sender's own secret, read from standard input")
    .action(async (webhook: string, flags: { overlap: string }, command: Command) => {
      const { rotateWebhook } = await import('./webhooks.ts');
      await rotateWebhook(contextFrom(command), webhook, flags);
    });
  webhooks
    .command('test')
    .description('send the webhook a signed request; it starts a run')
    .argument('<webhook>', 'id or name')
    .option('--payload <json>', 'the body; - reads standard input')
    .action(async (webhook: string, flags: { payload?: string }, command: Command) => {
      const { testWebhook } = await import('./webhooks.ts');
      await testWebhook(contextFrom(command), webhook, flags.payload);
    });
  webhooks
    .command('deliveries')
    .description('show what was delivered, and what came of it')
    .argument('<webhook>', 'id or name')
    .option('--limit <count>', 'how many, up to 50', '20')
    .option('--cursor <text>', 'where the last page ended')
    .action(async (webhook: string, flags: object, command: Command) => {
      const { listDeliveries } = await import('./webhooks.ts');
      await listDeliveries(contextFrom(command), webhook, flags);
    });
  webhooks
    .command('replay')
    .description('start a run with what was delivered earlier')
    .argument('<delivery>', 'its number')
    .action(async (delivery: string, _flags: unknown, command: Command) => {
      const { replayDelivery } = await import('./webhooks.ts');
      await replayDelivery(contextFrom(command), delivery);
    });
  webhooks
    .command('try')
    .description('request an address of somebody else once, as a task would')
    .argument('<url>', 'the address')
    .option('--method <name>', 'default: GET, or POST with a body')
    .option('--header <name:value>', 'repeatable', collect)
    .option('--body <text>', 'text to send')
    .option('--timeout <duration>', 'the longest it may take', '30s')
    .action(async (url: string, flags: { timeout: string }, command: Command) => {
      const { tryAddress } = await import('./webhooks.ts');
      await tryAddress(contextFrom(command), url, flags);
    });
  webhooks
    .command('rm')
    .description('forget a webhook and the action kept with it; runs are kept')
    .argument('<webhook>', 'id or name')
    .action(async (webhook: string, _flags: unknown, command: Command) => {
      const { removeWebhook } = await import('./webhooks.ts');
      await removeWebhook(contextFrom(command), webhook);
    });
}

/** What a webhook starts by itself; more can be said of a task that it names. */
function addActionFlags(command: Command): Command {
  return command
    .option('--description <text>', 'what it is for')
    .option('--shell <text>', 'text for the shell, instead of a program')
    .option('--url <url>', 'request this address instead of running a program')
    .option('--method <name>', 'method of the request')
    .option('--header <name:value>', 'header of the request; repeatable', collect)
    .option('--body <text>', 'body of the request')
    .option('--agent <engine>', 'give a prompt to an agent: claude, codex, gemini, opencode…')
    .option('--model-provider <name>', 'give a prompt to a model: openai, anthropic, google…')
    .option('--prompt <text>', 'what the agent or model is told; {{payload.…}} is filled in')
    .option('--prompt-file <file>', 'the same from a file; - reads standard input')
    .option('--model <name>', 'model of the agent or provider')
    .option('--allow-tool <name>', 'tool that the agent may use unasked; repeatable', collect)
    .option('--remind <title>', 'remind a person')
    .option('--cwd <folder>', 'working folder (default: this one)')
    .option('--env <name=value>', 'variable of the command or agent; repeatable', collect)
    .option('--secret <name=secret>', 'variable or header from a secret; repeatable', collect)
    .option('--overlap <policy>', 'while a run goes on: queue_all, queue_one, skip, replace, allow')
    .option('--allow-from <address>', 'address or CIDR range that may call; repeatable', collect);
}
