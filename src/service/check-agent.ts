import type { AgentAction } from '../domain/action.ts';
import type { Delegation } from '../domain/delegation.ts';
import type { JsonObject } from '../domain/json.ts';
import { Refusal } from '../domain/refusal.ts';
import { formatDurationMs } from '../domain/schedule/duration.ts';
import {
  checkCount,
  checkFilled,
  checkJson,
  checkLength,
  checkPath,
  checkValues,
  checkVariable,
  checkWord,
  quoted,
} from './check-values.ts';

const ENGINE = /^[a-z][a-z0-9_-]{0,63}$/;
const MODEL_CHARS_MAX = 200;
const TOOLS_MAX = 100;
const TOOL_CHARS_MAX = 500;
const SERVERS_MAX = 50;
const SERVER_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/;
const MODE = /^[A-Za-z][A-Za-z_-]{0,39}$/;
const FLAGS_MAX = 100;
const FLAG_CHARS_MAX = 4_096;
/** It travels as one argument, and above this an operating system refuses to start the program. */
const SYSTEM_TEXT_CHARS_MAX = 30_000;
const SESSION_TOKENS_MAX = 10_000_000;
const OFFSPRING_MAX = 100;
const DEPTH_MAX = 5;
const LIFETIME_MS_MIN = 60_000;
const LIFETIME_MS_MAX = 366 * 24 * 60 * 60_000;

export function checkAgent(action: AgentAction, home: string): AgentAction {
  if (!ENGINE.test(action.engine)) {
    throw new Refusal(
      'invalid',
      `${quoted(action.engine)} is not the name of an engine. Write claude, codex, gemini, opencode, or one from the configuration.`,
    );
  }
  checkFilled('The prompt', action.prompt);
  checkModels(action);
  checkTools('allowed_tools', action.allowedTools);
  checkTools('denied_tools', action.deniedTools);
  checkServers(action.mcpServers);
  checkMode(action.permissionMode);
  checkFlags(action.flags);
  if (action.systemText !== undefined) {
    checkLength('The system text', action.systemText, SYSTEM_TEXT_CHARS_MAX);
  }
  if (action.answerSchema !== undefined) checkJson('"answer_schema"', action.answerSchema);
  checkSession(action.session);
  checkDelegation(action.delegation);
  checkValues(action.env, checkVariable);
  return { ...action, cwd: action.cwd === undefined ? undefined : checkPath(action.cwd, home) };
}

function checkModels({ model, fallbackModel }: AgentAction): void {
  if (model !== undefined) checkWord('"model"', model, MODEL_CHARS_MAX);
  if (fallbackModel !== undefined) checkWord('"fallback_model"', fallbackModel, MODEL_CHARS_MAX);
}

function checkTools(place: string, tools: readonly string[]): void {
  checkCount(place, tools.length, TOOLS_MAX);
  for (const tool of tools) checkWord(`A tool in "${place}"`, tool, TOOL_CHARS_MAX);
}

function checkServers(servers: JsonObject): void {
  checkCount('MCP servers', Object.keys(servers).length, SERVERS_MAX);
  checkJson('"mcp_servers"', servers);
  for (const [name, server] of Object.entries(servers)) {
    if (SERVER_NAME.test(name) && typeof server === 'object' && server !== null) continue;
    throw new Refusal(
      'invalid',
      `${quoted(name)} in "mcp_servers" is no server. Write {"name": {"command": …, "args": […]}} or {"name": {"type": "http", "url": …}}, with names of letters, digits and . _ -.`,
    );
  }
}

function checkMode(mode: string | undefined): void {
  if (mode === undefined || MODE.test(mode)) return;
  throw new Refusal(
    'invalid',
    `${quoted(mode)} is not a permission mode. Write one that the engine knows, such as plan or acceptEdits.`,
  );
}

function checkFlags(flags: readonly string[]): void {
  checkCount('flags', flags.length, FLAGS_MAX);
  for (const flag of flags) {
    checkLength('A flag', flag, FLAG_CHARS_MAX);
    if (!flag.includes('\0')) continue;
    throw new Refusal('invalid', 'A flag holds a NUL character, which no program can be given.');
  }
}

function checkDelegation(delegation: Delegation | undefined): void {
  if (delegation === undefined) return;
  const { tasksPerRun, tasksAlive, depth, lifetimeMs } = delegation;
  checkWhole('delegation.tasks', tasksPerRun, OFFSPRING_MAX);
  checkWhole('delegation.alive', tasksAlive, OFFSPRING_MAX);
  checkWhole('delegation.depth', depth, DEPTH_MAX);
  if (lifetimeMs >= LIFETIME_MS_MIN && lifetimeMs <= LIFETIME_MS_MAX) return;
  throw new Refusal(
    'invalid',
    `"delegation.lifetime" is ${formatDurationMs(lifetimeMs)}; it must be from ${formatDurationMs(LIFETIME_MS_MIN)} to ${formatDurationMs(LIFETIME_MS_MAX)}.`,
  );
}

function checkWhole(place: string, value: number, max: number): void {
  if (Number.isSafeInteger(value) && value >= 1 && value <= max) return;
  throw new Refusal('invalid', `"${place}" is ${value}. Write a whole number from 1 to ${max}.`);
}

function checkSession({ tokensMax }: AgentAction['session']): void {
  if (tokensMax !== undefined) checkWhole('session.tokens_max', tokensMax, SESSION_TOKENS_MAX);
}
