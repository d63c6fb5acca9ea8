import type { z } from 'zod';
import type { API_ROUTES } from '../api/routes/api-routes.ts';

// Types alone: nothing of the daemon is in the client.

type Route = (typeof API_ROUTES)[number];

/** What a query can hold; lists are written with commas. */
type QueryValue = string | number | boolean | readonly string[];

type Queried<Input> = { [Key in keyof Input]: Input[Key] | QueryValue };

type PathKeys<Path extends string> = Path extends `${string}:${infer Key}/${infer Rest}`
  ? Key | PathKeys<Rest>
  : Path extends `${string}:${infer Key}`
    ? Key
    : never;

type InputOf<One extends Route> = One['method'] extends 'GET' | 'DELETE'
  ? Queried<z.input<One['input']>>
  : Omit<z.input<One['input']>, PathKeys<One['path']>> & {
      [Key in PathKeys<One['path']>]: string | number;
    };

/** Every request of the API by its method and path: what it takes, and what it answers. */
export type ApiCalls = {
  readonly [One in Route as `${One['method']} ${One['path']}`]: {
    readonly input: InputOf<One>;
    readonly answer: z.output<One['answer']>;
  };
};

export type ApiCall = keyof ApiCalls;
export type ApiInput<Name extends ApiCall> = ApiCalls[Name]['input'];
export type ApiAnswer<Name extends ApiCall> = ApiCalls[Name]['answer'];
