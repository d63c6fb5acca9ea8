import type { Action } from '../action.ts';

/**
 * The pool that an action draws on: an engine or a provider and the account there. When its usage
 * window closes, everything in the pool waits. Absent for actions that use no tokens.
 */
export function poolOf(action: Action): string | undefined {
  switch (action.kind) {
    case 'agent':
      return [action.engine, ...accountNames(action.env)].join(' ');
    case 'model': {
      const { provider, baseUrl, apiKey } = action;
      const host = baseUrl === undefined ? [] : [URL.parse(baseUrl)?.host ?? ''];
      const account =
        apiKey === undefined
          ? []
          : [apiKey.kind === 'secret' ? apiKey.secret : `$${apiKey.variable}`];
      return [provider, ...host, ...account].join(' ');
    }
    case 'command':
    case 'http':
    case 'message':
    case 'reminder':
      return undefined;
  }
}

/** The secrets that a task hands its engine; other than the engine's own login they may be an account. */
function accountNames(env: Extract<Action, { kind: 'agent' }>['env']): readonly string[] {
  const secrets = Object.values(env).flatMap((value) =>
    value.kind === 'secret' ? [value.secret] : [],
  );
  return [...new Set(secrets)].sort();
}

/** The engine or provider of an action that uses tokens, by which spending is told apart. */
export function engineOf(action: Action): string | undefined {
  return poolOf(action)?.split(' ', 1)[0];
}
