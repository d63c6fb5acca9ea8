import {
  findDifference,
  readCompared,
  writeCompared,
} from '../domain/difference/find-difference.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Run } from '../domain/run.ts';
import type { TaskDefinition } from '../domain/task.ts';
import type { TaskNote } from '../ports/task-notes.ts';
import type { EnginePorts } from './engine-ports.ts';
import { readResultText } from './result-text.ts';

const KEY = 'compared';

/** Asks the store until it answers. */
type Ask = <Told>(ask: () => Promise<Told>) => Promise<Told>;

export type ComparedOutcome = { readonly outcome: Outcome; readonly notes: readonly TaskNote[] };

/** The outcome with what has changed since the last run that ended well, when the task wants to know. */
export async function compareResult(
  { store, output, clock }: Pick<EnginePorts, 'store' | 'output' | 'clock'>,
  run: Run,
  definition: TaskDefinition | undefined,
  outcome: Outcome,
  ask: Ask,
): Promise<ComparedOutcome> {
  const by = definition?.policies.compare;
  if (by === undefined || outcome.kind !== 'succeeded') return { outcome, notes: [] };
  const { id, attempt } = run;
  const { result } = outcome;
  const text = (await readResultText(output, { id, attempt, result })) ?? '';
  const notes = await ask(() => store.listNotes(run.taskId));
  const before = readCompared(notes.get(KEY));
  const { difference, compared } = findDifference(text, by, before, clock.now());
  return {
    outcome: { ...outcome, result: { ...result, difference } },
    notes: [{ key: KEY, value: writeCompared(compared) }],
  };
}
