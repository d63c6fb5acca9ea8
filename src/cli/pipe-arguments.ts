import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Environment } from '../installation/places.ts';
import type { JsonObject } from '../domain/json.ts';
import { Refusal } from '../domain/refusal.ts';
import type { ListedTool } from './ask-tools.ts';
import type { Seat } from './open-session.ts';
import type { CredentialsRequest } from './runner-credentials.ts';

/** What a client asked for when it started `carillon mcp` or `carillon as`. */
export type PipeArguments = Seat & {
  readonly kind: 'pipe';
  readonly data: string | undefined;
  readonly config: string | undefined;
  /** What was wrong and left aside; for standard error. */
  readonly warnings: readonly string[];
  /** Of the older system's remote clients: what is to be done before the pipe is opened. */
  readonly credentials?: CredentialsRequest;
  /** Variables for a daemon that has to be started; those that are set already weigh more. */
  readonly daemonVariables?: Environment;
  /** The port of an older system that is opened beside the pipe, or in its place. */
  readonly door?: {
    readonly host: string;
    readonly port: number;
    readonly token: string | undefined;
    readonly usesUtc: boolean;
    readonly hasPipe: boolean;
  };
};

/** The same over HTTP, for clients of an older system that find their server by its address. */
export type BridgeArguments = Omit<PipeArguments, 'kind'> & {
  readonly kind: 'sse';
  readonly address: string;
  readonly port: number;
  /** The older system's own list of its tools, on the port after that one. */
  readonly schema: {
    readonly path: string;
    readonly write: (tools: readonly ListedTool[]) => JsonObject;
  };
};

/** Or a text to print and the exit code, as older systems answer to `--help`. */
export type PipeRequest =
  | PipeArguments
  | BridgeArguments
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly stream: 'stdout' | 'stderr';
      readonly exitCode: number;
    };

/** Reads `mcp …` or `as PROFILE …`. Refuses what it does not know. */
export async function readPipeArguments(
  words: readonly string[],
  environment: Environment,
): Promise<PipeRequest> {
  const [command, ...rest] = words;
  if (command === 'as') {
    const [profile = '', ...flags] = rest;
    return profileArguments(profile, flags, environment, nativeArguments([]));
  }
  const native = nativeArguments(rest);
  return native.surface === MCP_SCHEDULER
    ? profileArguments(MCP_SCHEDULER, [], environment, native)
    : native;
}

const NATIVE = 'native';

function nativeArguments(words: readonly string[]): PipeArguments {
  const { data, config, profile, toolset, 'read-only': isReadOnly } = parseMcpFlags(words);
  return {
    kind: 'pipe',
    data,
    config,
    surface: profile ?? NATIVE,
    toolsets: (toolset ?? ['all'])
      .flatMap((names) => names.split(','))
      .filter((name) => name !== ''),
    isReadOnly: isReadOnly ?? false,
    settings: {},
    profileSecrets: {},
    warnings: [],
  };
}

function parseMcpFlags(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: false,
      options: {
        data: { type: 'string' },
        config: { type: 'string' },
        profile: { type: 'string' },
        toolset: { type: 'string', multiple: true },
        'read-only': { type: 'boolean' },
        standalone: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new Refusal(
      'invalid',
      error instanceof Error ? error.message : 'The arguments cannot be read.',
      'Type: carillon mcp --help',
    );
  }
}

/** The older system's own flags, variables and configuration file. */
async function profileArguments(
  profile: string,
  flags: readonly string[],
  environment: Environment,
  native: PipeArguments,
): Promise<PipeRequest> {
  if (profile === CLICRONTAB) return clicrontabArguments(flags, environment);
  if (profile === CONVERSATIONS) return conversationsArguments(flags);
  if (profile === CRONLYTIC) return { ...native, surface: CRONLYTIC };
  if (profile === CLAUDE_RUNNER) return claudeRunnerArguments(flags, environment);
  if (profile !== MCP_SCHEDULER) {
    throw new Refusal(
      'invalid',
      `There is no older system "${profile}".`,
      `Known: ${MCP_SCHEDULER}, ${CLICRONTAB}, ${CONVERSATIONS}, ${CLAUDE_RUNNER}, ${CRONLYTIC}. Type: carillon as ${MCP_SCHEDULER}`,
    );
  }
  const { configPathOf, readSettings } = await import('../compat/mcp-scheduler/settings.ts');
  const { profileSecretsOf, settingsToJson } =
    await import('../compat/mcp-scheduler/settings-json.ts');
  const path = configPathOf(flags, environment);
  const reading = readSettings(
    flags,
    environment,
    path === undefined ? undefined : readIfThere(path),
  );
  if (reading.kind === 'text') return reading;
  const { settings, warnings } = reading;
  const pipe = {
    ...native,
    surface: profile,
    settings: settingsToJson(settings),
    profileSecrets: profileSecretsOf(settings),
    warnings,
  };
  if (settings.transport === 'stdio') return pipe;
  const schema = await import('../compat/mcp-scheduler/schema-document.ts');
  return {
    ...pipe,
    kind: 'sse',
    address: settings.address,
    port: settings.port,
    schema: { path: schema.SCHEMA_PATH, write: schema.schemaDocument },
  };
}

const MCP_SCHEDULER = 'mcp-scheduler';
const CONVERSATIONS = 'conversations';

/** The stand-in of the older system, which knows no flags. Its service is a door of the daemon. */
async function conversationsArguments(flags: readonly string[]): Promise<PipeRequest> {
  if (flags.length > 0) {
    throw new Refusal(
      'invalid',
      `"carillon as ${CONVERSATIONS}" takes no arguments.`,
      'For the service with its port start the daemon so: carillon serve --conversations-port 5146',
    );
  }
  const { STAND_IN } = await import('../compat/conversations/surface.ts');
  return {
    kind: 'pipe',
    data: undefined,
    config: undefined,
    surface: CONVERSATIONS,
    toolsets: ['all'],
    isReadOnly: false,
    settings: STAND_IN,
    profileSecrets: {},
    warnings: [],
  };
}

/** Its own flags name an account of a hosted service, which there is none of here. */
const CRONLYTIC = 'cronlytic';
const CLAUDE_RUNNER = 'claude-runner';
const CREDENTIAL_FLAGS: ReadonlyMap<string, CredentialsRequest> = new Map([
  ['--new-credentials', 'new'],
  ['--reset', 'reset'],
]);

/** Its variables that this profile has a use for go along. */
async function claudeRunnerArguments(
  flags: readonly string[],
  environment: Environment,
): Promise<PipeRequest> {
  const [flag, ...others] = flags;
  const credentials = flag === undefined ? 'first' : CREDENTIAL_FLAGS.get(flag);
  if (credentials === undefined || others.length > 0) {
    throw new Refusal(
      'invalid',
      `"carillon as ${CLAUDE_RUNNER}" takes --new-credentials or --reset and nothing else.`,
      'For its port start the daemon so: carillon serve --claude-runner-port 8080',
    );
  }
  const { daemonVariablesIn, profileSecretsIn, settingsToJson } =
    await import('../compat/claude-runner/settings-json.ts');
  return {
    kind: 'pipe',
    data: undefined,
    config: undefined,
    surface: CLAUDE_RUNNER,
    credentials,
    daemonVariables: daemonVariablesIn(environment),
    toolsets: ['all'],
    isReadOnly: false,
    settings: settingsToJson(environment),
    profileSecrets: profileSecretsIn(environment),
    warnings: [],
  };
}

const CLICRONTAB = 'clicrontab';

async function clicrontabArguments(
  flags: readonly string[],
  environment: Environment,
): Promise<PipeRequest> {
  const { configFolders, readSettings } = await import('../compat/clicrontab/settings.ts');
  const { settingsToJson } = await import('../compat/clicrontab/settings-json.ts');
  const inFolders = (name: string): string | undefined =>
    configFolders(environment)
      .map((folder) => readIfThere(`${folder}/${name}`))
      .find((text) => text !== undefined);
  const reading = readSettings(flags, environment, {
    configYaml: inFolders('config.yaml'),
    dotenv: [readIfThere('.env'), inFolders('.env')],
  });
  if (reading.kind === 'text') return reading;
  const { settings, warnings } = reading;
  return {
    kind: 'pipe',
    data: undefined,
    config: undefined,
    surface: CLICRONTAB,
    profileSecrets: {},
    toolsets: ['all'],
    isReadOnly: false,
    settings: settingsToJson(settings),
    warnings,
    ...(settings.mode === 'mcp'
      ? {}
      : {
          door: {
            host: settings.host,
            port: settings.port,
            token: settings.token,
            usesUtc: settings.usesUtc,
            hasPipe: settings.mode === 'both',
          },
        }),
  };
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
