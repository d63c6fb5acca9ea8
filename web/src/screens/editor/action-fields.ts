import { type Draft, type Kind, kindOf, textOf } from './draft.ts';
import type { FieldSpec } from './field-spec.ts';

/** How a kind of action is called, and what it is for. */
export const KIND_WORDS: Readonly<Record<Kind, readonly [name: string, use: string]>> = {
  command: ['Command', 'A program or a line for the shell, on the machine of the daemon.'],
  http: ['HTTP request', 'An address is called, and its answer judged.'],
  agent: ['Agent', 'A coding agent of this machine works on a prompt.'],
  model: ['Model', 'A language model answers a prompt, without tools.'],
  message: ['Message', 'A text is sent to an address.'],
  reminder: ['Reminder', 'A person is told something.'],
};

const METHODS = ['', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'].map(
  (method) => [method, method === '' ? 'GET, or POST with a body' : method] as const,
);

const PROMPT: FieldSpec = {
  kind: 'area',
  path: 'action.prompt',
  label: 'Prompt',
  isWide: true,
  said: ['prompt'],
  hint: 'May hold {{placeholders}}: {{now}}, {{last.result}}, {{payload.name}}.',
};
const FOLDER: FieldSpec = {
  kind: 'line',
  path: 'action.cwd',
  label: 'Directory',
  placeholder: '~/project',
  said: ['working directory', 'directory'],
  hint: 'Where it works; your home directory when empty.',
};
const VARIABLES: FieldSpec = {
  kind: 'pairs',
  path: 'action.env',
  label: 'Environment variables',
  isWide: true,
  hint: 'A secret is named, and its value put in when the run begins.',
};
const HEADERS: FieldSpec = {
  kind: 'pairs',
  path: 'action.headers',
  label: 'Headers',
  isWide: true,
  hint: 'A secret is named, and its value put in when the run begins.',
};
const SYSTEM: FieldSpec = {
  kind: 'area',
  path: 'action.system_text',
  label: 'System text',
  isWide: true,
  hint: 'Said before the prompt.',
};
const SCHEMA: FieldSpec = {
  kind: 'json',
  path: 'action.answer_schema',
  label: 'Shape of the answer',
  isWide: true,
  placeholder: '{"type": "object", …}',
  hint: 'A JSON Schema; an answer that does not fit it fails the run.',
};

type ActionFields = { readonly main: readonly FieldSpec[]; readonly more: readonly FieldSpec[] };

const isShell = (draft: Draft): boolean => textOf(draft, 'ui.program') !== 'argv';
const delegates = (draft: Draft): boolean => draft['action.delegation'] === true;

/** The fields of each kind of action: those that nearly everyone fills in, and the others, folded. */
export const ACTION_FIELDS: Readonly<Record<Kind, ActionFields>> = {
  command: {
    main: [
      {
        kind: 'choice',
        path: 'ui.program',
        label: 'Written as',
        isOnlyHere: true,
        options: [
          ['shell', 'A line for the shell'],
          ['argv', 'Program and arguments, no shell'],
        ],
      },
      FOLDER,
      {
        kind: 'area',
        path: 'action.command',
        label: 'Command',
        isCode: true,
        isWide: true,
        when: isShell,
        placeholder: './backup.sh --all',
        said: ['command', 'shell text'],
      },
      {
        kind: 'lines',
        path: 'action.argv',
        label: 'Program and arguments',
        isCode: true,
        isWide: true,
        when: (draft) => !isShell(draft),
        hint: 'One on each line; the program first.',
      },
    ],
    more: [
      VARIABLES,
      { kind: 'area', path: 'action.stdin', label: 'Standard input', isCode: true, isWide: true },
    ],
  },
  http: {
    main: [
      {
        kind: 'line',
        path: 'action.url',
        label: 'Address',
        isWide: true,
        placeholder: 'https://example.com/health',
        said: ['url', 'address'],
      },
      { kind: 'choice', path: 'action.method', label: 'Method', options: METHODS },
      {
        kind: 'words',
        path: 'action.expected_status',
        label: 'Expected status',
        placeholder: '200-299',
        hint: 'Codes and ranges; another one fails the run.',
      },
      HEADERS,
      { kind: 'area', path: 'action.body', label: 'Body', isCode: true, isWide: true },
    ],
    more: [],
  },
  agent: {
    main: [
      PROMPT,
      FOLDER,
      {
        kind: 'line',
        path: 'action.model',
        label: 'Model',
        hint: 'In the words of the engine; its own choice when empty.',
      },
      {
        kind: 'words',
        path: 'action.allowed_tools',
        label: 'Allowed tools',
        placeholder: 'Read, Bash(git log:*)',
        hint: 'With commas between, in the words of the engine. What is not allowed is denied: nobody is there to ask.',
      },
      {
        kind: 'number',
        path: 'budget.usd_per_run',
        label: 'Budget of a run, in dollars',
        placeholder: '0.50',
        said: ['dollars of the budget per run'],
      },
      {
        kind: 'number',
        path: 'budget.usd_per_day',
        label: 'Budget of a day, in dollars',
        placeholder: '5',
        said: ['dollars of the budget per day'],
      },
    ],
    more: [
      { kind: 'line', path: 'action.fallback_model', label: 'Model in its place' },
      { kind: 'words', path: 'action.denied_tools', label: 'Denied tools' },
      { kind: 'line', path: 'action.permission_mode', label: 'Permission mode' },
      { kind: 'lines', path: 'action.flags', label: 'More arguments', hint: 'One on each line.' },
      {
        kind: 'choice',
        path: 'action.session.mode',
        label: 'Conversation',
        options: [
          ['', 'Begins anew each time'],
          ['resume', 'Goes on with the last one'],
          ['last_result', 'Begins anew with the last result'],
        ],
      },
      {
        kind: 'number',
        path: 'action.session.tokens_max',
        label: 'Goes on up to so many tokens',
        when: (draft) => textOf(draft, 'action.session.mode') === 'resume',
      },
      SYSTEM,
      SCHEMA,
      {
        kind: 'json',
        path: 'action.mcp_servers',
        label: 'MCP servers',
        isWide: true,
        placeholder: '{"name": {"command": "…", "args": []}}',
      },
      {
        kind: 'open',
        path: 'action.delegation',
        label: 'Its runs may make tasks themselves, within limits',
        isWide: true,
      },
      {
        kind: 'number',
        path: 'action.delegation.tasks',
        label: 'Tasks of one run',
        placeholder: '3',
        when: delegates,
      },
      {
        kind: 'number',
        path: 'action.delegation.alive',
        label: 'Tasks at a time',
        placeholder: '10',
        when: delegates,
      },
      {
        kind: 'number',
        path: 'action.delegation.depth',
        label: 'Depth',
        placeholder: '2',
        when: delegates,
      },
      {
        kind: 'line',
        path: 'action.delegation.lifetime',
        label: 'They end after',
        placeholder: '7d',
        when: delegates,
      },
      VARIABLES,
    ],
  },
  model: {
    main: [
      {
        kind: 'choice',
        path: 'action.provider',
        label: 'Provider',
        options: [
          ['', 'Choose one'],
          ['anthropic', 'Anthropic'],
          ['openai', 'OpenAI'],
          ['google', 'Google'],
          ['bedrock', 'Amazon Bedrock'],
          ['openai_compatible', 'A compatible server'],
        ],
      },
      { kind: 'line', path: 'action.model', label: 'Model', said: ['model'] },
      {
        kind: 'line',
        path: 'action.base_url',
        label: 'Address of the server',
        isWide: true,
        placeholder: 'http://127.0.0.1:11434/v1',
        when: (draft) => textOf(draft, 'action.provider') === 'openai_compatible',
      },
      PROMPT,
      {
        kind: 'line',
        path: 'action.api_key.secret',
        label: 'Key: name of a secret',
        list: 'secret-names',
        when: (draft) => textOf(draft, 'action.api_key.variable') === '',
        hint: 'When empty, the variable of the provider in the daemon’s environment.',
      },
      {
        kind: 'line',
        path: 'action.api_key.variable',
        label: 'Key: name of a variable',
        when: (draft) => textOf(draft, 'action.api_key.secret') === '',
      },
      {
        kind: 'number',
        path: 'budget.usd_per_run',
        label: 'Budget of a run, in dollars',
        placeholder: '0.10',
        said: ['dollars of the budget per run'],
      },
      {
        kind: 'number',
        path: 'budget.usd_per_day',
        label: 'Budget of a day, in dollars',
        placeholder: '1',
        said: ['dollars of the budget per day'],
      },
    ],
    more: [
      SYSTEM,
      { kind: 'number', path: 'action.temperature', label: 'Temperature' },
      { kind: 'number', path: 'action.max_tokens', label: 'Most tokens of the answer' },
      SCHEMA,
      {
        kind: 'lines',
        path: 'action.files',
        label: 'Files',
        isWide: true,
        hint: 'Paths, one on each line; sent with the prompt.',
      },
    ],
  },
  message: {
    main: [
      {
        kind: 'line',
        path: 'action.endpoint',
        label: 'Address',
        isWide: true,
        placeholder: 'https://example.com/inbox',
        said: ['endpoint', 'url', 'address'],
      },
      { kind: 'area', path: 'action.text', label: 'Text', isWide: true },
      HEADERS,
    ],
    more: [
      { kind: 'line', path: 'action.method', label: 'Method', placeholder: 'POST' },
      {
        kind: 'line',
        path: 'action.content_type',
        label: 'Content type',
        placeholder: 'text/plain',
      },
      {
        kind: 'json',
        path: 'action.info',
        label: 'Information',
        isWide: true,
        hint: 'JSON that is kept with the task and not sent.',
      },
    ],
  },
  reminder: {
    main: [
      { kind: 'line', path: 'action.title', label: 'What to remind of', isWide: true },
      { kind: 'area', path: 'action.body', label: 'More about it', isWide: true },
      {
        kind: 'words',
        path: 'action.channels',
        label: 'Channels',
        hint: 'Names, in the order in which they are tried; as configured when empty.',
      },
      { kind: 'line', path: 'action.sound', label: 'Sound', hint: 'Its name, or "none".' },
    ],
    more: [],
  },
};

/** The engine is chosen from what is there; its field is made by the page. */
const ENGINE: FieldSpec = {
  kind: 'line',
  path: 'action.engine',
  label: 'Engine',
  said: ['engine'],
};

/** The fields of the action that is being written, whether they are folded or not. */
export function actionFieldsOf(draft: Draft): readonly FieldSpec[] {
  const kind = kindOf(draft);
  const { main, more } = ACTION_FIELDS[kind];
  return [...(kind === 'agent' ? [ENGINE] : []), ...main, ...more];
}
