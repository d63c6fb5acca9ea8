import type { CommandAction, GrantedValue } from '../action.ts';
import type { Json, JsonObject } from '../json.ts';

const VARIABLES_MAX = 100;
const VALUE_CHARS_MAX = 32_768;
const DEPTH_MAX = 5;

/** Names a file with the whole payload as JSON. */
export const PAYLOAD_FILE = 'PAYLOAD_FILE';

/**
 * The command with the payload of its run where no shell reads it: in `PAYLOAD` and `PAYLOAD_…`, in the
 * file that `PAYLOAD_FILE` names, and on standard input when the task puts nothing there. What the task
 * says itself comes first.
 */
export function withPayload(action: CommandAction, payload: Json): CommandAction {
  const text = JSON.stringify(payload);
  const variables = [['PAYLOAD', text] as const, ...flatten(payload, 'PAYLOAD')]
    // Who sent the payload must not choose the file that a command reads it from.
    .filter(([name]) => name !== PAYLOAD_FILE)
    .filter(([, text]) => text.length <= VALUE_CHARS_MAX && !text.includes('\0'))
    .slice(0, VARIABLES_MAX)
    .map(([name, text]): readonly [string, GrantedValue] => [name, { kind: 'text', text }]);
  return {
    ...action,
    env: { ...Object.fromEntries(variables), ...action.env },
    stdin: action.stdin ?? text,
    payload: text,
  };
}

/** Texts, numbers and booleans with the way to them as their name: `a.b` is `PAYLOAD_A_B`. */
function flatten(value: Json, name: string, depth = 0): readonly (readonly [string, string])[] {
  if (value === null || depth > DEPTH_MAX) return [];
  if (typeof value !== 'object') return depth === 0 ? [] : [[name, String(value)]];
  return Object.entries(value as JsonObject)
    .slice(0, VARIABLES_MAX)
    .flatMap(([key, inner]) =>
      flatten(inner, `${name}_${key.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`, depth + 1),
    );
}
