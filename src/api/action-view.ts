import type { Action, CommandAction, GrantedValue, HttpAction } from '../domain/action.ts';
import type { JsonObject } from '../domain/json.ts';

/** Stands where a value is kept but not shown. */
export const HIDDEN = '[hidden]';

/** An action as its author wrote it, without the values that look like secrets. */
export function viewAction(action: Action): JsonObject {
  return action.kind === 'command' ? viewCommand(action) : viewHttp(action);
}

function viewCommand({ program, cwd, env, stdin }: CommandAction): JsonObject {
  return {
    kind: 'command',
    ...(program.kind === 'argv' ? { argv: program.argv } : { command: program.text }),
    cwd: cwd ?? null,
    env: viewValues(env),
    stdin: stdin ?? null,
  };
}

function viewHttp({ method, url, headers, body, expectedStatus }: HttpAction): JsonObject {
  return {
    kind: 'http',
    method,
    url,
    headers: viewValues(headers),
    body: body ?? null,
    expected_status: expectedStatus.map(([from, to]) =>
      from === to ? String(from) : `${from}-${to}`,
    ),
  };
}

const SUMMARY_CHARS_MAX = 80;

/** One line that tells tasks apart in a list. */
export function summarizeAction(action: Action): string {
  const text =
    action.kind === 'http' ? `${action.method} ${action.url}` : programText(action.program);
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > SUMMARY_CHARS_MAX ? `${line.slice(0, SUMMARY_CHARS_MAX)}…` : line;
}

function programText(program: CommandAction['program']): string {
  return program.kind === 'shell' ? program.text : program.argv.join(' ');
}

const SECRET_NAME = /token|secret|passw|api[-_]?key|authorization|cookie|credential|private/i;

function viewValues(values: Readonly<Record<string, GrantedValue>>): JsonObject {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, viewValue(name, value)]),
  );
}

function viewValue(name: string, value: GrantedValue): string | { readonly secret: string } {
  if (value.kind === 'secret') return { secret: value.secret };
  return SECRET_NAME.test(name) ? HIDDEN : value.text;
}
