import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { openApi } from './api-client.ts';
import { usageFailure } from './cli-failure.ts';
import { answer, type Context } from './context.ts';
import { inPath, readStdin } from './read-flags.ts';
import { sayCountdown } from './say-time.ts';
import { table } from './table.ts';

/** `carillon secrets set`: the value comes from standard input or a prompt, for arguments are seen by everybody. */
export async function setSecret(context: Context, name: string): Promise<void> {
  const value = process.stdin.isTTY ? await askUnseen(name) : await readValue();
  if (value === '') throw usageFailure('The value is empty.');
  const api = await openApi(context);
  await api.ask({ method: 'PUT', path: `/secrets/${inPath(name)}`, body: { value } });
  answer(context, { name }, () => `Stored ${name}. Grant it to a task: --secret ${name}=${name}`);
}

export async function listSecrets(context: Context): Promise<void> {
  const api = await openApi(context);
  const { secrets } = (await api.ask({ method: 'GET', path: '/secrets' })) as {
    readonly secrets: readonly { readonly name: string; readonly updated_at: string }[];
  };
  const now = Temporal.Now.instant();
  answer(context, { secrets }, () =>
    secrets.length === 0
      ? 'There are no secrets.'
      : table(
          ['NAME', 'CHANGED'],
          secrets.map((secret) => [secret.name, sayCountdown(secret.updated_at, now)]),
        ),
  );
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

async function askUnseen(name: string): Promise<string> {
  process.stderr.write(`Value of ${name} (not shown): `);
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
