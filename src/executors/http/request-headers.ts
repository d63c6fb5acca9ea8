import type { HttpAction } from '../../domain/action.ts';
import type { Execution } from '../../ports/executor.ts';

export type RequestHeaders =
  | { readonly kind: 'headers'; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'secrets_missing'; readonly secrets: readonly string[] };

/**
 * The headers of the action with its granted secrets, and those by which the server can tell one run
 * from another. What the action says comes first, except for what it cannot know.
 */
export function requestHeaders(
  execution: Execution<HttpAction>,
  version: string | undefined,
): RequestHeaders {
  const { run, attempt, action, grants } = execution;
  const own: Record<string, string> = {};
  const missing = new Set<string>();
  for (const [name, value] of Object.entries(action.headers)) {
    const text = value.kind === 'text' ? value.text : grants.get(value.secret);
    if (text !== undefined) own[name] = text;
    else if (value.kind === 'secret') missing.add(value.secret);
  }
  if (missing.size > 0) return { kind: 'secrets_missing', secrets: [...missing] };
  const facts = {
    'X-Carillon-Attempt': String(attempt),
    ...(run.scheduledFor && { 'X-Carillon-Scheduled-For': run.scheduledFor.toString() }),
  };
  const defaults = {
    'User-Agent': version === undefined ? 'carillon' : `carillon/${version}`,
    // The same over all attempts, so that a server can tell a repeat from a new run.
    'Idempotency-Key': run.id,
  };
  return {
    kind: 'headers',
    headers: { ...without(defaults, own), ...without(own, facts), ...facts },
  };
}

/** The headers that are not in `others`, in whatever case they are written. */
export function without(
  headers: Readonly<Record<string, string>>,
  others: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const taken = new Set(Object.keys(others).map((name) => name.toLowerCase()));
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !taken.has(name.toLowerCase())),
  );
}
