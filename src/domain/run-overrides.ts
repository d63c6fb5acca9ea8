import type { Action } from './action.ts';
import type { Json, JsonObject } from './json.ts';

/** What the caller changed, or gave, for one run alone. */
export type RunOverrides = {
  readonly cwd: string | undefined;
  readonly prompt: string | undefined;
  /** Data from outside that templates and commands can use. */
  readonly payload: Json | undefined;
  /** Whether a run that was asked for goes only when the task's gates let it. */
  readonly appliesGates: boolean;
};

/** As a run keeps them. */
export function overridesOf(kept: JsonObject): RunOverrides {
  const { cwd, prompt, payload, gates } = kept;
  return {
    cwd: typeof cwd === 'string' ? cwd : undefined,
    prompt: typeof prompt === 'string' ? prompt : undefined,
    payload,
    appliesGates: gates === true,
  };
}

/** The action of the task as this run carries it out. What it has no place for is left out. */
export function applyOverrides(
  action: Action,
  { cwd, prompt }: Pick<RunOverrides, 'cwd' | 'prompt'>,
): Action {
  switch (action.kind) {
    case 'command':
      return { ...action, cwd: cwd ?? action.cwd };
    case 'agent':
      return { ...action, cwd: cwd ?? action.cwd, prompt: prompt ?? action.prompt };
    case 'model':
      return { ...action, prompt: prompt ?? action.prompt };
    case 'http':
    case 'message':
    case 'reminder':
      return action;
  }
}
