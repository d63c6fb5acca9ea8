import { type Draft, kindOf, textOf } from './draft.ts';
import type { FieldSpec } from './field-spec.ts';

/** Fields that belong together, folded under a title. */
export type FieldGroup = { readonly title: string; readonly fields: readonly FieldSpec[] };

export const NAME_FIELDS: readonly FieldSpec[] = [
  { kind: 'line', path: 'name', label: 'Name', said: ['name'], placeholder: 'Nightly backup' },
  {
    kind: 'words',
    path: 'tags',
    label: 'Tags',
    said: ['tags', 'tag'],
    placeholder: 'ops, daily',
    hint: 'With commas between; limits and budgets may go by them.',
  },
  { kind: 'area', path: 'description', label: 'Description', isWide: true, said: ['description'] },
];

export const WHEN: FieldSpec = { kind: 'line', path: 'when', label: 'When' };
export const ZONE: FieldSpec = { kind: 'line', path: 'timezone', label: 'Time zone' };

export const SCHEDULE_FIELDS: readonly FieldSpec[] = [
  {
    kind: 'line',
    path: 'start',
    label: 'Not before',
    placeholder: '2026-12-01',
    hint: 'A date or a time, ISO 8601.',
  },
  { kind: 'line', path: 'end', label: 'Not after', placeholder: '2027-01-31T18:00' },
  {
    kind: 'number',
    path: 'runs_max',
    label: 'Ends after so many runs',
  },
  {
    kind: 'line',
    path: 'jitter',
    label: 'Longest random delay',
    placeholder: '2m',
    hint: 'Spreads what is due at the same moment.',
  },
  {
    kind: 'lines',
    path: 'exclude',
    label: 'Not on these dates',
    placeholder: '2026-12-25',
    hint: 'One on each line.',
  },
  {
    kind: 'blackouts',
    path: 'blackouts',
    label: 'Not at these times of day',
    placeholder: '22:00-06:00 sat sun',
    hint: 'One on each line; weekdays may follow.',
  },
];

const isOf =
  (...kinds: readonly string[]) =>
  (draft: Draft) =>
    kinds.includes(kindOf(draft));
const usesModel = isOf('agent', 'model');

const number = (path: string, label: string, more: Partial<FieldSpec> = {}): FieldSpec =>
  ({ kind: 'number', path, label, ...more }) as FieldSpec;
const line = (path: string, label: string, more: Partial<FieldSpec> = {}): FieldSpec =>
  ({ kind: 'line', path, label, ...more }) as FieldSpec;

/** What else a task may say, each group folded. */
export const POLICY_GROUPS: readonly FieldGroup[] = [
  {
    title: 'Time limits',
    fields: [
      line('timeout', 'Timeout', { hint: 'The longest an attempt may take.', placeholder: '30m' }),
      line('deadline', 'Deadline', {
        hint: 'So long after its time a run must be over, retries included.',
        placeholder: '2h',
      }),
    ],
  },
  {
    title: 'When it fails',
    fields: [
      number('retry.attempts', 'Attempts in all', { placeholder: '1', said: ['attempts'] }),
      line('retry.backoff', 'First wait', { placeholder: '30s', said: ['back-off'] }),
      number('retry.factor', 'Each next wait is so many times longer', { placeholder: '2' }),
      line('retry.backoff_max', 'Longest wait', { placeholder: '1h', said: ['longest back-off'] }),
      number('retry.jitter', 'Random share of a wait, 0 to 1', { said: ['jitter ratio'] }),
      { kind: 'tick', path: 'retry.lost', label: 'Also when nobody knows how it ended' },
      {
        kind: 'ticks',
        path: 'alerts.on',
        label: 'Tell a person of',
        isWide: true,
        options: [
          ['failure', 'failures'],
          ['recovery', 'recovery'],
          ['missed', 'missed occurrences'],
          ['finding', 'findings'],
          ['budget', 'budgets'],
        ],
      },
      {
        kind: 'words',
        path: 'alerts.channels',
        label: 'Through these channels',
        hint: 'Names, in order; as configured when empty.',
      },
    ],
  },
  {
    title: 'When it is missed, or still running',
    fields: [
      {
        kind: 'choice',
        path: 'overlap',
        label: 'While a run is unfinished',
        options: [
          ['', 'As usual: the next one is skipped'],
          ['skip', 'Skip the next one'],
          ['queue_one', 'Let one wait'],
          ['queue_all', 'Let all wait'],
          ['replace', 'End the old one'],
          ['allow', 'Run both'],
        ],
      },
      number('concurrency', 'Runs at once'),
      number('priority', 'Priority', { hint: '−100 to 100; higher goes first.' }),
      {
        kind: 'choice',
        path: 'catch_up',
        label: 'Missed occurrences',
        options: [
          ['', 'As usual: the latest is made up for'],
          ['latest', 'Make up for the latest'],
          ['all', 'Make up for all'],
          ['none', 'Let them go'],
        ],
      },
      line('catch_up_window', 'Worth running so much later', {
        placeholder: '1d',
        said: ['catch-up window'],
      }),
      line('catch_up_spread', 'Spread over', {
        when: (draft) => textOf(draft, 'catch_up') === 'all',
        said: ['catch-up spread'],
      }),
    ],
  },
  {
    title: 'Budget',
    fields: [
      number('budget.usd_per_month', 'Dollars a month', { when: usesModel }),
      number('budget.tokens_per_run', 'Tokens of a run', { when: usesModel }),
      number('budget.tokens_per_day', 'Tokens a day', { when: usesModel }),
      number('budget.tokens_per_month', 'Tokens a month', { when: usesModel }),
      {
        kind: 'choice',
        path: 'budget.on_limit',
        label: 'When nothing is left',
        when: usesModel,
        options: [
          ['', 'As usual: the run fails'],
          ['skip', 'The run fails'],
          ['wait', 'Wait for the next day or month'],
          ['ask', 'Ask a person'],
        ],
      },
    ],
  },
  {
    title: 'What it must have done',
    fields: [
      {
        kind: 'tick',
        path: 'success.verdict',
        label: 'It says itself how it went, or asks',
        when: usesModel,
      },
      {
        kind: 'tick',
        path: 'success.allow_denials',
        label: 'Tools may be denied',
        when: usesModel,
      },
      {
        kind: 'lines',
        path: 'success.file_changed',
        label: 'These files have changed',
        hint: 'Patterns, one on each line.',
        when: usesModel,
      },
      {
        kind: 'lines',
        path: 'success.url',
        label: 'These addresses answer',
        hint: 'One on each line.',
        when: usesModel,
      },
      line('success.command', 'This command ends with 0', { when: usesModel, isWide: true }),
      number('success.tool_calls', 'Tool calls at least', { when: usesModel }),
      number('success.chars', 'Characters of the answer at least', { when: usesModel }),
      line('ask.deadline', 'A person has so long to answer', {
        placeholder: '7d',
        when: usesModel,
      }),
      line('ask.default', 'Answer if nobody does', { when: usesModel }),
    ],
  },
  {
    title: 'Only what has changed',
    fields: [
      {
        kind: 'choice',
        path: 'compare.by',
        label: 'Compare with the last result',
        when: isOf('command', 'http', 'agent', 'model'),
        options: [
          ['', 'No'],
          ['text', 'As text'],
          ['json', 'A value in JSON'],
          ['items', 'A list'],
        ],
      },
      line('compare.path', 'Place of the value', {
        placeholder: 'a.b.0',
        when: (draft) => ['json', 'items'].includes(textOf(draft, 'compare.by')),
      }),
      line('compare.identity', 'What tells items apart', {
        placeholder: 'id',
        when: (draft) => textOf(draft, 'compare.by') === 'items',
      }),
      {
        kind: 'json',
        path: 'gates',
        label: 'Run only when one of these has changed',
        isWide: true,
        placeholder: '[{"kind": "git", "directory": "~/project"}]',
        hint: 'Gates as JSON: http (url, watch), files (pattern), git (directory, ref, remote), command (argv).',
      },
      {
        kind: 'choice',
        path: 'gate_error',
        label: 'When a gate cannot be looked at',
        when: (draft) => textOf(draft, 'gates').trim() !== '',
        options: [
          ['', 'As usual: run'],
          ['run', 'Run'],
          ['fail', 'Fail'],
        ],
      },
    ],
  },
  {
    title: 'After another task',
    fields: [
      line('after.task', 'Start after runs of', {
        list: 'task-names',
        hint: 'Name or id; beside its schedule, if it has one.',
      }),
      {
        kind: 'ticks',
        path: 'after.outcomes',
        label: 'That',
        when: (draft) => textOf(draft, 'after.task').trim() !== '',
        options: [
          ['succeeded', 'succeed'],
          ['failed', 'fail'],
          ['any', 'end in any way'],
        ],
      },
    ],
  },
  {
    title: 'What is kept',
    fields: [
      number('retention.runs', 'Finished runs', {
        placeholder: '1000',
        said: ['number of kept runs'],
      }),
      line('retention.age', 'No longer than', { placeholder: '90d', said: ['age of kept runs'] }),
      {
        kind: 'tick',
        path: 'ends_after_success',
        label: 'The task ends once a run has succeeded',
      },
    ],
  },
];

export const POLICY_FIELDS: readonly FieldSpec[] = POLICY_GROUPS.flatMap(({ fields }) => fields);
