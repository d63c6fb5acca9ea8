import { parse, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { Refusal } from '../domain/refusal.ts';
import type { EgressProfile } from '../egress/egress-policy.ts';
import { nearestNames } from '../service/nearest-names.ts';
import type { LogLevel } from '../ports/log.ts';
import type { Environment } from '../installation/places.ts';
import { isRunVariable } from '../installation/run-variables.ts';
import { ALERT_KINDS, type AlertKind } from '../domain/alerts/alert-policy.ts';
import { budget, budgetsByTag } from './budget-setting.ts';
import { channels } from './channel-setting.ts';
import { engines } from './engine-setting.ts';
import { policy } from './policy-setting.ts';
import {
  choice,
  choices,
  counts,
  integer,
  list,
  origin,
  text,
  truth,
  zone,
  type Setting,
} from './setting.ts';

/** Every setting there is: in the file as written here, in the environment as `CARILLON_PORT`, as a flag `--port`. */
export const SETTINGS = {
  host: text(
    '127.0.0.1',
    'Address that the HTTP door listens on.',
    'a host name or an address',
    253,
  ),
  port: integer(
    7411,
    0,
    65_535,
    'Port of the HTTP door; 0 takes a free one. When 7411 was not asked for and is taken, a free one is taken.',
  ),
  auth: truth(
    true,
    'Whether the HTTP door wants the token. May be false only on a loopback address.',
  ),
  conversations_port: integer(
    0,
    0,
    65_535,
    'Port at which clients of the older conversation scheduler are served (there it was 5146), at the same host; 0 for none. See compatibility.md.',
  ),
  claude_runner_port: integer(
    0,
    0,
    65_535,
    'Port at which clients of the older Claude Runner are served (there it was 8080), at the same host; 0 for none. See compatibility.md.',
  ),
  allowed_hosts: list(
    [],
    32,
    'Host names, beside the loopback ones, by which clients may address the HTTP door.',
  ),
  public_url: origin(
    '',
    'The address by which clients elsewhere know the HTTP door, such as https://carillon.example.org; tokens name it. Empty: the loopback address.',
  ),
  dashboard_username: text(
    '',
    'Name by which a browser may sign in without a session; only together with dashboard_password.',
    'a name',
    100,
  ),
  dashboard_password: text('', 'The password that goes with it.', 'a password', 512),
  read_only: truth(
    false,
    'Whether nothing may be changed by anybody. Tasks go on as they are; everything can still be stopped.',
  ),
  policy: policy(
    'What becomes of acts by kind of principal, where it is not the usual: allow, ask a person, or deny. See security.md.',
  ),
  quota_tasks: integer(
    1_000,
    1,
    1_000_000,
    'The most tasks of one principal that have not ended, unless it is a person or acts for the owner.',
  ),
  quota_runs_per_hour: integer(
    120,
    1,
    1_000_000,
    'The most runs that such a principal may start in an hour.',
  ),
  log_level: choice<LogLevel>(
    'info',
    ['debug', 'info', 'warn', 'error'],
    'The least important lines that the log keeps.',
  ),
  log_bytes_max: integer(
    5_242_880,
    65_536,
    1_073_741_824,
    'Size in bytes at which a log file is put away.',
  ),
  log_files_max: integer(5, 1, 100, 'Log files kept, the current one included.'),
  zone: zone(
    '',
    'IANA time zone of schedules whose author named none; empty for the zone of the machine.',
  ),
  workers: integer(64, 1, 256, 'The most runs in progress at once.'),
  workers_by_kind: counts(
    { command: 8, http: 32, agent: 4, model: 8, message: 32, reminder: 8 },
    'The most runs in progress at once for each kind of action, so that one kind holds up no other.',
  ),
  lease_ms: integer(
    30_000,
    5_000,
    600_000,
    'Milliseconds after which a run that nobody renews counts as lost.',
  ),
  drain_ms: integer(10_000, 0, 600_000, 'Milliseconds that a stopping daemon waits for its runs.'),
  interval_ms_min: integer(
    1_000,
    1_000,
    86_400_000,
    'The shortest interval between two occurrences, in milliseconds.',
  ),
  tag_limits: counts({}, 'The most runs in progress at once for each tag named.'),
  budget: budget(
    'What all agent and model runs together may use in a run, a day and a month of the zone, in US dollars and in tokens.',
  ),
  tag_budgets: budgetsByTag('What the runs of all tasks with a tag together may use.'),
  engines: engines(
    'Agent command lines beside the built-in ones, or changes to those; see engines.md.',
  ),
  accept_permission_bypass: truth(
    false,
    'Whether tasks may lift the limits of their agents, by modes and flags that refuse nothing. Refused for root.',
  ),
  profile: choice<'auto' | EgressProfile>(
    'auto',
    ['auto', 'laptop', 'shared'],
    'What HTTP actions may reach: `shared` closes private networks; `auto` is `laptop` while the HTTP door listens on loopback and has no public_url.',
  ),
  egress_allow: list(
    [],
    256,
    'Hosts, addresses or networks that HTTP actions may reach although the profile would refuse.',
  ),
  key_file: text(
    '',
    'File with the master key of the secrets; the systemd credential `carillon-master-key`, or else `keys/master.key` in the data folder, when empty.',
    'a path',
    4_096,
  ),
  previous_key_file: text(
    '',
    'File with the master key before that one; the secrets then move to the key of now.',
    'a path',
    4_096,
  ),
  channels: channels(
    'The ways to a person, by name, in the order in which they are tried; see notifications.md. A desktop banner when there is none.',
  ),
  alerts: choices<AlertKind>(
    [],
    ALERT_KINDS,
    'What is told through the channels of tasks that do not say it themselves; the inbox keeps failures and missed runs anyway.',
  ),
  alert_channels: list(
    [],
    32,
    'Names of the channels that alerts try, in their order; all of them when empty.',
  ),
} as const satisfies Readonly<Record<string, Setting<unknown>>>;

export type SettingName = keyof typeof SETTINGS;
type ValueOf<S> = S extends Setting<infer Value> ? Value : never;
export type Config = { readonly [Name in SettingName]: ValueOf<(typeof SETTINGS)[Name]> };

export type ConfigSources = {
  readonly file: { readonly path: string; readonly text: string } | undefined;
  readonly environment: Environment;
  /** As typed, by setting name; absent when not given. */
  readonly flags: Readonly<Partial<Record<SettingName, string>>>;
};

export type ConfigOrigin = 'default' | 'file' | 'environment' | 'flag';

export type ReadConfig = {
  readonly config: Config;
  /** Where each setting came from. */
  readonly origins: Readonly<Record<SettingName, ConfigOrigin>>;
};

/** Default, then file, then environment, then flag. Refuses unknown keys and values out of bounds. */
export function readConfig(sources: ConfigSources): ReadConfig {
  const values: Record<string, unknown> = {};
  const origins: Record<string, ConfigOrigin> = {};
  for (const name of SETTING_NAMES) {
    values[name] = SETTINGS[name].default;
    origins[name] = 'default';
  }
  const set = (name: SettingName, value: unknown, origin: ConfigOrigin, place: string) => {
    values[name] = readSetting(name, value, place);
    origins[name] = origin;
  };
  for (const [key, value] of Object.entries(readConfigFile(sources.file))) {
    if (!isSettingName(key)) throw unknownKey(key, `in ${sources.file?.path ?? 'the file'}`);
    set(key, value, 'file', `${key} in ${sources.file?.path ?? 'the file'}`);
  }
  for (const [variable, raw] of Object.entries(sources.environment)) {
    const name = settingOfVariable(variable);
    if (name === undefined || raw === undefined || raw === '') continue;
    set(name, SETTINGS[name].parse(raw), 'environment', variable);
  }
  for (const [name, raw] of Object.entries(sources.flags)) {
    if (raw === undefined || !isSettingName(name)) continue;
    set(name, SETTINGS[name].parse(raw), 'flag', flagOf(name));
  }
  const config = values as Config;
  requireSafeDoor(config);
  return { config, origins: origins as Record<SettingName, ConfigOrigin> };
}

export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[];

/** What HTTP actions may reach, given where the HTTP door listens. */
export function egressProfile(config: Config): EgressProfile {
  if (config.profile !== 'auto') return config.profile;
  const isAlone = isLoopback(config.host) && !config.public_url.startsWith('https:');
  return isAlone ? 'laptop' : 'shared';
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

function requireSafeDoor(config: Config): void {
  if (config.auth || isLoopback(config.host)) return;
  throw new Refusal(
    'invalid',
    `Without the token the HTTP door may listen on a loopback address only, and host is "${config.host}".`,
    'Leave the token on, or listen on 127.0.0.1.',
  );
}

function readSetting(name: SettingName, value: unknown, place: string): unknown {
  const setting: Setting<unknown> = SETTINGS[name];
  const read = setting.read(value);
  if (read !== undefined) return read;
  throw new Refusal('invalid', `${place} must be ${setting.bound}.`, setting.sentence);
}

function readConfigFile(file: ConfigSources['file']): Readonly<Record<string, unknown>> {
  if (file === undefined) return {};
  const errors: ParseError[] = [];
  const parsed: unknown = parse(file.text, errors, {
    allowTrailingComma: true,
    allowEmptyContent: true,
  });
  const [error] = errors;
  if (error !== undefined) {
    const line = file.text.slice(0, error.offset).split('\n').length;
    throw new Refusal(
      'invalid',
      `${file.path} is not JSON with comments: ${printParseErrorCode(error.error)} in line ${String(line)}.`,
    );
  }
  if (parsed === undefined) return {};
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new Refusal('invalid', `${file.path} must hold one object, such as { "port": 7411 }.`);
  }
  return parsed as Readonly<Record<string, unknown>>;
}

function unknownKey(key: string, place: string): Refusal {
  const [nearest] = nearestNames(key, SETTING_NAMES);
  return new Refusal(
    'invalid',
    `There is no setting "${key}" (${place}).`,
    nearest === undefined
      ? `The settings are: ${SETTING_NAMES.join(', ')}.`
      : `Did you mean "${nearest}"?`,
  );
}

/** Variables that are ours and no settings of the daemon. */
const OTHER_VARIABLES = ['CARILLON_DATA', 'CARILLON_CONFIG', 'CARILLON_NODE'];
const PREFIX = 'CARILLON_';

/**
 * Commands get variables of their own with our prefix, and may well start a daemon; so an unknown
 * variable is refused only when it looks like a setting that was mistyped.
 */
function settingOfVariable(variable: string): SettingName | undefined {
  if (!variable.startsWith(PREFIX) || OTHER_VARIABLES.includes(variable)) return undefined;
  if (isRunVariable(variable)) return undefined;
  const name = variable.slice(PREFIX.length).toLowerCase();
  if (isSettingName(name)) return name;
  const [nearest] = nearestNames(name, SETTING_NAMES);
  if (nearest === undefined) return undefined;
  throw new Refusal(
    'invalid',
    `There is no setting for the variable ${variable}.`,
    `Did you mean ${PREFIX}${nearest.toUpperCase()}?`,
  );
}

function isSettingName(text: string): text is SettingName {
  return Object.hasOwn(SETTINGS, text);
}

export function flagOf(name: SettingName): string {
  return `--${name.replaceAll('_', '-')}`;
}
