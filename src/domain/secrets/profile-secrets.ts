import type { Action } from '../action.ts';
import { USUAL_MODEL_VARIABLES } from '../model-variable.ts';
import type { Namespace } from '../principal.ts';

/** Variables that clients handed to a profile are secrets of these names, for its tasks alone. */
const PREFIX = 'profile.';

export function profileSecretName(profile: Namespace, variable: string): string {
  return `${PREFIX}${profile}.${variable}`;
}

/** Whether the tasks of this namespace may use a secret of this name, as far as profiles go. */
export function isForNamespace(name: string, namespace: Namespace): boolean {
  return !name.startsWith(PREFIX) || name.startsWith(`${PREFIX}${namespace}.`);
}

/** In which variable an engine looks for the key of its account. */
const ENGINE_VARIABLES: Readonly<Record<string, string>> = {
  claude: 'ANTHROPIC_API_KEY',
  codex: 'OPENAI_API_KEY',
};

/**
 * The action of a profile's task with the key that its clients handed over, where it names none of its own.
 *
 * @param names of the secrets that there are.
 */
export function withProfileSecrets(
  action: Action,
  namespace: Namespace,
  names: ReadonlySet<string>,
): Action {
  if (action.kind === 'agent') {
    const variable = Object.hasOwn(ENGINE_VARIABLES, action.engine)
      ? ENGINE_VARIABLES[action.engine]
      : undefined;
    if (variable === undefined || Object.hasOwn(action.env, variable)) return action;
    const secret = profileSecretName(namespace, variable);
    if (!names.has(secret)) return action;
    return { ...action, env: { ...action.env, [variable]: { kind: 'secret', secret } } };
  }
  // A server at an address of its own never gets the key of a provider.
  if (action.kind !== 'model' || action.apiKey !== undefined || action.baseUrl !== undefined) {
    return action;
  }
  const secret = USUAL_MODEL_VARIABLES[action.provider]
    .map((variable) => profileSecretName(namespace, variable))
    .find((name) => names.has(name));
  return secret === undefined ? action : { ...action, apiKey: { kind: 'secret', secret } };
}
