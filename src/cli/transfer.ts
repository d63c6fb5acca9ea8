import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { openApi, type Api } from './api-client.ts';
import { usageFailure } from './cli-failure.ts';
import { answer, type Context } from './context.ts';
import { compact, readText } from './read-flags.ts';
import { askUnseen } from './secrets.ts';

/** The file that `export` writes and `import` reads. */
type TransferFile = {
  readonly carillon: number;
  readonly tasks: readonly object[];
  readonly webhooks?: readonly object[];
  readonly secrets?: readonly object[];
  readonly sealed?: string;
};

const FORMAT = 1;
const FILE_BYTES_MAX = 16 * 1024 * 1024;
const PASSPHRASE_BYTES_MAX = 1_000;
/** Requests have a bound, so a file goes in parts; far below it, since a single task may be long. */
const PART_CHARS_MAX = 400_000;
const PART_TASKS_MAX = 500;
const PART_WEBHOOKS_MAX = 50;

export type ExportFlags = {
  readonly withSecrets?: boolean;
  readonly passphraseFile?: string;
  readonly force?: boolean;
};

/** `carillon export`: without a file it goes to standard output. */
export async function exportTasks(
  context: Context,
  file: string | undefined,
  flags: ExportFlags,
): Promise<void> {
  const wantsSecrets = flags.withSecrets === true || flags.passphraseFile !== undefined;
  const passphrase = wantsSecrets ? await passphraseOf(flags, true) : undefined;
  const api = await openApi(context);
  const body = compact({ passphrase });
  const told = (await api.ask({ method: 'POST', path: '/export', body })) as {
    readonly tasks: readonly object[];
    readonly webhooks: readonly object[];
    readonly secrets: readonly object[];
    readonly sealed: string | null;
    readonly left_out: number;
  };
  const content: TransferFile = {
    carillon: FORMAT,
    tasks: told.tasks,
    ...(told.webhooks.length === 0 ? {} : { webhooks: told.webhooks }),
    ...(told.secrets.length === 0 ? {} : { secrets: told.secrets }),
    ...(told.sealed === null ? {} : { sealed: told.sealed }),
  };
  const text = stringify(content, { aliasDuplicateObjects: false, lineWidth: 100 });
  const left = told.left_out;
  const note =
    left === 0 ? '' : ` Left out, since they have ended or belong to a profile: ${left}.`;
  if (file === undefined) {
    process.stdout.write(text);
    return;
  }
  if (existsSync(file) && flags.force !== true) {
    throw usageFailure(`The file "${file}" is there already. Use --force to replace it.`);
  }
  writePrivate(file, text);
  answer(
    context,
    { file, tasks: told.tasks.length, with_secrets: told.sealed !== null, left_out: left },
    () => `Wrote ${String(told.tasks.length)} tasks to ${file}.${note}`,
  );
}

/** Its texts may tell more than everybody should read. */
function writePrivate(file: string, text: string): void {
  const descriptor = openSync(file, 'w', 0o600);
  writeFileSync(descriptor, text);
  closeSync(descriptor);
}

export type ImportFlags = { readonly dryRun?: boolean; readonly passphraseFile?: string };

type Done = readonly { readonly name: string; readonly did: keyof typeof WILL }[];

type Imported = {
  readonly tasks: Done;
  readonly webhooks: Done;
  readonly secrets: readonly string[];
};

/** `carillon import`: makes and changes tasks by their names. */
export async function importTasks(
  context: Context,
  file: string,
  flags: ImportFlags,
): Promise<void> {
  const content = readTransfer(file, await readText('import', file, FILE_BYTES_MAX));
  const passphrase = content.sealed === undefined ? undefined : await passphraseOf(flags, false);
  const api = await openApi(context);
  const isTrial = flags.dryRun === true;
  // Everything is looked at before the first thing is written.
  const trial = await send(api, content, passphrase, true);
  const done = isTrial ? trial : await send(api, content, passphrase, false);
  answer(context, { ...done, dry_run: isTrial }, () =>
    [
      ...done.tasks.map(({ name, did }) => `${isTrial ? WILL[did] : did} ${name}`),
      ...done.webhooks.map(({ name, did }) => `${isTrial ? WILL[did] : did} webhook ${name}`),
      ...done.secrets.map((name) => `${isTrial ? 'would set' : 'set'} secret ${name}`),
      ...(done.tasks.length + done.webhooks.length + done.secrets.length === 0
        ? ['There is nothing in the file.']
        : []),
    ].join('\n'),
  );
}

const WILL = {
  created: 'would create',
  updated: 'would update',
  unchanged: 'unchanged',
} as const;

async function send(
  api: Api,
  content: TransferFile,
  passphrase: string | undefined,
  isTrial: boolean,
): Promise<Imported> {
  const ask = async (body: object) =>
    (await api.ask({
      method: 'POST',
      path: '/import',
      body: { ...body, dry_run: isTrial },
    })) as Imported;
  const { sealed, secrets = [] } = content;
  // Secrets first: a task that names one is warned of otherwise.
  const set = sealed === undefined ? [] : (await ask({ secrets, sealed, passphrase })).secrets;
  const tasks = [];
  for (const part of partsOf(content.tasks)) tasks.push(...(await ask({ tasks: part })).tasks);
  const webhooks = [];
  const { webhooks: all = [] } = content;
  for (let at = 0; at < all.length; at += PART_WEBHOOKS_MAX) {
    const part = all.slice(at, at + PART_WEBHOOKS_MAX);
    const keys = sealed === undefined ? {} : { sealed, passphrase };
    webhooks.push(...(await ask({ webhooks: part, ...keys })).webhooks);
  }
  return { tasks, webhooks, secrets: set };
}

function* partsOf(tasks: readonly object[]): Iterable<readonly object[]> {
  let part: object[] = [];
  let chars = 0;
  for (const task of tasks) {
    const length = JSON.stringify(task).length;
    if (part.length > 0 && (chars + length > PART_CHARS_MAX || part.length >= PART_TASKS_MAX)) {
      yield part;
      part = [];
      chars = 0;
    }
    part.push(task);
    chars += length;
  }
  if (part.length > 0) yield part;
}

function readTransfer(file: string, text: string): TransferFile {
  let content: unknown;
  try {
    content = parse(text, { maxAliasCount: 0 });
  } catch {
    throw usageFailure(`The file "${file}" is not YAML that can be read.`);
  }
  const given = content as Partial<TransferFile> | null;
  if (given?.carillon !== FORMAT || !Array.isArray(given.tasks)) {
    throw usageFailure(
      `The file "${file}" is not one that "carillon export" wrote: it needs "carillon: ${FORMAT}" and "tasks".`,
    );
  }
  return given as TransferFile;
}

async function passphraseOf(
  { passphraseFile }: { readonly passphraseFile?: string },
  isNew: boolean,
): Promise<string> {
  if (passphraseFile !== undefined) {
    const text = await readText('--passphrase-file', passphraseFile, PASSPHRASE_BYTES_MAX);
    return text.replace(/\r?\n$/, '');
  }
  if (!process.stdin.isTTY) {
    throw usageFailure('Nobody can type a passphrase here. Use --passphrase-file FILE.');
  }
  const passphrase = await askUnseen('Passphrase');
  if (isNew && (await askUnseen('The same again')) !== passphrase) {
    throw usageFailure('The two passphrases differ.');
  }
  return passphrase;
}
