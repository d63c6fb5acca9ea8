import type { CallResult, MakeSurface } from '../../api/surface.ts';
import type { Answer, Tool } from '../../api/tool.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Refusal } from '../../domain/refusal.ts';
import { coerceArguments } from '../mcp-scheduler/coerce-arguments.ts';
import { REST_ROUTES } from './rest-routes.ts';
import { settingsFromJson } from './settings-json.ts';
import { clicrontabTools } from './tools.ts';

export const CLICRONTAB = 'clicrontab';

const VERSION = '1.0.0';

/** The older clicrontab: prompts on a schedule, told in its own words. */
export const clicrontabSurface: MakeSurface = (json) => ({
  name: CLICRONTAB,
  serverInfo: { name: CLICRONTAB, version: VERSION },
  instructions: undefined,
  namespace: CLICRONTAB,
  tools: clicrontabTools(settingsFromJson(json)),
  prompts: [],
  hasResources: false,
  routes: REST_ROUTES,
  prepareArguments,
  encode,
  refuse,
});

/** The plan and the source of the older system call the schedule of a preview by two names. */
function prepareArguments(tool: Tool, given: JsonObject): JsonObject {
  const { cron, ...rest } = given;
  const isOther = tool.name === 'cron_preview' && cron !== undefined && !('cron_expr' in given);
  return coerceArguments(tool, isOther ? { ...rest, cron_expr: cron } : given);
}

/** One text block for people. */
function encode(_tool: Tool, answer: Answer): CallResult {
  return { content: [{ type: 'text', text: answer.text }] };
}

function refuse(_tool: Tool | undefined, { message, hint }: Refusal): CallResult {
  const text = hint === undefined ? message : `${message} ${hint}`;
  return { content: [{ type: 'text', text }], isError: true };
}
