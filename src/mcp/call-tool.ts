import { createHash, randomBytes } from 'node:crypto';
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
import { type Answer, Question, type Tool, type ToolCall } from '../api/tool.ts';
import type { JsonObject } from '../domain/json.ts';
import { toPlainText } from '../domain/masking/plain-text.ts';
import type { Principal } from '../domain/principal.ts';
import { type Approval, PendingApproval } from '../domain/policy/approval.ts';
import { Refusal } from '../domain/refusal.ts';
import type { AwaitedApproval } from '../service/await-approval.ts';
import type { Services } from '../service/services.ts';
import { ask, askForApproval, awaitedBy, type ConsentCodec, consentTo } from './consent.ts';
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
  const mark = callHash(tool, given);
  const awaited = awaitedBy(mark, context);
  const call = describeCall(deps, server, seat, context, awaited !== undefined);
  noteClient(deps, server, seat, context);
  try {
    const own = deps.servicesFor(principalOf(seat, call.client));
    const decided = awaited && (await awaitDecision(own, awaited, call.signal));
    if (decided !== undefined && decided.services === undefined) {
      return toWire(surface.encode(tool, tellDecision(decided.approval)));
    }
    const services = decided?.services ?? own;
    const answered = tool.call(services, surface.prepareArguments(tool, given), call);
    const answer = await (decided === undefined
      ? answered
      : // A tool that looks at a task first finds none when that was deleted.
        answered.catch((error: unknown) => toldInstead(error, decided.approval)));
    if (answer instanceof Question) return await ask(answer, codec, context);
    return toWire(surface.encode(tool, answer));
  } catch (error) {
    if (error instanceof PendingApproval && surface.name === NATIVE) {
      if (isLinked(error) && awaited === undefined && canAsk(server, context, 'page')) {
        return await askForApproval(error, mark, codec, context);
      }
      const pending = viewPending(error, deps.zone);
      return toWire(surface.encode(tool, { value: pending, text: pending.message }));
    }
    const refusal =
      error instanceof Refusal ? error : asRefusal(error, deps.log, { tool: tool.name });
    return toWire(surface.refuse(tool, refusal));
  }
}

/**
 * Waits for what a person says on the page. Clients give up on a call after 60 s, of which their user has
 * used some.
 */
const DECISION_MS_MAX = 40_000;

async function awaitDecision(
  services: Services,
  { approval: id, contentHash, link, isLooking }: NonNullable<ReturnType<typeof awaitedBy>>,
  signal: AbortSignal,
): Promise<AwaitedApproval> {
  const decided = await services.awaitApproval(id, isLooking ? DECISION_MS_MAX : 0, signal);
  const { approval } = decided;
  if (approval.contentHash !== contentHash) {
    throw new Refusal('conflict', 'This approval is for something else. Call the tool anew.');
  }
  if (approval.state === 'pending') throw new PendingApproval(approval, link);
  if (approval.state === 'approved') return decided;
  throw new Refusal(
    'forbidden',
    'The person has said no to this. Nothing was done.',
    'Do not ask for it again in other words.',
  );
}

/** For one that was done in another process, or whose outcome nobody knows. */
function tellDecision({ id, outcome }: Approval): Answer {
  const told = outcome ?? 'It was approved; what came of it is not known. Look before asking anew.';
  return {
    value: { status: 'approved', approval_id: id, outcome: outcome ?? null },
    text: told,
  };
}

function toldInstead(error: unknown, approval: Approval): Answer {
  if (error instanceof Refusal && error.code === 'not_found') return tellDecision(approval);
  throw error;
}

function isLinked(
  pending: PendingApproval,
): pending is PendingApproval & { readonly link: string } {
  return pending.link !== undefined;
}

/** The same tool with the same arguments. */
function callHash(tool: Tool, given: JsonObject): string {
  return createHash('sha256')
    .update(JSON.stringify([tool.name, given]))
    .digest('hex');
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
  isDecided: boolean,
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
    // What waited for an approval was consented to before.
    consentTo: (act, by = 'form') =>
      isDecided ? 'given' : consentTo(act, context, canAsk(server, context, by)),
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
