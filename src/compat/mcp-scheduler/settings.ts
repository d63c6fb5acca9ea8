import { Refusal } from '../../domain/refusal.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import { readCommandLine, type CommandLine } from './command-line.ts';
import { stripComments } from './strip-comments.ts';

export type Transport = 'stdio' | 'sse';
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The settings of the older system, under names of ours. */
export type McpSchedulerSettings = {
  readonly name: string;
  readonly version: string;
  readonly address: string;
  readonly port: number;
  readonly transport: Transport;
  readonly strictJson: boolean;
  readonly dbPath: string;
  readonly logLevel: LogLevel;
  readonly logFile: string;
  readonly checkIntervalS: number;
  readonly executionTimeoutS: number;
  readonly aiModel: string;
  readonly openaiApiKey: string | undefined;
  readonly usesAwsQModel: boolean;
  readonly isDebug: boolean;
  readonly fixesJson: boolean;
};

/** What the command line comes to: settings to start with, or a text to print and an exit code. */
export type SettingsReading =
  | {
      readonly kind: 'settings';
      readonly settings: McpSchedulerSettings;
      /** What was wrong and left aside; for the log, never for standard output. */
      readonly warnings: readonly string[];
    }
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly stream: 'stdout' | 'stderr';
      readonly exitCode: number;
    };

type Environment = Readonly<Record<string, string | undefined>>;

const LOG_LEVELS = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'] as const;
const PORT_MAX = 65_535;
const SECONDS_MAX = 604_800;

export const MCP_SCHEDULER_DEFAULTS: McpSchedulerSettings = {
  name: 'mcp-scheduler',
  version: '0.1.0',
  address: 'localhost',
  port: 8_080,
  transport: 'stdio',
  strictJson: false,
  dbPath: 'scheduler.db',
  logLevel: 'INFO',
  logFile: 'mcp_scheduler.log',
  checkIntervalS: 5,
  executionTimeoutS: 300,
  aiModel: 'gpt-4o',
  openaiApiKey: undefined,
  usesAwsQModel: false,
  isDebug: false,
  fixesJson: false,
};

/** Path of the configuration file that a start with these arguments reads; absent when there is none. */
export function configPathOf(argv: readonly string[], env: Environment): string | undefined {
  const line = readCommandLine(argv);
  const named = line.kind === 'options' ? line.options.get('config') : undefined;
  return named ?? nonEmpty(env['MCP_SCHEDULER_CONFIG_FILE']);
}

/**
 * Settings by the older system's precedence: configuration file, command line, environment, default.
 *
 * @param fileText of the configuration file; absent when it is missing, which is no fault.
 */
export function readSettings(
  argv: readonly string[],
  env: Environment,
  fileText: string | undefined,
): SettingsReading {
  const line = readCommandLine(argv);
  if (line.kind === 'text') return line;
  const file = readFileText(fileText);
  const settings = settingsFrom(line, env, file.config);
  if (line.flags.has('version')) {
    const text = `${settings.name} version ${settings.version}\n`;
    return { kind: 'text', text, stream: 'stderr', exitCode: 0 };
  }
  return { kind: 'settings', settings, warnings: file.warnings };
}

function settingsFrom(
  line: Extract<CommandLine, { readonly kind: 'options' }>,
  env: Environment,
  config: JsonObject,
): McpSchedulerSettings {
  const { options, flags } = line;
  const defaults = MCP_SCHEDULER_DEFAULTS;
  /** The values that were given for one setting, the one that counts first. */
  const given = (key: string, option: string | undefined, variable: string): Given => {
    const inFile = valueAt(config, key);
    if (inFile !== undefined) return { value: inFile, place: `"${key}" of the configuration file` };
    const onLine = option === undefined ? undefined : options.get(option);
    if (onLine !== undefined) return { value: onLine, place: `--${option}` };
    return { value: nonEmpty(env[variable]), place: variable };
  };
  const isDebug = flags.has('debug');
  return {
    name: text(given('server.name', undefined, 'MCP_SCHEDULER_NAME'), defaults.name),
    version: text(given('server.version', undefined, 'MCP_SCHEDULER_VERSION'), defaults.version),
    address: text(given('server.address', 'address', 'MCP_SCHEDULER_ADDRESS'), defaults.address),
    port: integer(given('server.port', 'port', 'MCP_SCHEDULER_PORT'), defaults.port, PORT_MAX),
    transport: transport(given('server.transport', 'transport', 'MCP_SCHEDULER_TRANSPORT')),
    strictJson: truth(given('server.strict_json', undefined, 'MCP_SCHEDULER_STRICT_JSON')),
    dbPath: text(given('database.path', 'db-path', 'MCP_SCHEDULER_DB_PATH'), defaults.dbPath),
    logLevel: isDebug
      ? 'DEBUG'
      : logLevel(given('logging.level', 'log-level', 'MCP_SCHEDULER_LOG_LEVEL')),
    logFile: text(given('logging.file', 'log-file', 'MCP_SCHEDULER_LOG_FILE'), defaults.logFile),
    checkIntervalS: integer(
      given('scheduler.check_interval', undefined, 'MCP_SCHEDULER_CHECK_INTERVAL'),
      defaults.checkIntervalS,
      SECONDS_MAX,
    ),
    executionTimeoutS: integer(
      given('scheduler.execution_timeout', undefined, 'MCP_SCHEDULER_EXECUTION_TIMEOUT'),
      defaults.executionTimeoutS,
      SECONDS_MAX,
    ),
    aiModel: text(given('ai.model', 'ai-model', 'MCP_SCHEDULER_AI_MODEL'), defaults.aiModel),
    openaiApiKey: keyOf(given('ai.openai_api_key', undefined, 'OPENAI_API_KEY')),
    usesAwsQModel: truth(given('ai.use_aws_q_model', undefined, 'MCP_SCHEDULER_USE_AWS_Q_MODEL')),
    isDebug,
    fixesJson: isDebug || flags.has('fix-json'),
  };
}

/** A value as it was given, and where; `undefined` when nobody gave one. */
type Given = { readonly value: Json | undefined; readonly place: string };

function text({ value, place }: Given, otherwise: string): string {
  if (value === undefined || value === null) return otherwise;
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw new Refusal('invalid', `${place} must be text.`);
}

function integer({ value, place }: Given, otherwise: number, max: number): number {
  if (value === undefined || value === null) return otherwise;
  const number = typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number) && number >= 1 && number <= max) {
    return number;
  }
  throw new Refusal('invalid', `${place} must be a whole number from 1 to ${max}.`);
}

function truth({ value }: Given): boolean {
  return value === true || (typeof value === 'string' && value.toLowerCase() === 'true');
}

function transport({ value, place }: Given): Transport {
  if (value === undefined || value === null) return MCP_SCHEDULER_DEFAULTS.transport;
  if (value === 'stdio' || value === 'sse') return value;
  throw new Refusal('invalid', `${place} must be "stdio" or "sse".`);
}

/** Unknown text means INFO, as it always did. */
function logLevel({ value }: Given): LogLevel {
  const wanted = typeof value === 'string' ? value.toUpperCase() : '';
  return LOG_LEVELS.find((level) => level === wanted) ?? MCP_SCHEDULER_DEFAULTS.logLevel;
}

function keyOf({ value }: Given): string | undefined {
  return typeof value === 'string' ? nonEmpty(value) : undefined;
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value;
}

function readFileText(fileText: string | undefined): {
  readonly config: JsonObject;
  readonly warnings: readonly string[];
} {
  if (fileText === undefined) return { config: {}, warnings: [] };
  try {
    const config = JSON.parse(stripComments(fileText)) as Json;
    if (isObject(config)) return { config, warnings: [] };
  } catch {
    // Told below; a broken file never kept the older system from starting.
  }
  return {
    config: {},
    warnings: ['The configuration file is not a JSON object, so nothing of it is used.'],
  };
}

function valueAt(config: JsonObject, key: string): Json | undefined {
  const [section = '', name = ''] = key.split('.');
  const values = config[section];
  return values !== undefined && isObject(values) ? values[name] : undefined;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
