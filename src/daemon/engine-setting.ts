import type { EngineDefinition } from '../domain/engines/engine-definition.ts';
import { parseEngines } from '../domain/engines/parse-engines.ts';
import type { Setting } from './setting.ts';

/** The agent command lines: the built-in ones, as the configuration changes and adds to them. */
export function engines(sentence: string): Setting<ReadonlyMap<string, EngineDefinition>> {
  return {
    sentence,
    bound: 'an object of engines by name',
    default: parseEngines({}),
    // What is wrong with an engine is said by the refusal, which knows the place.
    read: parseEngines,
    parse: (text) => {
      try {
        return JSON.parse(text);
      } catch {
        return text;
      }
    },
  };
}
