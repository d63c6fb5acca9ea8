import type { CallResult, MakeSurface } from '../../api/surface.ts';
import type { Answer, Tool } from '../../api/tool.ts';
import type { Refusal } from '../../domain/refusal.ts';
import { restRoutes } from './rest-routes.ts';
import { SECRET_VARIABLES, settingsFromJson } from './settings-json.ts';
import { claudeRunnerTools } from './tools.ts';
import { wireRunId } from './wire-ids.ts';

export const CLAUDE_RUNNER = 'claude-runner';

/** The older Claude Runner: jobs for Claude with tokens and cost, and webhooks that run prompts. */
export const claudeRunnerSurface: MakeSurface = (json) => {
  const settings = settingsFromJson(json);
  return {
    name: CLAUDE_RUNNER,
    serverInfo: { name: 'Claude Runner', version: '1.0.0' },
    instructions: undefined,
    namespace: CLAUDE_RUNNER,
    tools: claudeRunnerTools(settings),
    prompts: [],
    hasResources: false,
    routes: restRoutes(settings),
    secretVariables: SECRET_VARIABLES,
    hooks: {
      path: '/webhook/:token',
      notFound: { status: 404, body: { error: 'Webhook not found' } },
      taken: ({ runId }, webhook) => ({
        status: 200,
        body: {
          success: true,
          run_id: runId === undefined ? '' : wireRunId(runId),
          webhook_id: webhook.foreignId ?? '',
          message: `Webhook '${webhook.name}' triggered`,
        },
      }),
    },
    prepareArguments: (_tool, given) => given,
    encode,
    refuse,
  };
};

/** One text block holding JSON. */
function encode(_tool: Tool, { text }: Answer): CallResult {
  return { content: [{ type: 'text', text }] };
}

/** As the older system tells what went wrong: as an answer. */
function refuse(_tool: Tool | undefined, { message, hint }: Refusal): CallResult {
  const error = hint === undefined ? message : `${message} ${hint}`;
  return { content: [{ type: 'text', text: JSON.stringify({ error }, undefined, 2) }] };
}
