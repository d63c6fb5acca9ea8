import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { openApi } from './api-client.ts';
import { usageFailure } from './cli-failure.ts';
import { answer, type Context } from './context.ts';
import { compact, inPath, readStdin } from './read-flags.ts';
import { sayCountdown } from './say-time.ts';
import { plainText } from './plain-text.ts';
import { table } from './table.ts';

/** What may use a secret, as flags that can be repeated. */
export type GrantFlags = {
  readonly forTask?: readonly string[];
  readonly forServer?: readonly string[];
  readonly forHost?: readonly string[];
};

/** `carillon secrets set`: the value comes from standard input or a prompt, for arguments are seen by everybody. */
export async function setSecret(context: Context, name: string, flags: GrantFlags): Promise<void> {
  const value = process.stdin.isTTY ? await askUnseen(`Value of ${name}`) : await readValue();
  if (value === '') throw usageFailure('The value is empty.');
  const api = await openApi(context);
  const path = `/secrets/${inPath(name)}`;
  const body = { value, ...grantsOf(flags) };
  const { warnings } = (await api.ask({ method: 'PUT', path, body })) as {
    readonly warnings: readonly string[];
  };
  for (const warning of warnings) process.stderr.write(`carillon: ${warning}\n`);
  answer(
    context,
    { name, warnings },
    () => `Stored ${name}. Grant it to a task: --secret ${name}=${name}`,
  );
}

/** `carillon secrets ask`: prints a link, for a person who is not at this terminal. */
export async function askForSecret(context: Context, name: string): Promise<void> {
  const api = await openApi(context);
  const path = `/secrets/${inPath(name)}/ask`;
  const page = (await api.ask({ method: 'POST', path })) as {
    readonly url: string;
    readonly expires_at: string;
  };
  answer(
    context,
    { name, ...page },
    () =>
      `Whoever opens this link first gives the value of ${name}; it ends ${sayCountdown(page.expires_at, Temporal.Now.instant())}.\n${page.url}`,
  );
}

/** `carillon secrets grant` and `revoke`. */
export async function changeGrants(
  context: Context,
  verb: 'grant' | 'revoke',
  name: string,
  flags: GrantFlags,
): Promise<void> {
  const body = grantsOf(flags);
  if (Object.keys(body).length === 0) {
    throw usageFailure('Say what: --for-task TASK, --for-server SERVER or --for-host HOST.');
  }
  const api = await openApi(context);
  const path = `/secrets/${inPath(name)}/${verb}`;
  const secret = (await api.ask({ method: 'POST', path, body })) as SecretView;
  answer(context, secret, () => `${name} is for ${sayGrants(secret)}.`);
}

/** `carillon secrets rotate`. */
export async function rotateSecrets(
  context: Context,
  flags: { readonly master?: boolean },
): Promise<void> {
  const api = await openApi(context);
  const body = { key: flags.master === true ? 'master' : 'data' };
  const told = (await api.ask({ method: 'POST', path: '/secrets/rotate', body })) as {
    readonly resealed: number;
  };
  answer(context, { ...body, ...told }, () =>
    flags.master === true
      ? 'The master key was replaced. Keep a copy of the new one where your backups are not.'
      : `The data key was replaced; secrets sealed anew: ${String(told.resealed)}.`,
  );
}

function grantsOf({ forTask, forServer, forHost }: GrantFlags): Record<string, unknown> {
  return compact({ for_tasks: forTask, for_servers: forServer, for_hosts: forHost });
}

type SecretView = {
  readonly name: string;
  readonly updated_at: string;
  readonly for_tasks: readonly string[];
  readonly for_servers: readonly string[];
  readonly for_hosts: readonly string[];
  readonly last_used: { readonly at: string; readonly task_name: string } | null;
};

export async function listSecrets(context: Context): Promise<void> {
  const api = await openApi(context);
  const { secrets } = (await api.ask({ method: 'GET', path: '/secrets' })) as {
    readonly secrets: readonly SecretView[];
  };
  const now = Temporal.Now.instant();
  answer(context, { secrets }, () =>
    secrets.length === 0
      ? 'There are no secrets.'
      : table(
          ['NAME', 'CHANGED', 'FOR', 'LAST USED'],
          secrets.map((secret) => [
            secret.name,
            sayCountdown(secret.updated_at, now),
            plainText(sayGrants(secret)),
            secret.last_used === null
              ? 'never'
              : `${sayCountdown(secret.last_used.at, now)} by ${plainText(secret.last_used.task_name)}`,
          ]),
        ),
  );
}

function sayGrants({ for_tasks, for_servers, for_hosts }: SecretView): string {
  const users = [...for_tasks, ...for_servers.map((server) => `server ${server}`)];
  const who = users.length === 0 ? 'every task' : users.join(', ');
  return for_hosts.length === 0 ? who : `${who}, to ${for_hosts.join(', ')}`;
}

export async function removeSecret(context: Context, name: string): Promise<void> {
  const api = await openApi(context);
  await api.ask({ method: 'DELETE', path: `/secrets/${inPath(name)}` });
  answer(context, { name }, () => `Forgot ${name}.`);
}

const VALUE_BYTES_MAX = 65_536 + 2;

/** The one newline at the end that editors and `echo` add is not a part of the value. */
async function readValue(): Promise<string> {
  return (await readStdin(VALUE_BYTES_MAX)).replace(/\r?\n$/, '');
}

export async function askUnseen(what: string): Promise<string> {
  process.stderr.write(`${what} (not shown): `);
  const silence = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  const prompt = createInterface({ input: process.stdin, output: silence, terminal: true });
  try {
    return await prompt.question('');
  } finally {
    prompt.close();
    process.stderr.write('\n');
  }
}
