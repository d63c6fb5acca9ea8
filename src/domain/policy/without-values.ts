import type { Action, GrantedValue } from '../action.ts';
import type { Json, JsonObject } from '../json.ts';
import type { TaskDefinition } from '../task.ts';

const HIDDEN = '***';

/** What the audit trail keeps of a definition: no value of a variable or a header. */
export function definitionWithoutValues(definition: TaskDefinition): JsonObject {
  const { schedule, action, ...rest } = definition;
  return JSON.parse(
    JSON.stringify({ ...rest, when: schedule?.source, action: actionWithoutValues(action) }),
  ) as JsonObject;
}

/** The same for an action alone, or for what somebody asked for. */
export function actionWithoutValues(action: Action): Action {
  switch (action.kind) {
    case 'command':
      return { ...action, env: hidden(action.env) };
    case 'agent': {
      const mcpServers = hideBelow(action.mcpServers, false) as JsonObject;
      return { ...action, env: hidden(action.env), mcpServers };
    }
    case 'http':
    case 'message':
      return { ...action, headers: hidden(action.headers) };
    case 'model':
    case 'reminder':
      return action;
  }
}

function hidden(values: Readonly<Record<string, GrantedValue>>): Record<string, GrantedValue> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      value.kind === 'text' ? { kind: 'text', text: HIDDEN } : value,
    ]),
  );
}

const VALUE_FIELDS = new Set(['env', 'headers']);

function hideBelow(value: Json, isHidden: boolean): Json {
  if (typeof value === 'string') return isHidden ? HIDDEN : value;
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((one) => hideBelow(one as Json, isHidden));
  return Object.fromEntries(
    Object.entries(value as JsonObject).map(([name, inner]) => [
      name,
      hideBelow(inner, isHidden || VALUE_FIELDS.has(name)),
    ]),
  );
}
