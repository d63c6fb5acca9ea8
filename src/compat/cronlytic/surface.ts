import type { CallResult, MakeSurface, Surface } from '../../api/surface.ts';
import type { Answer, Tool } from '../../api/tool.ts';
import type { Refusal } from '../../domain/refusal.ts';
import { CRONLYTIC_PROMPTS } from './prompts.ts';
import { REST_ROUTES } from './rest-routes.ts';
import { CRONLYTIC_TOOLS } from './tools.ts';
import { sayFailure } from './words.ts';

export const CRONLYTIC = 'cronlytic';

/** The older Cronlytic: HTTP jobs, told in Markdown, and the REST contract of its service. */
export const cronlyticSurface: MakeSurface = () => {
  const surface: Surface = {
    name: CRONLYTIC,
    serverInfo: { name: 'cronlytic-mcp-server', version: '1.0.0' },
    instructions: undefined,
    namespace: CRONLYTIC,
    tools: CRONLYTIC_TOOLS,
    prompts: CRONLYTIC_PROMPTS,
    hasResources: false,
    routes: REST_ROUTES,
    prepareArguments: (_tool, given) => given,
    encode,
    refuse,
  };
  return surface;
};

function encode(_tool: Tool, { text }: Answer): CallResult {
  return { content: [{ type: 'text', text }] };
}

/** Failures are Markdown too, and no errors of the protocol. */
function refuse(_tool: Tool | undefined, { message, hint }: Refusal): CallResult {
  const text = sayFailure(hint === undefined ? message : `${message} ${hint}`);
  return { content: [{ type: 'text', text }] };
}
