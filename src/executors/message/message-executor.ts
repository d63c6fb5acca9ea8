import type { HttpAction, MessageAction } from '../../domain/action.ts';
import type { Executor } from '../../ports/executor.ts';
import { httpExecutor, type HttpExecutorOptions } from '../http/http-executor.ts';

/**
 * Delivers a text to an endpoint. It may reach the server more than once when a daemon dies over it;
 * the idempotency key, which is the id of the run, stays the same then.
 */
export function messageExecutor(options: HttpExecutorOptions): Executor<MessageAction> {
  const requests = httpExecutor(options);
  return {
    kind: 'message',
    execute: (execution, sink, signal) =>
      requests.execute({ ...execution, action: deliveryOf(execution.action) }, sink, signal),
  };
}

/** The request that carries the message; what is kept beside it stays here. */
function deliveryOf(action: MessageAction): HttpAction {
  const type = { 'Content-Type': { kind: 'text', text: action.contentType } } as const;
  const hasType = Object.keys(action.headers).some((name) => /^content-type$/i.test(name));
  return {
    kind: 'http',
    method: action.method,
    url: action.endpoint,
    headers: hasType ? action.headers : { ...type, ...action.headers },
    body: action.text,
    expectedStatus: [[200, 299]],
  };
}
