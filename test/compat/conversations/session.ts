import type { CallResult } from '../../../src/api/surface.ts';
import { Question, type ToolCall } from '../../../src/api/tool.ts';
import { conversationsSurface } from '../../../src/compat/conversations/surface.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import { owner } from '../../../src/domain/principal.ts';
import { Refusal } from '../../../src/domain/refusal.ts';
import type { Services } from '../../../src/service/services.ts';
import type { Bench } from '../../service/bench.ts';

/** A client of the older system, served from the bench as the MCP door serves it. */
export type Session = {
  readonly tools: readonly string[];
  /** As its clients are let at the services. */
  readonly services: Services;
  call(tool: string, given: JsonObject): Promise<CallResult>;
  /** The text of an answer that is no refusal. */
  ask(tool: string, given: JsonObject): Promise<string>;
};

export function openSession(bench: Bench, settings: JsonObject = {}): Session {
  const surface = conversationsSurface(settings);
  const services = bench.as(owner('python 1.0', surface.namespace));
  const call = async (name: string, given: JsonObject): Promise<CallResult> => {
    const tool = surface.tools.find((each) => each.name === name);
    if (tool === undefined) throw new Error(`There is no tool ${name}.`);
    const about: ToolCall = {
      signal: new AbortController().signal,
      client: 'python 1.0',
      cwd: undefined,
      zone: 'Europe/Berlin',
      mark: 'mark',
      now: () => bench.clock.now(),
      progress: () => Promise.resolve(),
      consentTo: () => 'cannot_ask',
    };
    try {
      const answer = await tool.call(services, surface.prepareArguments(tool, given), about);
      if (answer instanceof Question) throw new Error('This surface asks nothing.');
      return surface.encode(tool, answer);
    } catch (error) {
      if (error instanceof Refusal) return surface.refuse(tool, error);
      throw error;
    }
  };
  return {
    tools: surface.tools.map((tool) => tool.name),
    services,
    call,
    ask: async (name, given) => {
      const result = await call(name, given);
      if (result.isError === true) throw new Error(textOf(result));
      return textOf(result);
    },
  };
}

export function textOf(result: CallResult): string {
  return result.content.map((block) => (block.type === 'text' ? block.text : '')).join('\n');
}
