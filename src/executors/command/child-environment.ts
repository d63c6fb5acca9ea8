import type { CommandAction } from '../../domain/action.ts';
import { OWN_TOKEN_VARIABLE, OWN_URL_VARIABLE } from '../../domain/engines/own-server.ts';
import type { Execution } from '../../ports/executor.ts';

/** Names the attempt to which a process belongs; every process of an attempt inherits both. */
export const RUN_VARIABLE = 'CARILLON_RUN_ID';
export const ATTEMPT_VARIABLE = 'CARILLON_ATTEMPT';

export type ChildEnvironment =
  | { readonly kind: 'ready'; readonly variables: Readonly<Record<string, string>> }
  | {
      readonly kind: 'refused';
      readonly reason: 'secret_missing' | 'bad_action';
      readonly message: string;
    };

/**
 * What a command finds in its environment: the allow-listed variables of the daemon, what the task
 * sets, and what tells it about its run. Nothing else of the daemon's environment gets through.
 */
export function childEnvironment(
  daemon: Readonly<Record<string, string>>,
  home: string,
  directory: string,
  execution: Execution<CommandAction>,
): ChildEnvironment {
  const variables: Record<string, string> = { ...allowedVariables(daemon, home), PWD: directory };
  for (const [name, value] of Object.entries(execution.action.env)) {
    const problem = problemWithName(name);
    if (problem !== undefined) return { kind: 'refused', reason: 'bad_action', message: problem };
    const text = value.kind === 'text' ? value.text : execution.grants.get(value.secret);
    if (text === undefined) {
      const secret = value.kind === 'secret' ? value.secret : name;
      return {
        kind: 'refused',
        reason: 'secret_missing',
        message: `The secret "${secret}" has no value. Set it, or remove the variable ${name} from the task.`,
      };
    }
    if (text.includes('\0')) {
      return {
        kind: 'refused',
        reason: 'bad_action',
        message: `The variable ${name} contains a NUL character, which no environment can carry. Remove it.`,
      };
    }
    variables[name] = text;
  }
  return { kind: 'ready', variables: { ...variables, ...aboutRun(execution) } };
}

/** What of the daemon's environment gets through to whatever it starts. */
export function allowedVariables(
  daemon: Readonly<Record<string, string>>,
  home: string,
): Readonly<Record<string, string>> {
  const variables: Record<string, string> = { PATH: DEFAULT_PATH, HOME: home };
  for (const [name, value] of Object.entries(daemon)) {
    if (isAllowed(name)) variables[name] = value;
  }
  return variables;
}

function aboutRun({
  run,
  attempt,
  ownServer,
}: Execution<CommandAction>): Readonly<Record<string, string>> {
  return {
    [RUN_VARIABLE]: run.id,
    [ATTEMPT_VARIABLE]: String(attempt),
    CARILLON_TASK_ID: run.taskId,
    CARILLON_TASK_NAME: run.taskName.replaceAll('\0', ''),
    CARILLON_IDEMPOTENCY_KEY: run.id,
    ...(run.scheduledFor === undefined
      ? {}
      : { CARILLON_SCHEDULED_FOR: run.scheduledFor.toString() }),
    ...(ownServer === undefined
      ? {}
      : { [OWN_URL_VARIABLE]: ownServer.url, [OWN_TOKEN_VARIABLE]: ownServer.token }),
  };
}

const DEFAULT_PATH = '/usr/local/bin:/usr/bin:/bin';

const ALLOWED: ReadonlySet<string> = new Set([
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'TZ',
  'TMPDIR',
]);

/** Without these, programs on Windows find neither their libraries nor their folders. */
const ALLOWED_ON_WINDOWS: ReadonlySet<string> = new Set([
  'PATH',
  'PATHEXT',
  'SYSTEMROOT',
  'SYSTEMDRIVE',
  'WINDIR',
  'COMSPEC',
  'TEMP',
  'TMP',
  'USERNAME',
  'USERPROFILE',
  'HOMEDRIVE',
  'HOMEPATH',
  'APPDATA',
  'LOCALAPPDATA',
  'PROGRAMDATA',
  'PROGRAMFILES',
  'PROGRAMFILES(X86)',
]);

function isAllowed(name: string): boolean {
  if (ALLOWED.has(name) || /^LC_[A-Z]+$/.test(name)) return true;
  return process.platform === 'win32' && ALLOWED_ON_WINDOWS.has(name.toUpperCase());
}

function problemWithName(name: string): string | undefined {
  if (/^CARILLON_/i.test(name)) {
    return `The variable ${name} begins with CARILLON_, which is kept for what tells a command about its run. Choose another name.`;
  }
  // Shells drop variables with other names, so they would get lost on the way.
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return `"${name.replaceAll('\0', '')}" is not a name for a variable. Use letters, digits and underscores, and do not begin with a digit.`;
  }
  return undefined;
}
