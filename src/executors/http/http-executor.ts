import type { HttpAction } from '../../domain/action.ts';
import type { FailureReason, Outcome, RunResult } from '../../domain/outcome.ts';
import type { EgressFailureReason } from '../../egress/egress-failure.ts';
import type { Egress, EgressResponse } from '../../egress/egress.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Execution, Executor, Sink } from '../../ports/executor.ts';
import type { Log } from '../../ports/log.ts';
import { keptHeaders } from './kept-headers.ts';
import { requestBody } from './request-body.ts';
import { requestHeaders } from './request-headers.ts';
import { tailWriter } from './tail-writer.ts';

export type HttpExecutorOptions = {
  readonly egress: Egress;
  readonly clock: Clock;
  readonly log: Log;
  /** Version of this program, for `User-Agent`. */
  readonly version?: string;
};

/** Carries out a request. It may reach the server more than once; its key stays the same then. */
export function httpExecutor(options: HttpExecutorOptions): Executor<HttpAction> {
  return {
    kind: 'http',
    execute: (execution, sink, signal) => execute(options, execution, sink, signal),
  };
}

/** Decoded bytes of a response after which no more is read. */
const RESPONSE_BYTES_MAX = 64 * 1024 * 1024;

async function execute(
  options: HttpExecutorOptions,
  execution: Execution<HttpAction>,
  sink: Sink,
  signal: AbortSignal,
): Promise<Outcome> {
  const { action, grants } = execution;
  const startedMs = options.clock.monotonicMs();
  const resultOf = (response: EgressResponse | undefined): RunResult => ({
    exitCode: undefined,
    signal: undefined,
    ...answerOf(response, grants),
    durationMs: Math.round(options.clock.monotonicMs() - startedMs),
    outputBytes: sink.bytes,
    outputIsCut: sink.isCut || (response?.kind === 'answered' && response.isCut),
  });

  const request = requestHeaders(execution, options.version);
  if (request.kind === 'secrets_missing') {
    const names = request.secrets.map((name) => `"${name}"`).join(', ');
    const message = `The vault has no secret named ${names}. Set it, then run the task again.`;
    return failed('secret_missing', message, false, resultOf(undefined));
  }
  const output = tailWriter(sink);
  const body = requestBody(action.body, request.headers);
  const response = await options.egress.request({
    method: action.method,
    url: action.url,
    headers: body.headers,
    body: body.body,
    signal,
    bodyBytesMax: RESPONSE_BYTES_MAX,
    readBytesMax: RESPONSE_BYTES_MAX,
    onBody: output.write,
  });
  output.end();
  const result = resultOf(response);
  if (response.kind === 'failed') {
    const { reason, detail } = response;
    options.log.info('An HTTP attempt got no answer.', { run: execution.run.id, reason, detail });
    return unanswered(response, signal, result);
  }
  return judge(action, response.status, result);
}

type Failed = Extract<EgressResponse, { kind: 'failed' }>;

function unanswered(response: Failed, signal: AbortSignal, result: RunResult): Outcome {
  const { reason, message } = response;
  if (reason === 'timed_out' || (reason === 'aborted' && signal.reason === 'timed_out')) {
    const message = 'The server did not answer in full within the timeout.';
    return { kind: 'timed_out', message, result };
  }
  if (reason === 'aborted') return { kind: 'cancelled', message, result };
  const { as, retryable } = FAILURES[reason];
  return failed(as, message, retryable, result);
}

const FAILURES: Readonly<
  Record<
    Exclude<EgressFailureReason, 'timed_out' | 'aborted'>,
    { readonly as: FailureReason; readonly retryable: boolean }
  >
> = {
  bad_request: { as: 'bad_action', retryable: false },
  egress_refused: { as: 'egress_refused', retryable: false },
  bad_redirect: { as: 'http_status', retryable: false },
  unreachable: { as: 'unreachable', retryable: true },
  bad_response: { as: 'unreachable', retryable: true },
};

/** Whether the status is one the task expects, and if not, whether another attempt may get one. */
function judge(action: HttpAction, status: number, result: RunResult): Outcome {
  if (action.expectedStatus.some(([from, to]) => from <= status && status <= to)) {
    return { kind: 'succeeded', result };
  }
  const expected = action.expectedStatus.map(([from, to]) =>
    from === to ? from : `${from}-${to}`,
  );
  const message = `The server answered with status ${status}; the task expects ${expected.join(', ')}.`;
  return failed('http_status', message, isPassing(status), result);
}

/** Statuses by which a server says that it may answer otherwise later. */
function isPassing(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || (500 <= status && status <= 599);
}

function failed(
  reason: FailureReason,
  message: string,
  retryable: boolean,
  result: RunResult,
): Outcome {
  return { kind: 'failed', reason, message, retryable, result };
}

function answerOf(
  response: EgressResponse | undefined,
  grants: ReadonlyMap<string, string>,
): Pick<RunResult, 'httpStatus' | 'httpHeaders'> {
  const head = response?.kind === 'failed' ? response.head : response;
  return {
    httpStatus: head?.status,
    httpHeaders: head && keptHeaders(head.headers, [...grants.values()]),
  };
}
