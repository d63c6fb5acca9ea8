import { errors } from 'undici';
import type { EgressProfile, EgressRefusal } from './egress-policy.ts';

export type EgressFailureReason =
  /** The request itself cannot be sent. */
  | 'bad_request'
  /** The policy forbids the address. */
  | 'egress_refused'
  /** No connection, or it broke before the answer was complete. */
  | 'unreachable'
  /** What came back was not HTTP, or its compression was broken. */
  | 'bad_response'
  /** A redirect that is not followed. */
  | 'bad_redirect'
  | 'timed_out'
  /** The caller's signal. */
  | 'aborted';

/** Thrown inside `egress/` only; callers get the data. */
export class EgressError extends Error {
  override readonly name = 'EgressError';
  readonly reason: EgressFailureReason;
  readonly detail: string;

  constructor(reason: EgressFailureReason, detail: string, message = '') {
    super(message);
    this.reason = reason;
    this.detail = detail;
  }
}

/** What an error of a connection or of a decoder means. Its text comes from outside and is dropped. */
export function egressErrorOf(error: unknown): EgressError {
  if (error instanceof EgressError) return error;
  const code = codeOf(error);
  const isBroken =
    error instanceof errors.HTTPParserError ||
    BAD_RESPONSE_CODES.has(code) ||
    /^(Z_|ZSTD_|ERR__ERROR_|ERR_BROTLI_|ERR_ZSTD_|ERR_ZLIB_)/.test(code);
  return new EgressError(isBroken ? 'bad_response' : 'unreachable', code);
}

/** One sentence for whoever asked, in our words. */
export function describeFailure(error: EgressError, profile: EgressProfile): string {
  if (error.message !== '') return error.message;
  // Several people share this daemon: nobody may map the network behind it by the errors it gives.
  if (profile === 'shared' && (error.reason === 'egress_refused' || isUnanswered(error))) {
    return (
      'The server could not be reached, or its address may not be called from here. Check the URL; ' +
      'whoever runs this daemon can open an internal address in its list of allowed addresses.'
    );
  }
  if (error.reason === 'egress_refused') return describeRefusal(error.detail);
  if (error.reason === 'unreachable') return describeUnreachable(error.detail);
  return MESSAGES[error.reason];
}

const MESSAGES: Readonly<
  Record<Exclude<EgressFailureReason, 'egress_refused' | 'unreachable'>, string>
> = {
  bad_response: 'The server answered with something that is not valid HTTP.',
  timed_out: 'The server did not answer in full within the timeout.',
  aborted: 'The request was stopped before the server had answered in full.',
  bad_redirect: 'The server redirected in a way that is not followed.',
  bad_request: 'The request cannot be sent as it is.',
};

const BAD_RESPONSE_CODES: ReadonlySet<string> = new Set([
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
]);

const UNANSWERED: Readonly<Record<string, string>> = {
  ENOTFOUND: 'The host name of the URL has no address. Check its spelling.',
  EAI_AGAIN: 'The host name of the URL could not be looked up right now.',
  ENODATA: 'The host name of the URL has no address. Check its spelling.',
  ECONNREFUSED: 'Nothing listens at the address and port of the URL.',
  EHOSTUNREACH: 'There is no route to the server.',
  ENETUNREACH: 'There is no route to the server.',
  CONNECT_TIMEOUT: 'The server did not accept a connection within 10 seconds.',
  ETIMEDOUT: 'The server did not accept a connection in time.',
};

/** Whether the failure tells if a host or a port exists. */
function isUnanswered(error: EgressError): boolean {
  return error.reason === 'unreachable' && error.detail in UNANSWERED;
}

function describeUnreachable(code: string): string {
  const unanswered = UNANSWERED[code];
  if (unanswered !== undefined) return unanswered;
  if (/CERT|SELF_SIGNED|UNABLE_TO|TLS|SSL|EPROTO/.test(code)) {
    return (
      "The server's certificate is not valid for this host or not trusted, or no secure connection " +
      'could be made.'
    );
  }
  return 'The connection broke before the server had answered in full.';
}

const REFUSALS: Readonly<Record<EgressRefusal, string>> = {
  metadata: 'This is the address of a cloud metadata service, which is never called.',
  own_endpoint: 'This is the address of the scheduler itself, which a task must not call.',
  loopback: 'The address is on this machine itself, which may not be called from here.',
  private: 'The address is in a private network, which may not be called from here.',
  link_local: 'The address is link-local, which is not called. Use the address of a server.',
  transition:
    'The address is an IPv6 form of an IPv4 address, which is not called. Use the IPv4 address.',
  special: 'The address is not that of a single server, so it is not called.',
};

function describeRefusal(detail: string): string {
  return Object.entries(REFUSALS).find(([refusal]) => refusal === detail)?.[1] ?? REFUSALS.special;
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) return 'UNKNOWN';
  const { code } = error;
  return typeof code === 'string' && /^\w{1,64}$/.test(code) ? code : 'UNKNOWN';
}
