import { randomBytes } from 'node:crypto';
import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  type CallToolResult,
  type ClientCapabilities,
  type Implementation,
  type InputRequiredResult,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { viewPending } from '../api/approval-view.ts';
import type { CallResult } from '../api/surface.ts';
import { Question, type Tool, type ToolCall } from '../api/tool.ts';
import type { JsonObject } from '../domain/json.ts';
import { toPlainText } from '../domain/masking/plain-text.ts';
import type { Principal } from '../domain/principal.ts';
import { PendingApproval } from '../domain/policy/approval.ts';
import { Refusal } from '../domain/refusal.ts';
import { ask, type ConsentCodec, consentTo } from './consent.ts';
import { asRefusal } from './as-refusal.ts';
import type { McpDeps } from './mcp-deps.ts';
import type { Seat } from './seat.ts';

/** Carries out one tool call and shapes its answer; never throws, since the SDK shows a throw to the model. */
export async function callTool(
  ...given: Parameters<typeof carryOut>
): Promise<CallToolResult | InputRequiredResult> {
  const [{ onCall }] = given;
  onCall?.(1);
  try {
    return await carryOut(...given);
  } finally {
    onCall?.(-1);
  }
}

async function carryOut(
  deps: McpDeps,
  codec: ConsentCodec,
  server: McpServer,
  seat: Seat,
  tool: Tool,
  given: JsonObject,
  context: ServerContext,
): Promise<CallToolResult | InputRequiredResult> {
  const { surface } = seat;
  const call = describeCall(deps, server, seat, context);
  noteClient(deps, server, seat, context);
  try {
    const services = deps.servicesFor(principalOf(seat, call.client));
    const answer = await tool.call(services, surface.prepareArguments(tool, given), call);
    if (answer instanceof Question) return await ask(answer, codec, context);
    return toWire(surface.encode(tool, answer));
  } catch (error) {
    if (error instanceof PendingApproval && surface.name === NATIVE) {
      const pending = viewPending(error, deps.zone);
      return toWire(surface.encode(tool, { value: pending, text: pending.message }));
    }
    const refusal =
      error instanceof Refusal ? error : asRefusal(error, deps.log, { tool: tool.name });
    return toWire(surface.refuse(tool, refusal));
  }
}

/** The seat's principal, speaking through the program that this call came from. */
export function principalOf(seat: Seat, client: string | undefined): Principal {
  return { ...seat.principal, client: client ?? seat.principal.client };
}

/** `name version` of the calling program, as it told it. */
export function clientOf(server: McpServer, context: ServerContext): string | undefined {
  const info = infoOf(server, context);
  if (info === undefined) return undefined;
  return `${info.name} ${info.version}`.slice(0, CLIENT_CHARS_MAX);
}

function infoOf(server: McpServer, context: ServerContext): Implementation | undefined {
  return (
    (envelopeOf(context)[CLIENT_INFO_META_KEY] as Implementation | undefined) ??
    server.server.getClientVersion()
  );
}

/** A run that calls is no client of a person. */
function noteClient(deps: McpDeps, server: McpServer, seat: Seat, context: ServerContext): void {
  const info = infoOf(server, context);
  if (info === undefined || seat.principal.kind === 'agent_run') return;
  const [name = '', version = ''] = [info.name, info.version].map((text) =>
    toPlainText(text).replaceAll(/\s+/g, ' ').trim().slice(0, CLIENT_CHARS_MAX),
  );
  if (name === '') return;
  deps.noteClient?.({
    name,
    version: version === '' ? undefined : version,
    transport: seat.principal.from === 'pipe' ? 'pipe' : 'http',
  });
}

const NATIVE = 'native';
const CLIENT_CHARS_MAX = 100;
const MARK_BYTES = 8;

function describeCall(
  deps: McpDeps,
  server: McpServer,
  seat: Seat,
  context: ServerContext,
): ToolCall {
  const { _meta: meta, signal } = context.mcpReq;
  const progressToken = meta?.progressToken;
  return {
    signal,
    client: clientOf(server, context),
    cwd: seat.cwd,
    zone: deps.zone,
    mark: randomBytes(MARK_BYTES).toString('hex'),
    now: () => deps.clock.now(),
    progress: async (done, total, message) => {
      if (progressToken === undefined) return;
      await context.mcpReq.notify({
        method: 'notifications/progress',
        params: {
          progressToken,
          progress: done,
          message,
          ...(total === undefined ? {} : { total }),
        },
      });
    },
    consentTo: (act, by = 'form') => consentTo(act, context, canAsk(server, context, by)),
  };
}

/** Whether the client can show its user a form, or a page of ours. */
function canAsk(server: McpServer, context: ServerContext, by: 'form' | 'page'): boolean {
  const capabilities =
    (envelopeOf(context)[CLIENT_CAPABILITIES_META_KEY] as ClientCapabilities | undefined) ??
    server.server.getClientCapabilities();
  const elicitation = capabilities?.elicitation;
  if (elicitation === undefined) return false;
  if (by === 'page') return elicitation.url !== undefined;
  return elicitation.form !== undefined || elicitation.url === undefined;
}

/** What a 2026 client says about itself with every request; the SDK has checked it. */
function envelopeOf(context: ServerContext): Readonly<Record<string, unknown>> {
  return context.mcpReq.envelope ?? {};
}

function toWire(result: CallResult): CallToolResult {
  const { content, ...rest } = result;
  return { ...rest, content: content.map((block) => ({ ...block })) };
}
