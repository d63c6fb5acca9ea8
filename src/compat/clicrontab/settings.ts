import { parse } from 'yaml';
import { Refusal } from '../../domain/refusal.ts';
import { readCommandLine, type CommandLine } from './command-line.ts';
import { splitCommand } from './split-command.ts';

export type Mode = (typeof MODES)[number];

/** What turns a prompt into work: a command of the configuration file, or an engine of Carillon. */
export type PromptEngine =
  | {
      readonly kind: 'command';
      readonly name: string;
      readonly argv: readonly [string, ...string[]];
    }
  | { readonly kind: 'agent'; readonly name: string };

/** The settings of the older system, under names of ours. */
export type ClicrontabSettings = {
  readonly mode: Mode;
  readonly host: string;
  readonly port: number;
  /** Absent when nobody set one. */
  readonly token: string | undefined;
  readonly usesUtc: boolean;
  readonly engine: PromptEngine;
};

/** What the command line comes to: settings to start with, or a text to print and an exit code. */
export type SettingsReading =
  | {
      readonly kind: 'settings';
      readonly settings: ClicrontabSettings;
      /** What was left aside; for standard error, never for standard output. */
      readonly warnings: readonly string[];
    }
  | Extract<CommandLine, { readonly kind: 'text' }>;

/** Texts of the files that a start reads; absent when missing, which is no fault. */
export type SettingsFiles = {
  readonly configYaml: string | undefined;
  /** The file in the working directory, then the one in the folder of the configuration. */
  readonly dotenv: readonly (string | undefined)[];
};

type Environment = Readonly<Record<string, string | undefined>>;

const MODES = ['http', 'mcp', 'both'] as const;
const PORT_MAX = 65_535;
const YAML_CHARS_MAX = 65_536;
const ENGINES_MAX = 50;
const ENGINE_NAME = /^[a-z][a-z0-9_-]{0,63}$/;

export const CLICRONTAB_DEFAULTS: ClicrontabSettings = {
  mode: 'http',
  // The older system listens on every address, where strangers could run commands.
  host: '127.0.0.1',
  port: 7_070,
  token: undefined,
  usesUtc: false,
  engine: { kind: 'agent', name: 'claude' },
};

/** Folders that may hold `config.yaml` and `.env`, the first that does counts. */
export function configFolders(env: Environment): readonly string[] {
  const home = nonEmpty(env['HOME']) ?? nonEmpty(env['USERPROFILE']);
  const folders = [
    nonEmpty(env['XDG_CONFIG_HOME']),
    home === undefined ? undefined : `${home}/.config`,
    home === undefined ? undefined : `${home}/Library/Application Support`,
    nonEmpty(env['APPDATA']),
  ];
  return folders.flatMap((folder) => (folder === undefined ? [] : [`${folder}/clicrontab`]));
}

/** Settings by the older system's precedence: command line, environment, `.env` files, default. */
export function readSettings(
  argv: readonly string[],
  env: Environment,
  files: SettingsFiles,
): SettingsReading {
  const line = readCommandLine(argv);
  if (line.kind === 'text') return line;
  const below = files.dotenv.map(readDotenv);
  const variable = (name: string): Given => {
    const value = [env, ...below].map((from) => nonEmpty(from[name])).find(Boolean);
    return { value, place: name };
  };
  const given = (flag: string, name: string): Given => {
    const value = line.options.get(flag);
    return value === undefined ? variable(name) : { value, place: `--${flag}` };
  };
  const { host, port } = address(given('addr', 'CLICRON_ADDR'));
  return {
    kind: 'settings',
    settings: {
      mode: mode({ value: line.options.get('mode'), place: '--mode' }),
      host,
      port,
      token: variable('CLICRON_AUTH_TOKEN').value,
      usesUtc: truth(given('use-utc', 'CLICRON_USE_UTC')),
      engine: readEngine(files.configYaml),
    },
    warnings: truth(variable('CLICRON_BARK_ENABLED')) ? [BARK_WARNING] : [],
  };
}

const BARK_WARNING =
  'CLICRON_BARK_URL is not used. Configure a channel of the kind "bark" in Carillon; see docs/notifications.md.';

/** A value as it was given, and where; `undefined` when nobody gave one. */
type Given = { readonly value: string | undefined; readonly place: string };

function mode({ value, place }: Given): Mode {
  if (value === undefined) return CLICRONTAB_DEFAULTS.mode;
  const known = MODES.find((one) => one === value);
  if (known !== undefined) return known;
  throw new Refusal('invalid', `${place} must be one of ${MODES.join(', ')}.`);
}

function truth({ value }: Given): boolean {
  return value !== undefined && ['true', '1', 'yes', 't'].includes(value.toLowerCase());
}

function address({ value, place }: Given): { readonly host: string; readonly port: number } {
  if (value === undefined) return CLICRONTAB_DEFAULTS;
  const found = /^(\[[0-9A-Fa-f:.]+\]|[^:\s/]*):(\d{1,5})$/.exec(value);
  const port = Number(found?.[2]);
  if (found === null || port > PORT_MAX) {
    throw new Refusal('invalid', `${place} must be host:port, such as 127.0.0.1:7070.`);
  }
  const host = (found[1] ?? '').replaceAll(/[[\]]/g, '');
  // In Go, where this notation comes from, no host means every address.
  return { host: host === '' ? '0.0.0.0' : host, port };
}

/** The engine that prompts go to. Refuses a file that cannot be meant as it is written. */
function readEngine(text: string | undefined): PromptEngine {
  if (text === undefined) return CLICRONTAB_DEFAULTS.engine;
  const config = readYaml(text);
  const engines = record(config['engines'] ?? {}, 'engines');
  const entries = Object.entries(engines);
  if (entries.length > ENGINES_MAX) {
    throw new Refusal('invalid', `config.yaml has more than ${ENGINES_MAX} engines.`);
  }
  // All are read, so that what is wrong with one shows before it is needed.
  const commands = new Map(
    entries.map(([name, table]) => {
      const place = `engines.${name.slice(0, 64)}.command`;
      const { command } = record(table, `engines.${name.slice(0, 64)}`);
      if (typeof command !== 'string') {
        throw new Refusal('invalid', `${place} of config.yaml must be text.`);
      }
      return [name, splitCommand(command, place)] as const;
    }),
  );
  const name = config['default_engine'] ?? CLICRONTAB_DEFAULTS.engine.name;
  if (typeof name !== 'string' || !ENGINE_NAME.test(name)) {
    throw new Refusal('invalid', 'default_engine of config.yaml must be the name of an engine.');
  }
  const argv = commands.get(name);
  return argv === undefined ? { kind: 'agent', name } : { kind: 'command', name, argv };
}

function readYaml(text: string): Readonly<Record<string, unknown>> {
  if (text.length > YAML_CHARS_MAX) {
    throw new Refusal('invalid', `config.yaml is longer than ${YAML_CHARS_MAX} characters.`);
  }
  try {
    // The `core` schema has no tags that make anything but data.
    return record(parse(text, { schema: 'core', maxAliasCount: 0, logLevel: 'error' }) ?? {}, '');
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal('invalid', 'config.yaml is not YAML that could be read.');
  }
}

function record(value: unknown, place: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  const what = place === '' ? 'config.yaml' : `${place} of config.yaml`;
  throw new Refusal('invalid', `${what} must be a table.`);
}

/** `NAME=value` on each line, with comments and quotes. */
function readDotenv(text: string | undefined): Environment {
  const values: Record<string, string> = {};
  for (const line of (text ?? '').slice(0, YAML_CHARS_MAX).split('\n')) {
    const found = /^\s*(?:export\s+)?(CLICRON_[A-Z_]+)\s*=\s*(.*?)\s*$/.exec(line);
    const [, name, value] = found ?? [];
    if (name === undefined || value === undefined) continue;
    const quoted = /^(["'])(.*)\1$/.exec(value);
    values[name] = quoted?.[2] ?? value.replace(/\s+#.*$/, '');
  }
  return values;
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value;
}
