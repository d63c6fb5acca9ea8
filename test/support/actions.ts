import type { Action, ActionKind } from '../../src/domain/action.ts';

type Of<Kind extends ActionKind> = Extract<Action, { readonly kind: Kind }>;

const PLAIN: { readonly [Kind in ActionKind]: Of<Kind> } = {
  command: {
    kind: 'command',
    program: { kind: 'argv', argv: ['echo', 'hello'] },
    cwd: undefined,
    env: {},
    stdin: undefined,
  },
  http: {
    kind: 'http',
    method: 'POST',
    url: 'https://example.org/x',
    headers: {},
    body: undefined,
    expectedStatus: [[200, 299]],
  },
  agent: {
    kind: 'agent',
    engine: 'claude',
    prompt: 'Look.',
    cwd: undefined,
    model: undefined,
    fallbackModel: undefined,
    allowedTools: [],
    deniedTools: [],
    mcpServers: {},
    permissionMode: undefined,
    flags: [],
    systemText: undefined,
    answerSchema: undefined,
    session: { mode: 'fresh', tokensMax: undefined },
    env: {},
  },
  model: {
    kind: 'model',
    provider: 'openai',
    model: 'gpt-5',
    prompt: 'Sum up.',
    baseUrl: undefined,
    apiKey: undefined,
    systemText: undefined,
    temperature: undefined,
    outputTokensMax: undefined,
    answerSchema: undefined,
    files: [],
  },
  message: {
    kind: 'message',
    endpoint: 'https://example.org/inbox',
    method: 'POST',
    text: 'Hello.',
    contentType: 'text/plain',
    headers: {},
    info: {},
  },
  reminder: { kind: 'reminder', title: 'Tea', body: '', channels: [], sound: undefined },
};

/** An action of the kind, plain but for `changes`. */
export function actionOf<Kind extends ActionKind>(
  kind: Kind,
  changes: Partial<Of<Kind>> = {},
): Of<Kind> {
  return { ...PLAIN[kind], ...changes };
}
