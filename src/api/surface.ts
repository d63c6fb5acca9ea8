import type { Namespace } from '../domain/principal.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { Webhook } from '../domain/webhooks/webhook.ts';
import type { Services } from '../service/services.ts';
import type { HookAnswer } from '../service/webhooks/webhook-requests.ts';
import type { Answer, Tool } from './tool.ts';

/** How a surface names itself to its clients. */
export type ServerInfo = {
  readonly name: string;
  readonly version: string;
  readonly title?: string;
  readonly description?: string;
  readonly websiteUrl?: string;
};

export type ContentBlock =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'resource_link';
      readonly uri: string;
      readonly name: string;
      readonly mimeType?: string;
    };

/** What goes over the wire for a tool call. */
export type CallResult = {
  readonly content: readonly ContentBlock[];
  readonly structuredContent?: Json;
  readonly isError?: boolean;
};

/** A text that a client offers to its user as the start of a conversation. */
export type Prompt = {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly arguments: readonly {
    readonly name: string;
    readonly description: string;
    readonly isRequired: boolean;
  }[];
  write(given: Readonly<Record<string, string>>): string;
};

/** A request to a route that a surface adds to the HTTP door. */
export type RouteRequest = {
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed JSON body; absent without one. */
  readonly body: Json | undefined;
  /** Aborts when who asked is gone. */
  readonly signal: AbortSignal;
};

export type RouteAnswer = {
  readonly status: number;
  readonly body: Json | undefined;
  /** Answered as plain text in place of `body`. */
  readonly text?: string;
  /** Answered as plain text that comes by and by. */
  readonly stream?: AsyncIterable<string>;
  readonly headers?: Readonly<Record<string, string>>;
};

export type SurfaceRoute = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Begins with `/`; `:name` marks a parameter. */
  readonly path: string;
  /** Whether it answers without a token. It then gets no services that could tell anything. */
  readonly isPublic: boolean;
  handle(services: Services, request: RouteRequest): Promise<RouteAnswer>;
};

/** Where senders call webhooks, and how they are answered. */
export type SurfaceHooks = {
  /** With the parameter `token`. */
  readonly path: string;
  readonly notFound: RouteAnswer;
  taken(answer: HookAnswer, webhook: Webhook): RouteAnswer;
};

/**
 * Everything that a door needs to show Carillon in one particular shape. Carillon's own surface is
 * one, and each compatibility profile is one.
 */
export type Surface = {
  readonly name: string;
  readonly serverInfo: ServerInfo;
  /** Up to 2 KB; clients cut it there. */
  readonly instructions: string | undefined;
  /** The tasks that its principals see. */
  readonly namespace: Namespace | 'all';
  /** In the order in which they are listed. */
  readonly tools: readonly Tool[];
  readonly prompts: readonly Prompt[];
  /** Whether tasks and runs are offered as `carillon://` resources. */
  readonly hasResources: boolean;
  readonly routes: readonly SurfaceRoute[];
  /** A path of its own for webhooks of its namespace. */
  readonly hooks?: SurfaceHooks;
  /** Variables of a client's configuration that are kept as secrets for the tasks of its namespace. */
  readonly secretVariables?: readonly string[];
  /** Bends what a client sent before it is checked against the tool's input schema. */
  prepareArguments(tool: Tool, given: JsonObject): JsonObject;
  encode(tool: Tool, answer: Answer): CallResult;
  /** `tool` is absent when the refusal came before one was found. */
  refuse(tool: Tool | undefined, refusal: Refusal): CallResult;
};

/** The settings that a client chose for its surface travel in the handshake. */
export type MakeSurface = (settings: JsonObject) => Surface;

/** Surfaces by name; `native` is Carillon's own. */
export type Surfaces = ReadonlyMap<string, MakeSurface>;
