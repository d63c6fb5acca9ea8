import {
  type McpServer,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  ResourceTemplate,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { cutTexts } from '../api/cut-texts.ts';
import { toRunId } from '../api/run-ref.ts';
import { viewRunDetail } from '../api/run-view.ts';
import { viewTaskAnswer } from '../api/task-answer.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Services } from '../service/services.ts';
import { asRefusal } from './as-refusal.ts';
import { clientOf, principalOf } from './call-tool.ts';
import type { McpDeps } from './mcp-deps.ts';
import { runUri, taskUri } from './resource-uri.ts';
import type { Seat } from './seat.ts';

const LISTED_MAX = 50;
const MIME_TYPE = 'application/json';

/** Offers every task and every run as a resource, for clients that attach or watch them. */
export function offerResources(deps: McpDeps, server: McpServer, seat: Seat): void {
  const servicesOf = (context: ServerContext | undefined): Services =>
    deps.servicesFor(
      principalOf(seat, context === undefined ? undefined : clientOf(server, context)),
    );

  server.registerResource(
    'task',
    new ResourceTemplate(taskUri('{id}'), {
      list: async (context) => {
        const { items } = await servicesOf(context).listTasks({ limit: LISTED_MAX });
        return {
          resources: items.map(({ id, definition, state }) => ({
            uri: taskUri(id),
            name: definition.name,
            description: `Task, ${state}`,
            mimeType: MIME_TYPE,
          })),
        };
      },
      complete: {
        id: async (typed) => {
          const { items } = await servicesOf(undefined).listTasks({ limit: LISTED_MAX });
          return items
            .filter(({ id, definition }) => id.startsWith(typed) || definition.name.includes(typed))
            .map(({ id }) => id);
        },
      },
    }),
    {
      title: 'A task',
      description: 'Schedule, next times, action, policies and state of one task',
      mimeType: MIME_TYPE,
    },
    (uri, { id }, context) =>
      read(deps, uri, async () =>
        cutTexts(viewTaskAnswer(await servicesOf(context).getTask(String(id)), deps.zone)),
      ),
  );

  server.registerResource(
    'run',
    new ResourceTemplate(runUri('{id}'), {
      list: async (context) => {
        const { items } = await servicesOf(context).listRuns({ limit: LISTED_MAX });
        return {
          resources: items.map(({ id, taskName, state }) => ({
            uri: runUri(id),
            name: id,
            description: `Run of ${taskName}, ${state}`,
            mimeType: MIME_TYPE,
          })),
        };
      },
      complete: {
        id: async (typed) => {
          const { items } = await servicesOf(undefined).listRuns({ limit: LISTED_MAX });
          return items.map(({ id }) => id).filter((id) => id.startsWith(typed));
        },
      },
    }),
    {
      title: 'A run',
      description: 'State, attempts and result of one run',
      mimeType: MIME_TYPE,
    },
    (uri, { id }, context) =>
      read(deps, uri, async () =>
        viewRunDetail(await servicesOf(context).getRun(toRunId(String(id))), deps.zone),
      ),
  );
}

async function read(deps: McpDeps, uri: URL, view: () => Promise<unknown>) {
  try {
    const text = JSON.stringify(await view(), undefined, 2);
    return { contents: [{ uri: uri.href, mimeType: MIME_TYPE, text }] };
  } catch (error) {
    const refusal =
      error instanceof Refusal ? error : asRefusal(error, deps.log, { resource: uri.host });
    if (refusal.code === 'not_found' || refusal.code === 'invalid') {
      throw new ResourceNotFoundError(uri.href);
    }
    throw new ProtocolError(ProtocolErrorCode.InternalError, refusal.message);
  }
}
