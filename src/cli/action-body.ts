import type { Context } from './context.ts';
import { usageFailure } from './cli-failure.ts';
import { compact, jsonObject, namedValue, readStdin, readText, wholeNumber } from './read-flags.ts';

/** The flags that say what a task does, as typed. */
export type ActionFlags = {
  readonly shell?: string;
  readonly cwd?: string;
  readonly env?: readonly string[];
  readonly secret?: readonly string[];
  readonly stdin?: string;
  readonly url?: string;
  readonly method?: string;
  readonly header?: readonly string[];
  readonly body?: string;
  readonly expect?: string;
  readonly agent?: string;
  readonly modelProvider?: string;
  readonly prompt?: string;
  readonly promptFile?: string;
  readonly model?: string;
  readonly fallbackModel?: string;
  readonly allowTool?: readonly string[];
  readonly denyTool?: readonly string[];
  readonly mcpConfig?: string;
  readonly permissionMode?: string;
  readonly flag?: readonly string[];
  readonly system?: string;
  readonly schema?: string;
  readonly session?: string;
  readonly sessionTokens?: string;
  readonly delegate?: boolean;
  readonly baseUrl?: string;
  readonly keySecret?: string;
  readonly keyVariable?: string;
  readonly temperature?: string;
  readonly maxTokens?: string;
  readonly file?: readonly string[];
  readonly messageTo?: string;
  readonly text?: string;
  readonly contentType?: string;
  readonly info?: string;
  readonly remind?: string;
  readonly channel?: readonly string[];
  readonly sound?: string;
};

type Body = Record<string, unknown>;

const TEXT_BYTES_MAX = 1_048_576;

/** How each kind of action is asked for. */
const WAYS =
  'a program after --, or --shell, --url, --agent, --model-provider, --message-to or --remind';

/** What the API wants for these flags; absent when none is about the action. */
export async function actionBody(
  flags: ActionFlags,
  argv: readonly string[],
  context: Context,
): Promise<Body | undefined> {
  const ways = [
    argv.length > 0,
    ...[
      flags.shell,
      flags.url,
      flags.agent,
      flags.modelProvider,
      flags.messageTo,
      flags.remind,
    ].map((flag) => flag !== undefined),
  ].filter(Boolean).length;
  if (ways > 1) throw usageFailure(`A task has one action: ${WAYS}.`);
  if (ways === 0) {
    if (!isAboutAction(flags)) return undefined;
    throw usageFailure(`Name the action too: ${WAYS}.`);
  }
  if (flags.url !== undefined) return requestBody(flags, flags.url);
  if (flags.agent !== undefined) return agentBody(flags, flags.agent, context);
  if (flags.modelProvider !== undefined) return modelBody(flags, flags.modelProvider, context);
  if (flags.messageTo !== undefined) return messageBody(flags, flags.messageTo);
  if (flags.remind !== undefined) return reminderBody(flags, flags.remind);
  return commandBody(flags, argv, context);
}

/** Flags that say how, and not what. */
const HOW: readonly (keyof ActionFlags)[] = [
  'cwd',
  'env',
  'secret',
  'stdin',
  'body',
  'header',
  'prompt',
  'promptFile',
  'model',
  'session',
  'text',
  'channel',
];

function isAboutAction(flags: ActionFlags): boolean {
  return HOW.some((name) => flags[name] !== undefined);
}

async function commandBody(
  flags: ActionFlags,
  argv: readonly string[],
  context: Context,
): Promise<Body> {
  return compact({
    kind: 'command',
    argv: argv.length > 0 ? argv : undefined,
    command: flags.shell,
    cwd: folderOf(flags.cwd, context),
    env: grantedValues(flags.env, '--env', '=', flags.secret),
    stdin: flags.stdin === '-' ? await readStdin(TEXT_BYTES_MAX) : flags.stdin,
  });
}

/** The daemon works elsewhere, so a folder is meant from here. */
export function folderOf(folder: string | undefined, context: Context): string {
  if (folder === undefined) return context.machine.cwd;
  return /^(?:[/~\\]|[A-Za-z]:)/.test(folder) ? folder : `${context.machine.cwd}/${folder}`;
}

function requestBody(flags: ActionFlags, url: string): Body {
  return compact({
    kind: 'http',
    url,
    method: flags.method,
    headers: grantedValues(flags.header, '--header', ':', flags.secret),
    body: flags.body,
    expected_status: flags.expect,
  });
}

async function agentBody(flags: ActionFlags, engine: string, context: Context): Promise<Body> {
  return compact({
    kind: 'agent',
    engine,
    prompt: await promptOf(flags),
    cwd: folderOf(flags.cwd, context),
    model: flags.model,
    fallback_model: flags.fallbackModel,
    allowed_tools: flags.allowTool,
    denied_tools: flags.denyTool,
    mcp_servers: await serversOf(flags),
    permission_mode: flags.permissionMode,
    flags: flags.flag,
    system_text: flags.system,
    answer_schema: await schemaOf(flags),
    session: sessionOf(flags),
    delegation: flags.delegate,
    env: grantedValues(flags.env, '--env', '=', flags.secret),
  });
}

async function modelBody(flags: ActionFlags, provider: string, context: Context): Promise<Body> {
  return compact({
    kind: 'model',
    provider,
    model: flags.model,
    prompt: await promptOf(flags),
    base_url: flags.baseUrl,
    api_key: apiKeyOf(flags),
    system_text: flags.system,
    temperature: flags.temperature === undefined ? undefined : Number(flags.temperature),
    max_tokens:
      flags.maxTokens === undefined ? undefined : wholeNumber('--max-tokens', flags.maxTokens),
    answer_schema: await schemaOf(flags),
    files: flags.file?.map((file) => folderOf(file, context)),
  });
}

function messageBody(flags: ActionFlags, endpoint: string): Body {
  return compact({
    kind: 'message',
    endpoint,
    method: flags.method,
    text: flags.text,
    headers: grantedValues(flags.header, '--header', ':', flags.secret),
    content_type: flags.contentType,
    info: flags.info === undefined ? undefined : jsonObject('--info', flags.info),
  });
}

function reminderBody(flags: ActionFlags, title: string): Body {
  return compact({
    kind: 'reminder',
    title,
    body: flags.body,
    channels: flags.channel,
    sound: flags.sound,
  });
}

async function promptOf(flags: ActionFlags): Promise<string> {
  const { prompt, promptFile } = flags;
  if (prompt !== undefined && promptFile !== undefined) {
    throw usageFailure('Write either --prompt or --prompt-file, not both.');
  }
  if (promptFile !== undefined) return readText('--prompt-file', promptFile, TEXT_BYTES_MAX);
  if (prompt !== undefined) return prompt;
  throw usageFailure('An agent or a model needs a prompt: --prompt TEXT, or --prompt-file FILE.');
}

/** The file may hold the servers alone, or as agents keep them: under `mcpServers`. */
async function serversOf({ mcpConfig }: ActionFlags): Promise<object | undefined> {
  if (mcpConfig === undefined) return undefined;
  const config = jsonObject(
    '--mcp-config',
    await readText('--mcp-config', mcpConfig, TEXT_BYTES_MAX),
  );
  return 'mcpServers' in config &&
    typeof config.mcpServers === 'object' &&
    config.mcpServers !== null
    ? config.mcpServers
    : config;
}

async function schemaOf({ schema }: ActionFlags): Promise<object | undefined> {
  if (schema === undefined) return undefined;
  return jsonObject('--schema', await readText('--schema', schema, TEXT_BYTES_MAX));
}

function sessionOf({ session, sessionTokens }: ActionFlags): unknown {
  if (sessionTokens === undefined) return session;
  return { mode: session ?? 'resume', tokens_max: wholeNumber('--session-tokens', sessionTokens) };
}

function apiKeyOf({ keySecret, keyVariable }: ActionFlags): Body | undefined {
  if (keySecret !== undefined && keyVariable !== undefined) {
    throw usageFailure('Write either --key-secret or --key-variable, not both.');
  }
  if (keySecret !== undefined) return { secret: keySecret };
  return keyVariable === undefined ? undefined : { variable: keyVariable };
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
