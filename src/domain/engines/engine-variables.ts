import type { EngineDefinition } from './engine-definition.ts';

/** Of the daemon's variables those that the engine needs; nothing else of them gets through. */
export function engineVariables(
  { variables, keptVariables }: EngineDefinition,
  daemon: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(daemon).filter(
      ([name]) =>
        variables.some((pattern) => matches(pattern, name)) &&
        !keptVariables.some((pattern) => matches(pattern, name)),
    ),
  );
}

function matches(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}
