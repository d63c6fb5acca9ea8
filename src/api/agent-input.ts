import { z } from 'zod';
import type { AgentAction, SessionPolicy } from '../domain/action.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import { USUAL_DELEGATION, type Delegation } from '../domain/delegation.ts';
import { grantedValues, requireShown, toValues } from './granted-input.ts';
import { toFolder } from './folder-input.ts';
import { milliseconds } from './policies-input.ts';

const SESSION_MODES = ['fresh', 'resume', 'last_result'] as const;

export const agentInput = z.strictObject({
  kind: z.literal('agent'),
  engine: z.string().describe('claude, codex, gemini, opencode or a configured one'),
  prompt: z.string(),
  cwd: z.string().optional(),
  model: z.string().optional(),
  fallback_model: z.string().optional(),
  allowed_tools: z.array(z.string()).optional().describe("in the engine's words"),
  denied_tools: z.array(z.string()).optional(),
  mcp_servers: z.record(z.string(), z.looseObject({})).optional().describe('by name'),
  permission_mode: z.string().optional(),
  flags: z.array(z.string()).optional().describe('more arguments'),
  system_text: z.string().optional(),
  answer_schema: z.looseObject({}).optional().describe('JSON Schema of the answer'),
  session: z
    .union([
      z.enum(SESSION_MODES),
      z.strictObject({ mode: z.enum(SESSION_MODES), tokens_max: z.int().optional() }),
    ])
    .optional()
    .describe('fresh (default), resume, last_result, or {mode, tokens_max}'),
  delegation: z
    .union([
      z.boolean(),
      z.strictObject({
        tasks: z.int().optional().describe('per run; default 3'),
        alive: z.int().optional().describe('at a time; default 10'),
        depth: z.int().optional().describe('default 2'),
        lifetime: z.string().optional().describe('default 7d'),
      }),
    ])
    .optional()
    .describe('give its runs these tools, within limits'),
  env: grantedValues,
});

export function toAgent(
  input: z.output<typeof agentInput>,
  clientFolder: string | undefined,
): AgentAction {
  const servers = (input.mcp_servers ?? {}) as JsonObject;
  requireAllShown(servers, 'mcp_servers');
  return {
    kind: 'agent',
    engine: input.engine,
    prompt: input.prompt,
    cwd: toFolder(input.cwd, clientFolder),
    model: input.model,
    fallbackModel: input.fallback_model,
    allowedTools: input.allowed_tools ?? [],
    deniedTools: input.denied_tools ?? [],
    mcpServers: servers,
    permissionMode: input.permission_mode,
    flags: input.flags ?? [],
    systemText: input.system_text,
    answerSchema: input.answer_schema as JsonObject | undefined,
    session: toSession(input.session),
    ...toDelegation(input.delegation),
    env: toValues(input.env, 'env'),
  };
}

function toDelegation(input: z.output<typeof agentInput>['delegation']): {
  readonly delegation?: Delegation;
} {
  if (input === undefined || input === false) return {};
  if (input === true) return { delegation: USUAL_DELEGATION };
  const { tasks, alive, depth, lifetime } = input;
  return {
    delegation: {
      tasksPerRun: tasks ?? USUAL_DELEGATION.tasksPerRun,
      tasksAlive: alive ?? USUAL_DELEGATION.tasksAlive,
      depth: depth ?? USUAL_DELEGATION.depth,
      lifetimeMs: milliseconds('delegation.lifetime', lifetime) ?? USUAL_DELEGATION.lifetimeMs,
      scopes: USUAL_DELEGATION.scopes,
    },
  };
}

function toSession(given: z.output<typeof agentInput>['session']): SessionPolicy {
  if (typeof given === 'object') return { mode: given.mode, tokensMax: given.tokens_max };
  return { mode: given ?? 'fresh', tokensMax: undefined };
}

function requireAllShown(value: Json, place: string): void {
  if (typeof value === 'string') requireShown(value, place);
  if (value === null || typeof value !== 'object') return;
  for (const [key, inner] of Object.entries(value)) {
    requireAllShown(inner, `${place}.${key}`);
  }
}
