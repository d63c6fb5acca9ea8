import type { ApiAnswer, ApiCall, ApiInput } from './api-calls.ts';
import { requestOf } from './request-of.ts';
import { type ClientOptions, sendRequest } from './send-request.ts';
import { type ClientEvent, watchEvents, type WatchOptions } from './watch-events.ts';

export type { ApiAnswer, ApiCall, ApiCalls, ApiInput } from './api-calls.ts';
export { ApiProblem } from './api-problem.ts';
export type { ClientOptions } from './send-request.ts';
export type { ClientEvent, WatchOptions } from './watch-events.ts';

export type CallOptions = {
  readonly signal?: AbortSignal;
  /** The revision of the task that the caller has seen: refused with 412 when it has another by now. */
  readonly revision?: number;
  /** The same request under the same key is carried out once. */
  readonly idempotencyKey?: string;
};

/** Nothing need be given where nothing is required. */
type CallArguments<Name extends ApiCall> =
  Readonly<Record<string, never>> extends ApiInput<Name>
    ? [input?: ApiInput<Name>, options?: CallOptions]
    : [input: ApiInput<Name>, options?: CallOptions];

export type Client = {
  /**
   * Makes one request: `client.call('GET /tasks/:task', { task: 'backup' })`. Path parameters, query
   * and body are one object. Throws an `ApiProblem` for what is not granted.
   */
  call<Name extends ApiCall>(name: Name, ...given: CallArguments<Name>): Promise<ApiAnswer<Name>>;
  /** Changes as they happen, until `signal` aborts; it comes back by itself when the connection breaks. */
  watch(options?: WatchOptions): AsyncGenerator<ClientEvent, void, undefined>;
};

/** The API of a daemon, typed from its table of routes. For Node and for browsers. */
export function openClient(options: ClientOptions): Client {
  return {
    call: async (name, ...given) => {
      const [input = {}, { signal, revision, idempotencyKey } = {}] = given;
      const headers = {
        ...(revision === undefined ? {} : { 'if-match': `"${String(revision)}"` }),
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      };
      // The types were made from what the daemon answers with.
      return (await sendRequest(options, {
        ...requestOf(name, { ...input }),
        headers,
        signal,
      })) as ApiAnswer<typeof name>;
    },
    watch: (watched) => watchEvents(options, watched),
  };
}
