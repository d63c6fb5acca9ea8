import type { Action } from './action.ts';
import { isRunId, type RunId } from './id.ts';
import type { Json, JsonObject } from './json.ts';

/** What the caller changed, or gave, for one run alone. */
export type RunOverrides = {
  readonly cwd: string | undefined;
  readonly prompt: string | undefined;
  /** Data from outside that templates and commands can use. */
  readonly payload: Json | undefined;
  /** Whether a run that was asked for goes only when the task's gates let it. */
  readonly appliesGates: boolean;
  /** The run whose conversation it goes on with. */
  readonly continues: RunId | undefined;
};

/** As a run keeps them. */
export function overridesOf(kept: JsonObject): RunOverrides {
  const { cwd, prompt, payload, gates, continues } = kept;
  return {
    cwd: typeof cwd === 'string' ? cwd : undefined,
    prompt: typeof prompt === 'string' ? prompt : undefined,
    payload,
    appliesGates: gates === true,
    continues: typeof continues === 'string' && isRunId(continues) ? continues : undefined,
  };
}

/** The action of the task as this run carries it out. What it has no place for is left out. */
export function applyOverrides(
  action: Action,
  { cwd, prompt, continues }: Partial<RunOverrides>,
): Action {
  switch (action.kind) {
    case 'command':
      return { ...action, cwd: cwd ?? action.cwd };
    case 'agent':
      return {
        ...action,
        cwd: cwd ?? action.cwd,
        prompt: prompt ?? action.prompt,
        session:
          continues === undefined ? action.session : { mode: 'resume', tokensMax: undefined },
      };
    case 'model':
      return { ...action, prompt: prompt ?? action.prompt };
    case 'http':
    case 'message':
    case 'reminder':
      return action;
  }
}
