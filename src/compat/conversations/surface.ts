import type { CallResult, MakeSurface, Surface } from '../../api/surface.ts';
import type { Answer, Tool } from '../../api/tool.ts';
import type { Refusal } from '../../domain/refusal.ts';
import { serviceTools, standInTools } from './tools.ts';

export const CONVERSATIONS = 'conversations';

/** Setting of the handshake: shows the tools of the stand-in, as `carillon as conversations` does. */
export const STAND_IN = { variant: 'stand-in' } as const;

/** The older conversation scheduler: texts delivered to endpoints. */
export const conversationsSurface: MakeSurface = (settings) => {
  const isStandIn = settings['variant'] === STAND_IN.variant;
  const surface: Surface = {
    name: CONVERSATIONS,
    serverInfo: { name: isStandIn ? 'McpScheduler' : 'Scheduler', version: '1.0.0' },
    instructions: undefined,
    namespace: CONVERSATIONS,
    tools: isStandIn ? standInTools : serviceTools,
    prompts: [],
    hasResources: false,
    // They need tokens of their own and are served by a door of their own.
    routes: [],
    prepareArguments: (_tool, given) => given,
    encode,
    refuse,
  };
  return surface;
};

/** Plain text: an id, a state, or `true` and `false`. */
function encode(_tool: Tool, answer: Answer): CallResult {
  return { content: [{ type: 'text', text: answer.text }] };
}

function refuse(_tool: Tool | undefined, refusal: Refusal): CallResult {
  return { content: [{ type: 'text', text: sayRefusal(refusal) }], isError: true };
}

function sayRefusal({ message, hint }: Refusal): string {
  return hint === undefined ? message : `${message} ${hint}`;
}
