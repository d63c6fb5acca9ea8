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

/** The values among them that are keys by their names, and not so short that words would be torn apart. */
export function keysAmong(variables: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(variables).flatMap(([name, value]) =>
    KEY_NAME.test(name) && value.length >= KEY_CHARS_MIN ? [value] : [],
  );
}

const KEY_NAME = /(?:KEY|TOKEN|SECRET|PASSWORD)$|BEARER_TOKEN/;
const KEY_CHARS_MIN = 8;

function matches(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}
