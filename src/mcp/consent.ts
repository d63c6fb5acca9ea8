import {
  createRequestStateCodec,
  inputRequired,
  inputResponse,
  type InputRequiredResult,
  type RequestStateCodec,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { ApprovalId, PendingApproval } from '../domain/policy/approval.ts';
import type { Act, Consent, Question } from '../api/tool.ts';

/** An approval that a person was led to, and the call that it was asked for with. */
export type AwaitedCall = {
  readonly approval: ApprovalId;
  readonly contentHash: string;
  readonly link: string;
  /** SHA-256 of the tool and its arguments. */
  readonly call: string;
};

export type ConsentCodec = RequestStateCodec<Act | AwaitedCall>;

/** How long a user may think about a question. */
const ANSWER_SECONDS_MAX = 600;

/** Seals what was asked, so that a client can bring back an answer to that question alone. */
export function consentCodec(key: Uint8Array): ConsentCodec {
  return createRequestStateCodec<Act | AwaitedCall>({
    key,
    ttlSeconds: ANSWER_SECONDS_MAX,
    bind: (context) => `${context.mcpReq.method}\0${context.http?.authInfo?.clientId ?? ''}`,
  });
}

/** What the user has answered to the question about `act`, as this call brings it. */
export function consentTo(act: Act, context: ServerContext, canAsk: boolean): Consent {
  const response = inputResponse(context.mcpReq.inputResponses, ANSWER);
  const asked = context.mcpReq.requestState<Act | AwaitedCall>();
  if (response.kind === 'elicit' && asked !== undefined && 'verb' in asked && isSame(asked, act)) {
    return response.action === 'accept' && response.content?.['ok'] !== false
      ? 'given'
      : 'declined';
  }
  return canAsk ? 'missing' : 'cannot_ask';
}

export async function ask(
  { act, message, url }: Question,
  codec: ConsentCodec,
  context: ServerContext,
): Promise<InputRequiredResult> {
  return inputRequired({
    inputRequests: {
      [ANSWER]:
        url === undefined
          ? inputRequired.elicit({
              message,
              requestedSchema: {
                type: 'object',
                properties: { ok: { type: 'boolean', title: message, default: true } },
              },
            })
          : inputRequired.elicitUrl({ message, url }),
    },
    requestState: await codec.mint(act, context),
  });
}

/** Leads the user to the page where what waits is decided. */
export async function askForApproval(
  { approval: { id, contentHash, title }, link }: PendingApproval & { readonly link: string },
  call: string,
  codec: ConsentCodec,
  context: ServerContext,
): Promise<InputRequiredResult> {
  const message = `May this be done? ${title}`;
  return inputRequired({
    inputRequests: { [APPROVAL]: inputRequired.elicitUrl({ message, url: link }) },
    requestState: await codec.mint({ approval: id, contentHash, link, call }, context),
  });
}

/** The approval that this call comes back for; `isLooking` when its user has gone to the page. */
export function awaitedBy(
  call: string,
  context: ServerContext,
): (AwaitedCall & { readonly isLooking: boolean }) | undefined {
  const response = inputResponse(context.mcpReq.inputResponses, APPROVAL);
  const asked = context.mcpReq.requestState<Act | AwaitedCall>();
  if (response.kind !== 'elicit' || asked === undefined || 'verb' in asked) return undefined;
  return asked.call === call ? { ...asked, isLooking: response.action === 'accept' } : undefined;
}

const APPROVAL = 'approval';
const ANSWER = 'consent';

function isSame(asked: Act, act: Act): boolean {
  return (
    asked.verb === act.verb && asked.subject === act.subject && asked.revision === act.revision
  );
}
