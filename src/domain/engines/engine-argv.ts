import type {
  ArgvPart,
  EngineDefinition,
  EngineField,
  EngineListField,
  EngineValues,
} from './engine-definition.ts';
import { tomlText } from './toml.ts';

/** The arguments of an engine for these values. A value stands in one argument and is not read again. */
export function engineArgv(
  { program, argv }: EngineDefinition,
  values: EngineValues,
): readonly [string, ...string[]] {
  return [program, ...argv.flatMap((part) => argumentsOf(part, values))];
}

/** Whether an engine has a place for a value of this name. */
export function takes(engine: EngineDefinition, field: EngineField | EngineListField): boolean {
  return engine.argv.some(
    (part) =>
      typeof part === 'object' &&
      (('when' in part && part.when === field) || ('each' in part && part.each === field)),
  );
}

function argumentsOf(part: ArgvPart, values: EngineValues): readonly string[] {
  if (typeof part === 'string') return [part];
  if ('when' in part) {
    const value = values[part.when];
    return value === undefined ? [] : part.argv.map((text) => fill(text, part.when, value));
  }
  return (values[part.each] ?? []).flatMap((value) =>
    part.argv.map((text) => fill(text, part.each, value)),
  );
}

/** Splitting at the placeholder, and not replacing: what a value says is never read. */
function fill(text: string, field: string, value: string): string {
  return text.split(`{${field}|toml}`).join(tomlText(value)).split(`{${field}}`).join(value);
}
