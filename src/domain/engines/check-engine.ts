import type { AgentAction } from '../action.ts';
import { takes } from './engine-argv.ts';
import type { EngineDefinition, RefusedFlag } from './engine-definition.ts';

/**
 * Why the engine cannot carry the action out, in a sentence that says what to do instead; `undefined`
 * when it can.
 *
 * @param acceptsBypass whether the daemon was started with `accept_permission_bypass`.
 */
export function problemWithAgent(
  engine: EngineDefinition,
  action: AgentAction,
  acceptsBypass: boolean,
): string | undefined {
  return (
    problemWithFields(engine, action) ??
    problemWithMode(engine, action, acceptsBypass) ??
    problemWithFlags(engine, action, acceptsBypass) ??
    (action.prompt.includes('\0') && engine.prompt === 'argument'
      ? `The prompt contains a NUL character, which ${engine.name} cannot be given. Remove it.`
      : undefined)
  );
}

function problemWithFields(engine: EngineDefinition, action: AgentAction): string | undefined {
  const lacks = (isGiven: boolean, isTaken: boolean, what: string): string | undefined =>
    isGiven && !isTaken
      ? `The engine ${engine.name} has no way to be given ${what}. Leave it out, or choose another engine.`
      : undefined;
  return (
    lacks(action.model !== undefined, takes(engine, 'model'), 'a model') ??
    lacks(
      action.fallbackModel !== undefined,
      takes(engine, 'fallback_model'),
      'a fallback model',
    ) ??
    lacks(action.allowedTools.length > 0, takes(engine, 'allowed_tools'), 'allowed tools') ??
    lacks(action.deniedTools.length > 0, takes(engine, 'denied_tools'), 'denied tools') ??
    lacks(
      Object.keys(action.mcpServers).length > 0,
      takes(engine, 'mcp_file') || takes(engine, 'mcp_settings'),
      'MCP servers by a task',
    ) ??
    lacks(
      action.delegation !== undefined,
      takes(engine, 'mcp_file') || takes(engine, 'mcp_settings'),
      'the tools of Carillon, which a delegation needs',
    ) ??
    lacks(
      action.permissionMode !== undefined,
      takes(engine, 'permission_mode'),
      'a permission mode',
    ) ??
    lacks(action.systemText !== undefined, takes(engine, 'system_text'), 'a system text') ??
    lacks(
      action.answerSchema !== undefined,
      takes(engine, 'answer_schema') || takes(engine, 'answer_schema_file'),
      'a schema for the answer',
    ) ??
    lacks(action.session.mode === 'resume', takes(engine, 'session'), 'a session to resume') ??
    lacks(action.flags.length > 0, takes(engine, 'flags'), 'further flags')
  );
}

function problemWithMode(
  engine: EngineDefinition,
  { permissionMode }: AgentAction,
  acceptsBypass: boolean,
): string | undefined {
  if (permissionMode === undefined || acceptsBypass) return undefined;
  const isBypass = engine.bypassModes.some(
    (mode) => mode.toLowerCase() === permissionMode.toLowerCase(),
  );
  return isBypass
    ? `This permission mode of ${engine.name} refuses nothing. Name the tools that the task needs as allowed tools, or start the daemon with --accept-permission-bypass.`
    : undefined;
}

function problemWithFlags(
  engine: EngineDefinition,
  { flags }: AgentAction,
  acceptsBypass: boolean,
): string | undefined {
  for (const flag of flags) {
    const problem = problemWithFlag(engine, flag, acceptsBypass);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function problemWithFlag(
  engine: EngineDefinition,
  flag: string,
  acceptsBypass: boolean,
): string | undefined {
  if (flag.includes('\0')) return 'A flag contains a NUL character. Remove it.';
  // Anything else could be taken for the prompt, or end the flags.
  if (!/^-[^-]|^--[^-]/.test(flag)) {
    return `${quoted(flag)} is not a flag. Write a flag and its value in one, such as --add-dir=/srv.`;
  }
  const refused = engine.refusedFlags.find((one) => isSame(flag, one.flag));
  if (refused === undefined) return undefined;
  if (refused.reason === 'permission' && acceptsBypass) return undefined;
  return `The flag ${refused.flag} ${WHY[refused.reason]}`;
}

const WHY: Readonly<Record<RefusedFlag['reason'], string>> = {
  permission:
    'could lift the limits of the agent. Name allowed tools or a permission mode instead, or start the daemon with --accept-permission-bypass.',
  prompt: 'changes how the prompt gets in, which Carillon sees to. Leave it out.',
  output: 'changes what the engine prints, which Carillon reads. Leave it out.',
  budget: 'sets a budget of its own. Give the task a budget instead.',
  field: 'has a field of its own in the task. Use that.',
};

function isSame(flag: string, refused: string): boolean {
  if (refused.includes('=')) {
    // `--config=sandbox` also refuses `-csandbox_mode=…` and quoted keys.
    const plain = flag.replaceAll(/["'\s]/g, '');
    const [name = '', start = ''] = refused.split(/=(.*)/s);
    return plain.startsWith(`${name}=${start}`);
  }
  if (refused.startsWith('--')) return flag === refused || flag.startsWith(`${refused}=`);
  // Short flags may be written together, and with their value.
  return (
    !flag.startsWith('--') && flag.slice(1).split('=', 1)[0]?.includes(refused.slice(1)) === true
  );
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
