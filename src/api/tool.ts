import type { z } from 'zod';
import type { JsonObject, Json } from '../domain/json.ts';
import type { Scope } from '../domain/principal.ts';
import type { Services } from '../service/services.ts';
import { parseArguments } from './parse-arguments.ts';
import { inputSchemaOf, outputSchemaOf } from './json-schema.ts';

/** All four hints are stated by every tool: clients decide by them when to ask their user. */
export type ToolHints = {
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  readonly openWorldHint: boolean;
};

/** What a tool knows about the call besides its arguments. */
export type ToolCall = {
  /** Aborts when the caller no longer waits. It never cancels a run. */
  readonly signal: AbortSignal;
  /** The program that calls, as it named itself: `claude-code 2.1`. */
  readonly client: string | undefined;
  /** Working directory of the client, when it said one. */
  readonly cwd: string | undefined;
  /** Zone of times that no schedule gives a zone to. */
  readonly zone: string;
  /** Drawn at random for this call, to fence in text from outside. */
  readonly mark: string;
  now(): Temporal.Instant;
  /** Tells the caller that the call is still at work; does nothing when nobody asked. */
  progress(done: number, total: number | undefined, message: string): Promise<void>;
  /** What the user said about doing this, or to the page that was shown for it. */
  consentTo(act: Act, by?: 'form' | 'page'): Consent;
};

/** Something that is not done before a person has said yes. */
export type Act = {
  readonly verb: string;
  /** Id of the thing. */
  readonly subject: string;
  /** Consent to an older revision of the thing is no consent. */
  readonly revision: number;
};

export type Consent =
  | 'given'
  | 'declined'
  /** Nobody was asked yet: answer with a `Question`. */
  | 'missing'
  /** The client cannot ask its user. */
  | 'cannot_ask';

/** Answered by a tool that needs something of the user; the call is repeated with what was said. */
export class Question {
  readonly act: Act;
  readonly message: string;
  /** The page to show, in place of a form: what is typed there passes by client and model. */
  readonly url: string | undefined;

  constructor(act: Act, message: string, url?: string) {
    this.act = act;
    this.message = message;
    this.url = url;
  }
}

/** What a tool answers: a value for programs, and a text that says all of it to a model. */
export type Answer = {
  readonly value: Json | undefined;
  readonly text: string;
};

export type ToolDefinition<Input extends z.ZodObject, Output> = {
  /** `verb_noun`, up to 32 characters. */
  readonly name: string;
  readonly title: string;
  /** Up to 600 characters; the first sentence carries the meaning. */
  readonly description: string;
  readonly annotations: ToolHints;
  readonly toolset: string;
  readonly access: 'read' | 'write';
  /** What its caller must be allowed, when `access` does not say it. The services check it; this tells of it. */
  readonly scope?: Scope;
  readonly input: Input;
  /** Shape of the structured answer; absent when there is none. */
  readonly output?: z.ZodType<Output>;
  /** Listed in place of the JSON Schema that is derived from `input`, for surfaces with a fixed one. */
  readonly inputJson?: JsonObject;
  readonly outputJson?: JsonObject;
  handle(services: Services, input: z.output<Input>, call: ToolCall): Promise<Output | Question>;
  /** The whole answer in words. */
  text(output: Output, call: ToolCall): string;
};

/** A tool whose types have done their work. */
export type Tool = {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly annotations: ToolHints;
  readonly toolset: string;
  readonly access: 'read' | 'write';
  readonly scope: Scope;
  readonly input: z.ZodObject;
  readonly inputJson: JsonObject;
  readonly outputJson: JsonObject | undefined;
  /** Checks the arguments, does the work and says it. Refuses as `invalid` what does not fit. */
  call(services: Services, given: JsonObject, call: ToolCall): Promise<Answer | Question>;
};

/** Called at module scope only: turning a schema into JSON Schema is too slow to be done for each request. */
export function defineTool<Input extends z.ZodObject, Output>(
  definition: ToolDefinition<Input, Output>,
): Tool {
  const { name, title, description, annotations, toolset, access, input } = definition;
  return Object.freeze({
    name,
    title,
    description,
    annotations,
    toolset,
    access,
    scope: definition.scope ?? (access === 'read' ? 'tasks:read' : 'tasks:write'),
    input,
    inputJson: definition.inputJson ?? inputSchemaOf(input),
    outputJson:
      definition.outputJson ??
      (definition.output === undefined ? undefined : outputSchemaOf(definition.output)),
    call: async (services: Services, given: JsonObject, call: ToolCall) => {
      const output = await definition.handle(services, parseArguments(input, given), call);
      if (output instanceof Question) return output;
      return { value: toJson(output), text: definition.text(output, call) };
    },
  });
}

/** Views hold nothing but what JSON can say, so this drops absent properties and no more. */
function toJson(output: unknown): Json | undefined {
  return output === undefined ? undefined : (JSON.parse(JSON.stringify(output)) as Json);
}
