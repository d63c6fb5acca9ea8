import type { Action, AgentAction } from '../domain/action.ts';
import { runBefore } from '../domain/chain.ts';
import type { RunId } from '../domain/id.ts';
import type { Answer } from '../domain/outcome.ts';
import { isSkipped } from '../domain/gates/gate.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Run } from '../domain/run.ts';
import { applyOverrides, overridesOf } from '../domain/run-overrides.ts';
import { turnsOf, type Turn } from '../domain/success/turns.ts';
import type { TaskDefinition } from '../domain/task.ts';
import { asksFor, fillIn, templateValues, type AfterValues } from '../domain/templates/fill-in.ts';
import { withPayload } from '../domain/templates/payload-variables.ts';
import { hasTemplates } from '../domain/templates/template.ts';
import type { OutputStore } from '../ports/output.ts';
import type { Store } from '../ports/store.ts';
import { readResultText } from './result-text.ts';

type Prepared =
  | {
      readonly kind: 'ready';
      readonly action: Action;
      /** What the task answered last, when its session policy asks for it. */
      readonly previous: Answer | undefined;
      /** The conversation that it goes on with after a question. */
      readonly turns: readonly Turn[];
    }
  | { readonly kind: 'refused'; readonly message: string };

type PreparePorts = { readonly store: Store; readonly output: OutputStore };

/** Asks the store until it answers. */
type Ask = <Told>(ask: () => Promise<Told>) => Promise<Told>;

/** The action as this run carries it out: its overrides applied, its templates filled in, its payload at hand. */
export async function prepareAction(
  { store, output }: PreparePorts,
  run: Run,
  definition: TaskDefinition,
  ask: Ask,
): Promise<Prepared> {
  const overrides = overridesOf(run.overrides);
  const action = applyOverrides(definition.action, overrides);
  try {
    const readsTemplates = hasTemplates(run.namespace);
    const needsLast = (readsTemplates && asksFor(action, 'last')) || goesOn(action);
    const earlier = needsLast ? await ask(() => listEndedRuns(store, run)) : [];
    const told = await continued(store, overrides.continues, ask);
    const needsAfter = readsTemplates && (asksFor(action, 'after') || action.kind === 'command');
    const after = needsAfter ? await readAfter({ store, output }, run, ask) : undefined;
    const payload = overrides.payload ?? (after && { after });
    const zone = definition.schedule?.zone;
    const facts = { payload, last: earlier[0], after, zone };
    const filled = readsTemplates ? fillIn(action, templateValues(run, facts)) : action;
    return {
      kind: 'ready',
      action:
        filled.kind === 'command' && payload !== undefined ? withPayload(filled, payload) : filled,
      // An attempt of the run that went wrong comes before the runs before.
      previous: await previousAnswer(store, action, [run, ...(told ?? earlier)], ask),
      turns:
        run.questions.length === 0
          ? []
          : turnsOf(run.questions, await ask(() => store.listAttempts(run.id))),
    };
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'refused', message: error.message };
    throw error;
  }
}

/** The one run whose conversation this one goes on with. Refuses when it is not kept any more. */
async function continued(
  store: Store,
  id: RunId | undefined,
  ask: Ask,
): Promise<readonly Run[] | undefined> {
  if (id === undefined) return undefined;
  const run = await ask(() => store.getRun(id));
  if (run !== undefined) return [run];
  throw new Refusal(
    'not_found',
    'The run whose conversation it goes on with is not kept any more.',
  );
}

/** The run that started this one, as far as it is kept; no shell reads it, a command gets it as its payload. */
async function readAfter(
  { store, output }: PreparePorts,
  run: Run,
  ask: Ask,
): Promise<AfterValues | undefined> {
  const id = runBefore(run);
  const before = id === undefined ? undefined : await ask(() => store.getRun(id));
  if (before === undefined) return undefined;
  return {
    run_id: before.id,
    outcome: before.outcome ?? before.state,
    result: (await readResultText(output, before)) ?? before.message ?? null,
  };
}

/** Whether the run goes on where an earlier one of its task ended. */
function goesOn(action: Action): boolean {
  return action.kind === 'agent' && action.session.mode !== 'fresh';
}

/** The latest answer that holds what the session policy goes on with. */
async function previousAnswer(
  store: Store,
  action: Action,
  earlier: readonly Run[],
  ask: Ask,
): Promise<Answer | undefined> {
  if (action.kind !== 'agent' || action.session.mode === 'fresh') return undefined;
  const { mode } = action.session;
  // An answer without a session says that the one before is no longer there.
  const last = earlier.find(({ state, result }) =>
    mode === 'resume'
      ? result?.answer !== undefined
      : // What a run that failed says is often about its failure.
        state === 'succeeded' && result?.answer?.text !== undefined,
  );
  if (last === undefined || mode === 'last_result') return last?.result?.answer;
  const definition = await ask(() => store.getDefinition(last.taskId, last.taskVersion));
  const before = definition && applyOverrides(definition.action, overridesOf(last.overrides));
  return isSameAgent(action, before) ? last.result?.answer : undefined;
}

/** A session belongs to its engine, and engines keep theirs by directory. */
function isSameAgent(action: AgentAction, before: Action | undefined): boolean {
  return before?.kind === 'agent' && before.engine === action.engine && before.cwd === action.cwd;
}

/** Runs that overlap end in another order than they were made in; further back than this nobody looks. */
const LAST_RUNS_LOOKED_AT = 10;

/** Runs of the same task that did something and have ended, the last one first. */
async function listEndedRuns(store: Store, { taskId }: Run): Promise<readonly Run[]> {
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
    .filter((run) => run.startedAt !== undefined && !isSkipped(run.result))
    .toSorted((one, other) => endedMs(other) - endedMs(one));
}

function endedMs(run: Run): number {
  return run.endedAt?.epochMilliseconds ?? 0;
}
