import type { CallResult, MakeSurface, Surface } from '../../api/surface.ts';
import type { Answer, Tool } from '../../api/tool.ts';
import type { Json } from '../../domain/json.ts';
import type { Refusal } from '../../domain/refusal.ts';
import { coerceArguments } from './coerce-arguments.ts';
import { structured } from './outputs.ts';
import { getServerInfo, getTask, getTaskExecutions, listTasks } from './read-tools.ts';
import { SECRET_VARIABLES, settingsFromJson, type SurfaceSettings } from './settings-json.ts';
import {
  addAiTask,
  addApiTask,
  addCommandTask,
  addReminderTask,
  disableTask,
  enableTask,
  removeTask,
  runTaskNow,
  updateTask,
} from './task-tools.ts';

export const MCP_SCHEDULER = 'mcp-scheduler';

/** The older MCP Scheduler, with the kinds of tasks that Carillon has. */
export const mcpSchedulerSurface: MakeSurface = (json) => {
  const settings = settingsFromJson(json);
  const surface: Surface = {
    name: MCP_SCHEDULER,
    serverInfo: { name: settings.name, version: settings.version },
    instructions: undefined,
    namespace: MCP_SCHEDULER,
    tools: mcpSchedulerTools(settings),
    prompts: [],
    hasResources: false,
    routes: [],
    secretVariables: SECRET_VARIABLES,
    prepareArguments: coerceArguments,
    encode,
    refuse,
  };
  return surface;
};

/** In the order in which the older system documents them. */
export function mcpSchedulerTools(settings: SurfaceSettings): readonly Tool[] {
  return [
    listTasks,
    getTask,
    addCommandTask(settings),
    addApiTask(settings),
    addAiTask(settings),
    addReminderTask(settings),
    updateTask,
    removeTask,
    enableTask,
    disableTask,
    runTaskNow,
    getTaskExecutions,
    getServerInfo(settings),
  ];
}

/** One text block for each item of a list, none for nothing, one for anything else. */
function encode(tool: Tool, answer: Answer): CallResult {
  const value = answer.value ?? null;
  const items: readonly Json[] = isList(value) ? value : value === null ? [] : [value];
  return {
    content: items.map((item) => ({ type: 'text', text: JSON.stringify(item, undefined, 2) })),
    structuredContent: structured(tool.outputJson, value),
  };
}

function refuse(tool: Tool | undefined, refusal: Refusal): CallResult {
  const { message, hint } = refusal;
  const told = hint === undefined ? message : `${message} ${hint}`;
  const text = tool === undefined ? told : `Error executing tool ${tool.name}: ${told}`;
  return { content: [{ type: 'text', text }], isError: true };
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
