import type { TaskView } from '../../../../src/api/task-view.ts';

type Row = readonly [name: string, said: string];

const OVERLAPS: Readonly<Record<string, string>> = {
  skip: 'the new one is skipped',
  queue_one: 'one waits until that is over',
  queue_all: 'all wait, one after the other',
  replace: 'it is stopped, and the new one starts',
  allow: 'they run beside each other',
};
const CATCH_UPS: Readonly<Record<string, string>> = {
  none: 'let missed occurrences go',
  latest: 'make up for the latest missed one',
  all: 'make up for every missed one',
};
const LIMITS: Readonly<Record<string, string>> = {
  usd_per_run: 'A run',
  usd_per_day: 'A day',
  usd_per_month: 'A month',
  tokens_per_run: 'A run',
  tokens_per_day: 'A day',
  tokens_per_month: 'A month',
};
const ON_LIMIT: Readonly<Record<string, string>> = {
  skip: 'skip runs',
  wait: 'hold runs until there is more',
  ask: 'ask a person',
};
const CHECKS: Readonly<Record<string, string>> = {
  verdict: 'it says itself that it is done',
  file_changed: 'files have changed',
  url: 'addresses answer',
  tool_calls: 'tool calls at least',
  chars: 'characters of the answer at least',
  tokens: 'tokens of the answer at least',
  usd: 'dollars used at least',
  allow_denials: 'denied tools are allowed',
  command: 'a command succeeds',
  argv: 'a program succeeds',
};

type Policies = Readonly<Record<string, unknown>>;

/** When runs start and how often they are tried, in sentences. */
export function sayRunning(policies: Policies): readonly Row[] {
  const retry = objectOf(policies['retry']);
  const attempts = Number(retry['attempts'] ?? 1);
  return [
    ['When one is unfinished', known(OVERLAPS, policies['overlap'])],
    [
      'After an outage',
      policies['catch_up'] === 'none'
        ? known(CATCH_UPS, 'none')
        : `${known(CATCH_UPS, policies['catch_up'])}, if no later than ${said(policies['catch_up_window'])}`,
    ],
    [
      'When it fails',
      attempts <= 1
        ? 'is not tried again'
        : `tried up to ${attempts} times, first after ${said(retry['backoff'])}, then each time ${said(retry['factor'])} times as long, ${said(retry['backoff_max'])} at most`,
    ],
    ['Longest attempt', said(policies['timeout'])],
    ...optional('Must be over within', policies['deadline']),
    ...optional('At once', policies['concurrency'], (most) => `${most} runs at most`),
    ...optional('Priority', policies['priority'] === 0 ? null : policies['priority']),
    ...(policies['ends_after_success'] === true
      ? ([['Ends', 'after its first success']] as const)
      : []),
    [
      'Runs are kept',
      `${said(objectOf(policies['retention'])['runs'])} at most, for ${said(objectOf(policies['retention'])['age'])}`,
    ],
  ];
}

export function sayBudget(policies: Policies): readonly Row[] {
  const { on_limit: onLimit, ...limits } = objectOf(policies['budget']);
  const rows = Object.entries(limits).map(
    ([name, amount]) => [LIMITS[name] ?? name, sayAmount(name, amount)] as const,
  );
  return rows.length === 0 ? [] : [...rows, ['Then', known(ON_LIMIT, onLimit)]];
}

function sayAmount(name: string, amount: unknown): string {
  return name.startsWith('usd') ? `$${said(amount)} at most` : `${said(amount)} tokens at most`;
}

export function sayChecks(policies: Policies): readonly Row[] {
  const ask = policies['ask'];
  return [
    ...Object.entries(objectOf(policies['success'])).map(
      ([name, value]) => [CHECKS[name] ?? name, value === true ? 'yes' : said(value)] as const,
    ),
    ...(ask === undefined
      ? []
      : ([['It may ask a person, who has', said(objectOf(ask)['deadline'])]] as const)),
  ];
}

/** What is looked at before a run, one row for each gate. */
export function sayGates(policies: Policies): readonly Row[] {
  const gates = policies['gates'];
  if (!Array.isArray(gates)) return [];
  return [
    ...gates.map((gate: unknown) => {
      const { kind, ...rest } = objectOf(gate);
      const what = rest['url'] ?? rest['pattern'] ?? rest['directory'] ?? rest['argv'];
      const watch = rest['watch'] ?? rest['ref'];
      return [
        said(kind),
        `${said(what)}${watch === undefined ? '' : ` (${said(watch)})`}`,
      ] as const;
    }),
    [
      'When one cannot be looked at',
      policies['gate_error'] === 'fail' ? 'the run fails' : 'it runs all the same',
    ],
  ];
}

export function sayAlerts(policies: Policies): readonly Row[] {
  const alerts = policies['alerts'];
  if (alerts === null || alerts === undefined) return [];
  return Object.entries(objectOf(alerts))
    .filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => [wordsOf(name), said(value)] as const);
}

/** What an agent may make itself. */
export function sayDelegation(action: TaskView['action']): readonly Row[] {
  const delegation = action['delegation'];
  if (delegation === null || delegation === undefined) return [];
  const { tasks, alive, depth, lifetime } = objectOf(delegation);
  return [
    ['Tasks it may make in a run', said(tasks)],
    ['Of them alive at once', said(alive)],
    ['How deep they may make more', said(depth)],
    ['Each ends after', said(lifetime)],
  ];
}

/** The rest of a value in words: lists by their parts, the unknown as it is written. */
export function said(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) {
    return value.join(', ');
  }
  return JSON.stringify(value, undefined, 2);
}

/** `capitalLetters` and `under_scores` as words. */
export function wordsOf(name: string): string {
  return name
    .replaceAll('_', ' ')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
}

function known(words: Readonly<Record<string, string>>, value: unknown): string {
  return words[said(value)] ?? said(value);
}

function optional(
  name: string,
  value: unknown,
  say: (text: string) => string = (text) => text,
): readonly Row[] {
  return value === null || value === undefined ? [] : [[name, say(said(value))]];
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}
