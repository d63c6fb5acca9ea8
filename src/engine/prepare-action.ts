import type { Action } from '../domain/action.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Run } from '../domain/run.ts';
import { applyOverrides, overridesOf } from '../domain/run-overrides.ts';
import type { TaskDefinition } from '../domain/task.ts';
import { asksForLast, fillIn, templateValues } from '../domain/templates/fill-in.ts';
import { withPayload } from '../domain/templates/payload-variables.ts';
import { hasTemplates } from '../domain/templates/template.ts';
import type { Store } from '../ports/store.ts';

type Prepared =
  | { readonly kind: 'ready'; readonly action: Action }
  | { readonly kind: 'refused'; readonly message: string };

/** Asks the store until it answers. */
type Ask = <Answer>(ask: () => Promise<Answer>) => Promise<Answer>;

/** The action as this run carries it out: its overrides applied, its templates filled in, its payload at hand. */
export async function prepareAction(
  store: Store,
  run: Run,
  definition: TaskDefinition,
  ask: Ask,
): Promise<Prepared> {
  const overrides = overridesOf(run.overrides);
  const { payload } = overrides;
  const asked = applyOverrides(definition.action, overrides);
  try {
    const filled = hasTemplates(run.namespace)
      ? await fillTemplates(store, run, asked, definition.schedule?.zone, ask)
      : asked;
    const action =
      filled.kind === 'command' && payload !== undefined ? withPayload(filled, payload) : filled;
    return { kind: 'ready', action };
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'refused', message: error.message };
    throw error;
  }
}

async function fillTemplates(
  store: Store,
  run: Run,
  action: Action,
  zone: string | undefined,
  ask: Ask,
): Promise<Action> {
  const last = asksForLast(action) ? await ask(() => lastEndedRun(store, run)) : undefined;
  const { payload } = overridesOf(run.overrides);
  return fillIn(action, templateValues(run, payload, last, zone));
}

/** Runs that overlap end in another order than they were made in; further back than this nobody looks. */
const LAST_RUNS_LOOKED_AT = 10;

/** The run of the same task that ended last, of those that did anything. */
async function lastEndedRun(store: Store, { taskId }: Run): Promise<Run | undefined> {
  const filter = {
    namespace: 'all',
    taskId,
    states: ['succeeded', 'failed'],
    trigger: undefined,
    since: undefined,
    until: undefined,
  } as const;
  const { items } = await store.listRuns(filter, LAST_RUNS_LOOKED_AT, undefined);
  return items
    .filter((run) => run.startedAt !== undefined)
    .toSorted((one, other) => endedMs(other) - endedMs(one))[0];
}

function endedMs(run: Run): number {
  return run.endedAt?.epochMilliseconds ?? 0;
}
