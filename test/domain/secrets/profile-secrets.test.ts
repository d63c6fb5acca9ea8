import { expect, it } from 'vitest';
import { plainAgent, type Action } from '../../../src/domain/action.ts';
import { withProfileSecrets } from '../../../src/domain/secrets/profile-secrets.ts';
import { FOR_EVERYTHING, refusedUse } from '../../../src/domain/secrets/secret-grants.ts';

const NAMES = new Set(['profile.old.ANTHROPIC_API_KEY', 'profile.old.OPENAI_API_KEY']);
const MODEL: Action = {
  kind: 'model',
  provider: 'openai',
  model: 'm',
  prompt: 'hi',
  baseUrl: undefined,
  apiKey: undefined,
  systemText: undefined,
  temperature: undefined,
  outputTokensMax: undefined,
  answerSchema: undefined,
  files: [],
};
const KEY = { kind: 'secret', secret: 'profile.old.OPENAI_API_KEY' } as const;

it('a task of a profile gets the key that its engine or provider looks for', () => {
  const agent = plainAgent('claude', 'hi', undefined);
  expect(withProfileSecrets(agent, 'old', NAMES)).toEqual({
    ...agent,
    env: { ANTHROPIC_API_KEY: { kind: 'secret', secret: 'profile.old.ANTHROPIC_API_KEY' } },
  });
  expect(withProfileSecrets(MODEL, 'old', NAMES)).toEqual({ ...MODEL, apiKey: KEY });
});

it.each<readonly [string, Action]>([
  ['of another provider', { ...MODEL, provider: 'google' }],
  ['with a key of its own', { ...MODEL, apiKey: { kind: 'variable', variable: 'X_API_KEY' } }],
  ['at an address of its own', { ...MODEL, baseUrl: 'http://127.0.0.1:1/v1' }],
  ['of an engine that looks for none', plainAgent('q', 'hi', undefined)],
  [
    'with a variable of its own',
    {
      ...plainAgent('claude', 'hi', undefined),
      env: { ANTHROPIC_API_KEY: { kind: 'text', text: '' } },
    },
  ],
])('a task %s stays as it is', (_what, action) => {
  expect(withProfileSecrets(action, 'old', NAMES)).toBe(action);
});

it('a task of another profile gets none, and may not name one', () => {
  expect(withProfileSecrets(MODEL, 'older', NAMES)).toBe(MODEL);
  const secret = { name: KEY.secret, grants: FOR_EVERYTHING };
  const use = { taskId: 'task_1', taskName: 't', action: { ...MODEL, apiKey: KEY } };
  expect(refusedUse(secret, { ...use, namespace: 'old' })).toBeUndefined();
  for (const namespace of ['native', 'older', 'ol']) {
    expect(refusedUse(secret, { ...use, namespace })).toContain('handed to a profile');
  }
});
