import type { AgentAction, CommandAction, GrantedValue } from '../../domain/action.ts';
import { engineArgv, takes } from '../../domain/engines/engine-argv.ts';
import type { EngineDefinition, EngineValues } from '../../domain/engines/engine-definition.ts';
import { engineVariables } from '../../domain/engines/engine-variables.ts';
import { mcpSettings } from '../../domain/engines/mcp-settings.ts';
import { withOwnServer, withOwnSettings } from '../../domain/engines/own-server.ts';
import type { SessionChoice } from '../../domain/engines/session-choice.ts';
import type { OwnServer } from '../../ports/own-server.ts';
import type { RunFiles } from './run-files.ts';

export type AgentCommand =
  | { readonly kind: 'ready'; readonly action: CommandAction }
  | { readonly kind: 'refused'; readonly message: string };

export type AgentCommandParts = {
  readonly engine: EngineDefinition;
  readonly action: AgentAction;
  readonly choice: SessionChoice;
  readonly budgetUsd: number | undefined;
  readonly ownServer: OwnServer | undefined;
  /** The environment of the daemon. */
  readonly environment: Readonly<Record<string, string>>;
  readonly files: RunFiles;
};

/** The command that carries an agent action out, with the files that it reads. */
export function agentCommand(parts: AgentCommandParts): AgentCommand {
  const { engine, action, choice, files } = parts;
  const mcp = takes(engine, 'mcp_settings')
    ? mcpSettings(withOwnSettings(action.mcpServers, parts.ownServer))
    : ({ kind: 'ready', settings: [], variables: {} } as const);
  if (mcp.kind === 'refused') return mcp;
  const servers = withOwnServer(action.mcpServers, parts.ownServer);
  const hasServers = Object.keys(servers).length > 0;
  if (hasServers && takes(engine, 'mcp_file')) files.write('mcp', { mcpServers: servers });
  if (action.answerSchema !== undefined && takes(engine, 'answer_schema_file')) {
    files.write('answerSchema', action.answerSchema);
  }
  const argv = engineArgv(engine, {
    ...valuesOf(parts, hasServers),
    allowed_tools: [
      ...action.allowedTools,
      ...(parts.ownServer === undefined ? [] : engine.ownTools),
    ],
    denied_tools: action.deniedTools,
    flags: action.flags,
    mcp_settings: mcp.settings,
  });
  const [program, ...rest] = argv;
  const isArgument = engine.prompt === 'argument';
  return {
    kind: 'ready',
    action: {
      kind: 'command',
      program: {
        kind: 'argv',
        argv: isArgument ? [program, ...rest, '--', choice.prompt] : argv,
      },
      cwd: action.cwd,
      env: {
        ...asValues(engineVariables(engine, parts.environment)),
        ...asValues(mcp.variables),
        ...action.env,
      },
      stdin: isArgument ? undefined : choice.prompt,
    },
  };
}

function valuesOf(
  { action, choice, budgetUsd, files }: AgentCommandParts,
  hasServers: boolean,
): EngineValues {
  const schema = action.answerSchema;
  return {
    ...given('model', action.model),
    ...given('fallback_model', action.fallbackModel),
    ...given('session', choice.session),
    ...given('system_text', action.systemText),
    ...given('permission_mode', action.permissionMode),
    ...given('budget_usd', budgetUsd === undefined ? undefined : decimal(budgetUsd)),
    ...given('answer_schema', schema === undefined ? undefined : JSON.stringify(schema)),
    ...given('answer_schema_file', schema === undefined ? undefined : files.answerSchema),
    ...given('mcp_file', hasServers ? files.mcp : undefined),
  };
}

function given(name: string, value: string | undefined): Readonly<Record<string, string>> {
  return value === undefined ? {} : { [name]: value };
}

const BUDGET_DIGITS = 6;

/** Without an exponent, which not every program reads. */
function decimal(amount: number): string {
  return amount.toFixed(BUDGET_DIGITS);
}

function asValues(
  variables: Readonly<Record<string, string>>,
): Readonly<Record<string, GrantedValue>> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, text]) => [name, { kind: 'text', text } as const]),
  );
}
