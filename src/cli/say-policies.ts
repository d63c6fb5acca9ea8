/** A policy as the wire writes it: text, number, object or absent. */
type Wire = Readonly<Record<string, unknown>>;

/**
 * The policies of a task for people, one sentence each; what is at its default and says little is left
 * out. Unknown fields are, too: this is for reading, `--json` has everything.
 */
export function sayPolicies(policies: Wire): readonly (readonly [string, string])[] {
  const retry = object(policies['retry']);
  const budget = object(policies['budget']);
  return [
    ['Timeout', text(policies['timeout'])],
    ['Deadline', policies['deadline'] ? `${text(policies['deadline'])} after its time` : ''],
    ['Retries', sayRetries(retry)],
    ['Overlap', text(policies['overlap'])],
    ['Catch-up', sayCatchUp(policies)],
    ['Priority', policies['priority'] === 0 ? '' : text(policies['priority'])],
    ['At once', policies['concurrency'] === null ? '' : `${text(policies['concurrency'])} runs`],
    ['Budget', Object.entries(budget).map(sayPair).join(', ')],
    ['Gates', list(policies['gates']).map(sayGate).join(', ')],
    ['Compared', Object.entries(object(policies['compare'])).map(sayPair).join(', ')],
    ['Success', Object.entries(object(policies['success'])).map(sayPair).join(', ')],
    ['Asks', Object.entries(object(policies['ask'])).map(sayPair).join(', ')],
    ['Ends', policies['ends_after_success'] === true ? 'after its first success' : ''],
    ['Kept', sayRetention(object(policies['retention']))],
  ];
}

function sayRetries(retry: Wire): string {
  const retries = Number(retry['attempts']) - 1;
  if (!(retries > 0)) return 'none';
  return `${retries}, the first after ${text(retry['backoff'])}`;
}

function sayCatchUp(policies: Wire): string {
  const mode = text(policies['catch_up']);
  return mode === 'none' ? mode : `${mode}, up to ${text(policies['catch_up_window'])} late`;
}

function sayRetention(retention: Wire): string {
  return `the last ${text(retention['runs'])} runs, up to ${text(retention['age'])}`;
}

function sayPair([name, value]: readonly [string, unknown]): string {
  return `${name.replaceAll('_', ' ')} ${text(value)}`;
}

function sayGate(gate: unknown): string {
  const { kind, url, pattern, directory, argv } = object(gate);
  const what = url ?? pattern ?? directory ?? list(argv).map(text).join(' ');
  return `${text(kind)} ${text(what)}`;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

function object(value: unknown): Wire {
  return typeof value === 'object' && value !== null ? (value as Wire) : {};
}

function text(value: unknown): string {
  if (Array.isArray(value)) return value.map(text).join(' ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
