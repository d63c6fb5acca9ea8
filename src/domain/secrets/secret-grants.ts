import type { Action, ModelAction, ModelProvider } from '../action.ts';
import type { Namespace } from '../principal.ts';
import { isForNamespace } from './profile-secrets.ts';

/** What may use a secret. With nothing named in any list, every task may. */
export type SecretGrants = {
  /** Ids or names of tasks. */
  readonly tasks: readonly string[];
  /** Names of MCP servers: tasks of agents that have one of them. */
  readonly servers: readonly string[];
  /** `host`, `host:port` or `*.host`: requests to one of them, and nothing else. */
  readonly hosts: readonly string[];
};

export const FOR_EVERYTHING: SecretGrants = { tasks: [], servers: [], hosts: [] };

export type SecretUse = {
  readonly taskId: string;
  readonly taskName: string;
  readonly namespace: Namespace;
  readonly action: Action;
};

/** Why this use is not granted, as words that follow "because"; `undefined` when it is. */
export function refusedUse(
  { name, grants }: { readonly name: string; readonly grants: SecretGrants },
  use: SecretUse,
): string | undefined {
  const { tasks, servers, hosts } = grants;
  if (!isForNamespace(name, use.namespace)) return 'it was handed to a profile, for its own tasks';
  const namesUsers = tasks.length + servers.length > 0;
  if (namesUsers && !isNamed(grants, use)) return 'it is granted to others only';
  if (hosts.length === 0) return undefined;
  const { action } = use;
  if (action.kind === 'command' || action.kind === 'agent') {
    return 'it may go to certain hosts only, and where a program sends it cannot be watched';
  }
  const url = addressOf(action);
  if (url === undefined) return 'it may go to certain hosts only, and the host is not known here';
  if (hosts.some((host) => isHost(host, url))) return undefined;
  return `it may not go to the host ${JSON.stringify(url.host.slice(0, HOST_CHARS_QUOTED))}`;
}

function isNamed({ tasks, servers }: SecretGrants, { taskId, taskName, action }: SecretUse) {
  if (tasks.includes(taskId) || tasks.includes(taskName)) return true;
  return (
    action.kind === 'agent' && servers.some((server) => Object.hasOwn(action.mcpServers, server))
  );
}

const HOST_CHARS_QUOTED = 100;

/** Where the request of an action goes. Headers with secrets go to its origin and to no other. */
function addressOf(action: Action): URL | undefined {
  switch (action.kind) {
    case 'http':
      return urlOf(action.url);
    case 'message':
      return urlOf(action.endpoint);
    case 'model':
      return modelAddress(action);
    case 'command':
    case 'agent':
    case 'reminder':
      return undefined;
  }
}

function modelAddress({ baseUrl, provider }: ModelAction): URL | undefined {
  if (baseUrl !== undefined) return urlOf(baseUrl);
  const host = MODEL_HOSTS[provider];
  return host === undefined ? undefined : urlOf(`https://${host}`);
}

/** Where the providers' own addresses are; that of Bedrock depends on the region. */
const MODEL_HOSTS: Readonly<Partial<Record<ModelProvider, string>>> = {
  openai: 'api.openai.com',
  anthropic: 'api.anthropic.com',
  google: 'generativelanguage.googleapis.com',
};

function urlOf(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function isHost(pattern: string, url: URL): boolean {
  const wanted = pattern.toLowerCase();
  if (wanted.startsWith('*.')) return url.hostname.endsWith(wanted.slice(1));
  return (
    wanted === url.hostname ||
    wanted === `${url.hostname}:${url.port || DEFAULT_PORTS[url.protocol]}`
  );
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/** `host`, `host:port` or `*.host`. */
export function isHostPattern(text: string): boolean {
  return text.length <= 253 && HOST_PATTERN.test(text);
}

const HOST_PATTERN =
  /^(?:\*\.)?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*(?::\d{1,5})?$|^\[[0-9a-f:.]+\](?::\d{1,5})?$/i;

/** `grants` with what is named in `more`. */
export function widenedGrants(grants: SecretGrants, more: SecretGrants): SecretGrants {
  return eachList((list) => [...new Set([...grants[list], ...more[list]])]);
}

/** `grants` without what is named in `less`. */
export function narrowedGrants(grants: SecretGrants, less: SecretGrants): SecretGrants {
  return eachList((list) => grants[list].filter((item) => !less[list].includes(item)));
}

function eachList(make: (list: keyof SecretGrants) => readonly string[]): SecretGrants {
  return { tasks: make('tasks'), servers: make('servers'), hosts: make('hosts') };
}
