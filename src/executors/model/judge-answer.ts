import { retryAtOf } from '../../domain/budget/retry-at.ts';
import type { FailureReason } from '../../domain/outcome.ts';
import type { EgressFailureReason } from '../../egress/egress-failure.ts';
import type { EgressHead } from '../../egress/egress.ts';
import type { Exchange } from './egress-fetch.ts';
import type { FollowedAnswer } from './follow-answer.ts';

/** What an answer is worth, before its text is looked at. */
export type Verdict =
  | { readonly kind: 'answered' }
  | { readonly kind: 'timed_out' }
  | {
      readonly kind: 'failed';
      readonly reason: FailureReason;
      readonly message: string;
      readonly retryable: boolean;
      readonly retryAt?: Temporal.Instant;
    };

/** Judges the exchange first, since it is in our own terms; then what the model said about its end. */
export function judgeAnswer(
  exchange: Exchange,
  answer: FollowedAnswer,
  now: Temporal.Instant,
): Verdict {
  const { head, failure } = exchange;
  if (failure !== undefined) return judgeFailure(failure.reason, failure.message);
  if (head !== undefined && (head.status < 200 || head.status > 299)) return judgeStatus(head, now);
  if (answer.error !== undefined) return judgeError(answer.error, head, now);
  if (head === undefined) {
    return failed('internal', 'The request to the model could not be made.', false);
  }
  return judgeFinish(answer);
}

function judgeFailure(reason: EgressFailureReason, message: string): Verdict {
  switch (reason) {
    case 'timed_out':
    case 'aborted':
      return { kind: 'timed_out' };
    case 'egress_refused':
      return failed('egress_refused', message, false);
    case 'bad_request':
      return failed('bad_action', message, false);
    case 'bad_redirect':
      return failed('engine_error', message, false);
    case 'unreachable':
    case 'bad_response':
      return failed('unreachable', message, true);
  }
}

/** Anthropic's own status for a service that has too much to do. */
const OVERLOADED = 529;

function judgeStatus(head: EgressHead, now: Temporal.Instant): Verdict {
  const { status } = head;
  if (status === 429) return usageLimit("The model's usage limit was reached.", head, now);
  if (status === OVERLOADED) return usageLimit('The provider is overloaded.', head, now);
  if (status === 503 && head.headers['retry-after'] !== undefined) {
    return usageLimit('The provider has too much to do.', head, now);
  }
  if (status >= 500 || status === 408) {
    return failed('engine_error', `The provider failed with status ${status}.`, true);
  }
  return failed('engine_error', REFUSALS[status] ?? refusal(status), false);
}

const REFUSALS: Readonly<Record<number, string>> = {
  401: 'The provider did not accept the key (401). Check the secret or the variable that the task names, then run it again.',
  402: 'The account at the provider has no credit (402). Add some there, then run the task again.',
  403: 'The key may not use this model (403). Check what the account at the provider is allowed, or name another model.',
  404: 'The server knows no such model or address (404). Check the name of the model and the base URL.',
  413: 'The prompt and its files are larger than the provider takes (413). Send less.',
};

function refusal(status: number): string {
  return status < 400
    ? `The server answered with a redirect (${status}), which is not followed. Check the base URL.`
    : `The server refused the request (${status}). Its reason is in the output; check the model and its settings.`;
}

/** An error that came within a stream, by which a server takes back the 200 it began with. */
function judgeError(error: unknown, head: EgressHead | undefined, now: Temporal.Instant): Verdict {
  if (isUsageLimit(error)) {
    return usageLimit('The provider is overloaded, or its usage limit was reached.', head, now);
  }
  const message =
    head === undefined
      ? 'The request to the model could not be made. Check the model, its files and its settings.'
      : 'The provider broke off its answer with an error, or sent one that cannot be read.';
  return failed('engine_error', message, head !== undefined);
}

function isUsageLimit(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { type, code, statusCode } = error as Readonly<Record<string, unknown>>;
  if (statusCode === 429 || statusCode === OVERLOADED) return true;
  return [type, code].some(
    (word) =>
      typeof word === 'string' &&
      /overloaded|rate_limit|quota|usage_limit|resource_exhausted|throttling/i.test(word),
  );
}

function judgeFinish({ finish, text }: FollowedAnswer): Verdict {
  if (finish === undefined || (finish.reason === 'other' && finish.word === undefined)) {
    return failed('engine_error', 'The answer broke off before its end.', true);
  }
  if (finish.reason === 'error') {
    return failed('engine_error', 'The provider ended the answer with an error.', true);
  }
  if (finish.reason === 'content-filter') {
    return failed('bad_answer', "The provider's content filter stopped the answer.", false);
  }
  if (text.trim() === '') return failed('bad_answer', 'The model answered with nothing.', true);
  return { kind: 'answered' };
}

function usageLimit(message: string, head: EgressHead | undefined, now: Temporal.Instant): Verdict {
  const retryAt = head === undefined ? undefined : retryAtOf(head.headers, now);
  return {
    kind: 'failed',
    reason: 'usage_limit',
    message,
    retryable: true,
    ...(retryAt === undefined ? {} : { retryAt }),
  };
}

function failed(reason: FailureReason, message: string, retryable: boolean): Verdict {
  return { kind: 'failed', reason, message, retryable };
}
