import type { z } from 'zod';
import type { JsonObject } from '../domain/json.ts';
import type { Scope } from '../domain/principal.ts';
import type { Services } from '../service/services.ts';
import { parseArguments } from './parse-arguments.ts';

export type ApiMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What a handler knows beside its input. */
export type ApiContext = {
  readonly zone: string;
  readonly signal: AbortSignal;
  readonly now: () => Temporal.Instant;
};

/** 204 has no body. */
export type ApiStatus = 200 | 201 | 202 | 204;

export type ApiAnswer<Body = unknown> = {
  /** The first of the route's when absent. */
  readonly status?: ApiStatus;
  readonly body: Body;
  /** Of the one task that is answered: its revision, which `If-Match` of a later request may name. */
  readonly revision?: number;
};

/**
 * One request that can be made, ready to be served and described. The types of its parts are kept, so
 * that a client can be typed from the table of routes.
 */
export type ApiRoute<
  Method extends ApiMethod = ApiMethod,
  Path extends string = string,
  Input extends z.ZodObject = z.ZodObject,
  Answer extends z.ZodType = z.ZodType,
> = {
  readonly method: Method;
  /** Under `/api/v1`; `:name` marks a parameter. */
  readonly path: Path;
  /** One sentence for `docs/http-api.md` and the OpenAPI document. */
  readonly summary: string;
  /** What its caller must be allowed. The services check it; this tells of it. */
  readonly scope: Scope;
  /** Path parameters, query and body as one object. */
  readonly input: Input;
  /** Shape of the body that is answered; `NO_ANSWER` without one. */
  readonly answer: Answer;
  /** What it answers when all goes well, the usual one first. */
  readonly statuses: readonly [ApiStatus, ...ApiStatus[]];
  handle(services: Services, given: JsonObject, context: ApiContext): Promise<ApiAnswer>;
};

export type RouteDefinition<
  Method extends ApiMethod,
  Path extends string,
  Input extends z.ZodObject,
  Answer extends z.ZodType,
> = Omit<ApiRoute<Method, Path, Input, Answer>, 'handle' | 'statuses'> & {
  /** `[200]` when absent. */
  readonly statuses?: readonly [ApiStatus, ...ApiStatus[]];
  handle(
    services: Services,
    input: z.output<Input>,
    context: ApiContext,
  ): Promise<ApiAnswer<z.output<Answer>>>;
};

/** Path parameters, query and body come as one object, which `input` checks. */
export function defineRoute<
  const Method extends ApiMethod,
  const Path extends string,
  Input extends z.ZodObject,
  Answer extends z.ZodType,
>(definition: RouteDefinition<Method, Path, Input, Answer>): ApiRoute<Method, Path, Input, Answer> {
  return {
    ...definition,
    statuses: definition.statuses ?? [200],
    handle: (services, given, context) =>
      definition.handle(services, parseArguments(definition.input, given), context),
  };
}
