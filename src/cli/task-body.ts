import type { Context } from './context.ts';
import { usageFailure } from './cli-failure.ts';
import { namedValue, readStdin, wholeNumber } from './read-flags.ts';

/** The flags that say what a task is, as typed. */
export type DefinitionFlags = {
  readonly when?: string;
  readonly zone?: string;
  readonly description?: string;
  readonly shell?: string;
  readonly url?: string;
  readonly method?: string;
  readonly header?: readonly string[];
  readonly body?: string;
  readonly expect?: string;
  readonly cwd?: string;
  readonly env?: readonly string[];
  readonly secret?: readonly string[];
  readonly stdin?: string;
  readonly timeout?: string;
  readonly deadline?: string;
  readonly retries?: string;
  readonly backoff?: string;
  readonly overlap?: string;
  readonly concurrency?: string;
  readonly catchUp?: string;
  readonly catchUpWindow?: string;
  readonly jitter?: string;
  readonly from?: string;
  readonly until?: string;
  readonly runs?: string;
  readonly untilSuccess?: boolean;
  readonly exclude?: readonly string[];
  readonly blackout?: readonly string[];
  readonly priority?: string;
  readonly tag?: readonly string[];
};

type Body = Record<string, unknown>;

/** What the API wants for these flags; only what was typed is in it. */
export async function taskBody(
  flags: DefinitionFlags,
  argv: readonly string[],
  context: Context,
): Promise<Body> {
  const action = await actionBody(flags, argv, context);
  return compact({
    when: flags.when,
    timezone: flags.zone,
    description: flags.description,
    action,
    timeout: flags.timeout,
    deadline: flags.deadline,
    retry: retryBody(flags),
    overlap: flags.overlap,
    concurrency: numberOf('--concurrency', flags.concurrency),
    catch_up: flags.catchUp,
    catch_up_window: flags.catchUpWindow,
    jitter: flags.jitter,
    start: flags.from,
    end: flags.until,
    runs_max: numberOf('--runs', flags.runs),
    ends_after_success: flags.untilSuccess,
    exclude: flags.exclude,
    blackouts: flags.blackout,
    priority: numberOf('--priority', flags.priority),
    tags: flags.tag,
  });
}

/** Absent when no flag is about the action. */
async function actionBody(
  flags: DefinitionFlags,
  argv: readonly string[],
  context: Context,
): Promise<Body | undefined> {
  const ways = [argv.length > 0, flags.shell !== undefined, flags.url !== undefined];
  const chosen = ways.filter(Boolean).length;
  if (chosen > 1) {
    throw usageFailure('A task has one action: a program after --, or --shell, or --url.');
  }
  if (chosen === 0) {
    if (flags.cwd ?? flags.env ?? flags.secret ?? flags.stdin ?? flags.body ?? flags.header) {
      throw usageFailure('Name the action too: a program after --, or --shell, or --url.');
    }
    return undefined;
  }
  return flags.url === undefined
    ? commandBody(flags, argv, context)
    : requestBody(flags, flags.url);
}

async function commandBody(
  flags: DefinitionFlags,
  argv: readonly string[],
  context: Context,
): Promise<Body> {
  return compact({
    kind: 'command',
    argv: argv.length > 0 ? argv : undefined,
    command: flags.shell,
    cwd: flags.cwd === undefined ? context.machine.cwd : folderOf(flags.cwd, context),
    env: grantedValues(flags.env, '--env', '=', flags.secret),
    stdin: flags.stdin === '-' ? await readStdin(STDIN_BYTES_MAX) : flags.stdin,
  });
}

const STDIN_BYTES_MAX = 1_048_576;

/** The daemon works elsewhere, so a folder is meant from here. */
function folderOf(folder: string, context: Context): string {
  return /^(?:[/~\\]|[A-Za-z]:)/.test(folder) ? folder : `${context.machine.cwd}/${folder}`;
}

function requestBody(flags: DefinitionFlags, url: string): Body {
  return compact({
    kind: 'http',
    url,
    method: flags.method,
    headers: grantedValues(flags.header, '--header', ':', flags.secret),
    body: flags.body,
    expected_status: flags.expect,
  });
}

function grantedValues(
  texts: readonly string[] | undefined,
  flag: string,
  separator: string,
  secrets: readonly string[] | undefined,
): Body | undefined {
  if (texts === undefined && secrets === undefined) return undefined;
  return Object.fromEntries([
    ...(texts ?? []).map((text) => namedValue(flag, text, separator)),
    ...(secrets ?? []).map((text) => {
      const [name, secret] = namedValue('--secret', text, '=');
      return [name, { secret }] as const;
    }),
  ]);
}

function retryBody(flags: DefinitionFlags): Body | undefined {
  if (flags.retries === undefined && flags.backoff === undefined) return undefined;
  const retries = numberOf('--retries', flags.retries);
  return compact({
    attempts: retries === undefined ? undefined : retries + 1,
    backoff: flags.backoff,
  });
}

function numberOf(flag: string, text: string | undefined): number | undefined {
  return text === undefined ? undefined : wholeNumber(flag, text);
}

function compact(body: Body): Body {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}
