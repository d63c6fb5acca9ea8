import type {
  Action,
  AgentAction,
  CommandAction,
  HttpAction,
  ModelAction,
} from '../domain/action.ts';
import type { Delegation } from '../domain/delegation.ts';
import type { JsonObject } from '../domain/json.ts';
import { formatDurationMs } from '../domain/schedule/duration.ts';
import { viewJson, viewValues } from './hidden-values.ts';

/** An action as its author wrote it, without the values that look like secrets. */
export function viewAction(action: Action): JsonObject {
  switch (action.kind) {
    case 'command':
      return viewCommand(action);
    case 'http':
      return viewHttp(action);
    case 'agent':
      return viewAgent(action);
    case 'model':
      return viewModel(action);
    case 'message':
      return {
        kind: 'message',
        endpoint: action.endpoint,
        method: action.method,
        text: action.text,
        headers: viewValues(action.headers),
        content_type: action.contentType,
        info: action.info,
      };
    case 'reminder':
      return {
        kind: 'reminder',
        title: action.title,
        body: action.body,
        channels: action.channels,
        sound: action.sound ?? null,
      };
  }
}

function viewCommand({ program, cwd, env, stdin }: CommandAction): JsonObject {
  return {
    kind: 'command',
    ...(program.kind === 'argv' ? { argv: program.argv } : { command: program.text }),
    cwd: cwd ?? null,
    env: viewValues(env),
    stdin: stdin ?? null,
  };
}

function viewHttp({ method, url, headers, body, expectedStatus }: HttpAction): JsonObject {
  return {
    kind: 'http',
    method,
    url,
    headers: viewValues(headers),
    body: body ?? null,
    expected_status: expectedStatus.map(([from, to]) =>
      from === to ? String(from) : `${from}-${to}`,
    ),
  };
}

function viewAgent(action: AgentAction): JsonObject {
  const { mode, tokensMax } = action.session;
  return {
    kind: 'agent',
    engine: action.engine,
    prompt: action.prompt,
    cwd: action.cwd ?? null,
    model: action.model ?? null,
    fallback_model: action.fallbackModel ?? null,
    allowed_tools: action.allowedTools,
    denied_tools: action.deniedTools,
    mcp_servers: viewJson(action.mcpServers),
    permission_mode: action.permissionMode ?? null,
    flags: action.flags,
    system_text: action.systemText ?? null,
    answer_schema: action.answerSchema ?? null,
    session: tokensMax === undefined ? mode : { mode, tokens_max: tokensMax },
    delegation: viewDelegation(action.delegation),
    env: viewValues(action.env),
  };
}

function viewDelegation(delegation: Delegation | undefined): JsonObject | null {
  if (delegation === undefined) return null;
  const { tasksPerRun, tasksAlive, depth, lifetimeMs } = delegation;
  const lifetime = formatDurationMs(lifetimeMs);
  return { tasks: tasksPerRun, alive: tasksAlive, depth, lifetime };
}

function viewModel(action: ModelAction): JsonObject {
  return {
    kind: 'model',
    provider: action.provider,
    model: action.model,
    prompt: action.prompt,
    base_url: action.baseUrl ?? null,
    api_key: viewApiKey(action.apiKey),
    system_text: action.systemText ?? null,
    temperature: action.temperature ?? null,
    max_tokens: action.outputTokensMax ?? null,
    answer_schema: action.answerSchema ?? null,
    files: action.files,
  };
}

function viewApiKey(key: ModelAction['apiKey']): JsonObject | null {
  if (key === undefined) return null;
  return key.kind === 'secret' ? { secret: key.secret } : { variable: key.variable };
}

const SUMMARY_CHARS_MAX = 80;

/** One line that tells tasks apart in a list. */
export function summarizeAction(action: Action): string {
  // Of a long text only the beginning is looked at: a line has no room for more.
  const text = wordsFor(action).slice(0, LOOKED_AT_CHARS_MAX);
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > SUMMARY_CHARS_MAX ? `${line.slice(0, SUMMARY_CHARS_MAX)}…` : line;
}

const LOOKED_AT_CHARS_MAX = 2_000;

function wordsFor(action: Action): string {
  switch (action.kind) {
    case 'command':
      return programText(action.program);
    case 'http':
      return `${action.method} ${action.url}`;
    case 'agent':
      return `agent ${action.engine}: ${action.prompt}`;
    case 'model':
      return `model ${action.model}: ${action.prompt}`;
    case 'message':
      return `message to ${action.endpoint}: ${action.text}`;
    case 'reminder':
      return `reminder: ${action.title}`;
  }
}

function programText(program: CommandAction['program']): string {
  return program.kind === 'shell' ? program.text : program.argv.join(' ');
}
