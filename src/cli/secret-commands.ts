import { type Command, Option } from 'commander';
import { collect } from './collect.ts';
import { SCOPES } from '../domain/principal.ts';
import type { KeyFlags } from './keys.ts';
import { contextFrom } from './context.ts';

export function addSecretCommands(root: Command): void {
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

export function addKeyCommands(root: Command): void {
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
