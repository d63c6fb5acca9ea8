import type { z } from 'zod';
import type { JsonObject } from '../domain/json.ts';
import type { Services } from '../service/services.ts';
import { parseArguments } from './parse-arguments.ts';

export type ApiMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What a handler knows beside its input. */
export type ApiContext = {
  readonly zone: string;
  readonly signal: AbortSignal;
  readonly now: () => Temporal.Instant;
};

export type ApiAnswer = {
  /** 200 when absent; 204 has no body. */
  readonly status?: number;
  readonly body?: unknown;
};

/** One request that can be made, ready to be served. */
export type ApiRoute = {
  readonly method: ApiMethod;
  /** Under `/api/v1`; `:name` marks a parameter. */
  readonly path: string;
  /** One sentence for `docs/http-api.md`. */
  readonly summary: string;
  /** Names of what it takes, in the path, the query or the body. */
  readonly takes: readonly string[];
  answer(services: Services, given: JsonObject, context: ApiContext): Promise<ApiAnswer>;
};

/** Path parameters, query and body come as one object, which `input` checks. */
export function defineRoute<Input extends z.ZodObject>(
  method: ApiMethod,
  path: string,
  summary: string,
  input: Input,
  handle: (services: Services, input: z.output<Input>, context: ApiContext) => Promise<ApiAnswer>,
): ApiRoute {
  return {
    method,
    path,
    summary,
    takes: Object.keys(input.shape),
    answer: (services, given, context) => handle(services, parseArguments(input, given), context),
  };
}
