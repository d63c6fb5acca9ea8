import type { ActionKind } from '../domain/action.ts';
import type { JsonObject } from '../domain/json.ts';
import { type Principal, requireScope } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import { applyOverrides } from '../domain/run-overrides.ts';
import type { Task } from '../domain/task.ts';
import { checkAction } from './check-action.ts';
import { checkLength } from './check-values.ts';
import type { RunTaskRequest } from './services.ts';

/**
 * What a run keeps of its caller's wishes. Another directory or prompt is as good as another task, so
 * it needs the right to change tasks, and is checked as the task was.
 */
export function checkOverrides(
  principal: Principal,
  task: Task,
  { cwd, prompt, payload, gates, continues }: RunTaskRequest,
  home: string,
): JsonObject {
  const { action } = task.definition;
  if (cwd !== undefined) requirePlace('cwd', 'working directory', action.kind, HAVE_DIRECTORY);
  if (prompt !== undefined) requirePlace('prompt', 'prompt', action.kind, HAVE_PROMPT);
  if (payload !== undefined) checkLength('The payload', JSON.stringify(payload));
  const given = {
    ...(payload === undefined ? {} : { payload }),
    ...(gates === true ? { gates } : {}),
    ...(continues === undefined ? {} : { continues }),
  };
  if (cwd === undefined && prompt === undefined) return given;
  requireScope(principal, 'tasks:write');
  const asked = applyOverrides(action, { cwd, prompt });
  const checked = checkAction(asked, home, task.namespace);
  return {
    ...given,
    ...(cwd !== undefined && 'cwd' in checked && checked.cwd !== undefined
      ? { cwd: checked.cwd }
      : {}),
    ...(prompt !== undefined ? { prompt } : {}),
  };
}

const HAVE_DIRECTORY: readonly ActionKind[] = ['command', 'agent'];
const HAVE_PROMPT: readonly ActionKind[] = ['agent', 'model'];

function requirePlace(
  name: string,
  what: string,
  kind: ActionKind,
  kinds: readonly ActionKind[],
): void {
  if (kinds.includes(kind)) return;
  throw new Refusal(
    'invalid',
    `The task's action is of the kind "${kind}", which has no ${what}. Leave "${name}" out.`,
  );
}
