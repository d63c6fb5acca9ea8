import {
  createRequestStateCodec,
  inputRequired,
  inputResponse,
  type InputRequiredResult,
  type RequestStateCodec,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { Act, Consent, Question } from '../api/tool.ts';

export type ConsentCodec = RequestStateCodec<Act>;

/** How long a user may think about a question. */
const ANSWER_SECONDS_MAX = 600;

/** Seals what was asked, so that a client can bring back an answer to that question alone. */
export function consentCodec(key: Uint8Array): ConsentCodec {
  return createRequestStateCodec<Act>({
    key,
    ttlSeconds: ANSWER_SECONDS_MAX,
    bind: (context) => `${context.mcpReq.method}\0${context.http?.authInfo?.clientId ?? ''}`,
  });
}

/** What the user has answered to the question about `act`, as this call brings it. */
export function consentTo(act: Act, context: ServerContext, canAsk: boolean): Consent {
  const response = inputResponse(context.mcpReq.inputResponses, ANSWER);
  const asked = context.mcpReq.requestState<Act>();
  if (response.kind === 'elicit' && asked !== undefined && isSame(asked, act)) {
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

const ANSWER = 'consent';

function isSame(asked: Act, act: Act): boolean {
  return (
    asked.verb === act.verb && asked.subject === act.subject && asked.revision === act.revision
  );
}
