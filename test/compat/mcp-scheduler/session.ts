import type { CallResult, Surface } from '../../../src/api/surface.ts';
import { Question, type ToolCall } from '../../../src/api/tool.ts';
import { mcpSchedulerSurface } from '../../../src/compat/mcp-scheduler/surface.ts';
import type { Json, JsonObject } from '../../../src/domain/json.ts';
import { owner } from '../../../src/domain/principal.ts';
import { Refusal } from '../../../src/domain/refusal.ts';
import type { Bench } from '../../service/bench.ts';

/** A client of the older system, served from the bench as the MCP door serves it. */
export type Session = {
  readonly surface: Surface;
  readonly progress: readonly number[];
  call(tool: string, given?: JsonObject, signal?: AbortSignal): Promise<CallResult>;
  /** The answer's text blocks, read as JSON. */
  ask(tool: string, given?: JsonObject): Promise<readonly Json[]>;
  /** The one object that is answered. */
  get(tool: string, given?: JsonObject): Promise<JsonObject>;
};

export function openSession(bench: Bench, settings: JsonObject = {}): Session {
  const surface = mcpSchedulerSurface(settings);
  const services = bench.as(owner('python 1.0', surface.namespace));
  const progress: number[] = [];
  const call = async (
    name: string,
    given: JsonObject = {},
    signal = never,
  ): Promise<CallResult> => {
    const tool = surface.tools.find((each) => each.name === name);
    if (tool === undefined) throw new Error(`There is no tool ${name}.`);
    const about: ToolCall = {
      signal,
      client: 'python 1.0',
      cwd: '/home/ada/project',
      zone: 'Europe/Berlin',
      mark: 'mark',
      now: () => bench.clock.now(),
      progress: async (done) => {
        progress.push(done);
      },
      consentTo: () => 'given',
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
  const ask = async (name: string, given?: JsonObject): Promise<readonly Json[]> => {
    const result = await call(name, given);
    if (result.isError === true) throw new Error(textOf(result));
    return result.content.map(
      (block) => JSON.parse(block.type === 'text' ? block.text : '') as Json,
    );
  };
  return {
    surface,
    progress,
    call,
    ask,
    get: async (name, given) => {
      const [first] = await ask(name, given);
      if (typeof first !== 'object' || first === null) throw new Error(`${name} answered nothing.`);
      return first as JsonObject;
    },
  };
}

export function textOf(result: CallResult): string {
  return result.content.map((block) => (block.type === 'text' ? block.text : '')).join('\n');
}

const never = new AbortController().signal;
