import type { Delegation } from './delegation.ts';
import type { JsonObject } from './json.ts';

/** A value written in the task, or the name of a secret whose value a run is granted. */
export type GrantedValue =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'secret'; readonly secret: string };

export type CommandAction = {
  readonly kind: 'command';
  /** A program with its arguments, started without a shell; or text for the shell. */
  readonly program:
    | { readonly kind: 'argv'; readonly argv: readonly [string, ...string[]] }
    | { readonly kind: 'shell'; readonly text: string };
  /** Absolute working directory; the home directory when absent. */
  readonly cwd: string | undefined;
  /** Variables beside the allow-listed ones of the daemon. */
  readonly env: Readonly<Record<string, GrantedValue>>;
  /** Text for standard input, which is empty when absent. */
  readonly stdin: string | undefined;
  /** The payload of one run as JSON, for a file that `PAYLOAD_FILE` names; no part of a task. */
  readonly payload?: string;
};

export type HttpAction = {
  readonly kind: 'http';
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, GrantedValue>>;
  readonly body: string | undefined;
  /** Inclusive ranges of status codes that count as success. */
  readonly expectedStatus: readonly (readonly [from: number, to: number])[];
};

/** What a new run of an agent knows of the ones before. */
export type SessionPolicy = {
  readonly mode: 'fresh' | 'resume' | 'last_result';
  /** A resumed session of more tokens than this is left for a fresh one. */
  readonly tokensMax: number | undefined;
};

/** An agent command line with a prompt. */
export type AgentAction = {
  readonly kind: 'agent';
  /** Name of an engine: `claude`, `codex`, `gemini`, `opencode`, or one of the configuration. */
  readonly engine: string;
  readonly prompt: string;
  /** Absolute working directory; the home directory when absent. */
  readonly cwd: string | undefined;
  readonly model: string | undefined;
  readonly fallbackModel: string | undefined;
  readonly allowedTools: readonly string[];
  readonly deniedTools: readonly string[];
  /** MCP servers as the engine's own configuration writes them, by name. */
  readonly mcpServers: JsonObject;
  readonly permissionMode: string | undefined;
  /** Arguments for the engine that have no field of their own. */
  readonly flags: readonly string[];
  /** Text added to the engine's own system text. */
  readonly systemText: string | undefined;
  /** JSON schema that the answer must follow. */
  readonly answerSchema: JsonObject | undefined;
  readonly session: SessionPolicy;
  /** Gives its runs the tools of this program, to make tasks themselves; they get none when absent. */
  readonly delegation?: Delegation;
  readonly env: Readonly<Record<string, GrantedValue>>;
};

/** A prompt to an engine with nothing else said: a fresh session, the engine's own model and permissions. */
export function plainAgent(engine: string, prompt: string, cwd: string | undefined): AgentAction {
  return {
    kind: 'agent',
    engine,
    prompt,
    cwd,
    model: undefined,
    fallbackModel: undefined,
    allowedTools: [],
    deniedTools: [],
    mcpServers: {},
    permissionMode: undefined,
    flags: [],
    systemText: undefined,
    answerSchema: undefined,
    session: { mode: 'fresh', tokensMax: undefined },
    env: {},
  };
}

export type ModelProvider = 'openai' | 'openai_compatible' | 'anthropic' | 'google' | 'bedrock';

/** One prompt to a model. */
export type ModelAction = {
  readonly kind: 'model';
  readonly provider: ModelProvider;
  readonly model: string;
  readonly prompt: string;
  /** Address of a local or other compatible server. */
  readonly baseUrl: string | undefined;
  /** A secret by name, or a variable of the daemon's environment; the provider's usual variable when absent. */
  readonly apiKey:
    | { readonly kind: 'secret'; readonly secret: string }
    | { readonly kind: 'variable'; readonly variable: string }
    | undefined;
  readonly systemText: string | undefined;
  readonly temperature: number | undefined;
  readonly outputTokensMax: number | undefined;
  readonly answerSchema: JsonObject | undefined;
  /** Absolute paths of images and files that go with the prompt. */
  readonly files: readonly string[];
};

/** A text delivered to an endpoint. */
export type MessageAction = {
  readonly kind: 'message';
  readonly endpoint: string;
  readonly method: string;
  readonly text: string;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, GrantedValue>>;
  /** Kept beside the message for whoever asks; not sent. */
  readonly info: JsonObject;
};

/** A notification to a person. */
export type ReminderAction = {
  readonly kind: 'reminder';
  readonly title: string;
  readonly body: string;
  /** Names of channels in the order in which they are tried; the configured order when empty. */
  readonly channels: readonly string[];
  /** Name of a sound, `none`, or absent for the channel's own. */
  readonly sound: string | undefined;
};

/** What a run of the task does. Each kind has one executor. */
export type Action =
  | CommandAction
  | HttpAction
  | AgentAction
  | ModelAction
  | MessageAction
  | ReminderAction;
export type ActionKind = Action['kind'];

/** The names of the secrets that a run of this action is granted. */
export function secretsOf(action: Action): readonly string[] {
  const names = grantedValues(action).flatMap((value) =>
    value.kind === 'secret' ? [value.secret] : [],
  );
  return [...new Set(names)];
}

function grantedValues(
  action: Action,
): readonly { readonly kind: string; readonly secret: string }[] {
  switch (action.kind) {
    case 'command':
    case 'agent':
      return secretValues(Object.values(action.env));
    case 'http':
    case 'message':
      return secretValues(Object.values(action.headers));
    case 'model':
      return action.apiKey?.kind === 'secret' ? [action.apiKey] : [];
    case 'reminder':
      return [];
  }
}

function secretValues(values: readonly GrantedValue[]) {
  return values.filter((value) => value.kind === 'secret');
}
