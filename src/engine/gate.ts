import { spentBy } from '../domain/budget/may-start.ts';
import { decideGates, readGateMemory, writeGateMemory } from '../domain/gates/decide-gates.ts';
import { requestOf, type Gates, type GateReport, type Observed } from '../domain/gates/gate.ts';
import type { Outcome, RunResult } from '../domain/outcome.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Run } from '../domain/run.ts';
import { overridesOf } from '../domain/run-overrides.ts';
import type { TaskDefinition } from '../domain/task.ts';
import type { Kept, TaskNote } from '../ports/task-notes.ts';
import type { EnginePorts } from './engine-ports.ts';
import { resolveGrants } from './resolve-grants.ts';

const KEY = 'gates';

/** Attempts by which it is told what a run would have used. */
const USUAL_ATTEMPTS = 50;
/** What half of them used at most. */
const USUAL_SHARE = 0.5;

export type Gated =
  | {
      readonly kind: 'open';
      readonly report: GateReport | undefined;
      readonly notes: readonly TaskNote[];
    }
  | { readonly kind: 'closed'; readonly outcome: Outcome; readonly kept: Kept };

/** Asks the store until it answers. */
type Ask = <Told>(ask: () => Promise<Told>) => Promise<Told>;

/** Nothing was looked at: what goes on already is not stopped by a gate. */
export const NOT_GATED: Extract<Gated, { kind: 'open' }> = {
  kind: 'open',
  report: undefined,
  notes: [],
};

/**
 * Looks at the gates of a task before an attempt begins. A run that was let go once and failed is not
 * skipped when it is tried again. Who asks for a run means it, so a manual run
 * passes them unless its caller wants otherwise.
 */
export async function passGates(
  ports: EnginePorts,
  run: Run,
  definition: TaskDefinition | undefined,
  signal: AbortSignal,
  ask: Ask,
): Promise<Gated> {
  const gates = definition?.policies.gates;
  if (gates === undefined || ports.gates === undefined) return NOT_GATED;
  if (run.trigger === 'manual' && !overridesOf(run.overrides).appliesGates) return NOT_GATED;
  const observed = await observe(ports, run, gates, signal);
  // Stopped meanwhile: the executor starts nothing then, and says why.
  if (signal.aborted) return NOT_GATED;
  const notes = await ask(() => ports.store.listNotes(run.taskId));
  const decision = decideGates(gates, observed, readGateMemory(notes.get(KEY)), ports.clock.now());
  switch (decision.kind) {
    case 'pass':
      return {
        kind: 'open',
        report: { decision: 'passed', why: decision.why, saved: undefined },
        notes: [{ key: KEY, value: writeGateMemory(decision.memory) }],
      };
    case 'skip':
      // What it was let go for is not done yet.
      if (run.attempt > 1 || run.questions.length > 0) return NOT_GATED;
      return skipped(await ask(() => usualOf(ports, run)), decision.why);
    case 'fail': {
      const { message } = decision;
      const outcome = { reason: 'gate', message, retryable: true, result: NOTHING } as const;
      return {
        kind: 'closed',
        outcome: { kind: 'failed', ...outcome },
        kept: { notes: [], saved: undefined },
      };
    }
  }
}

/** The outcome with what its gates have said. */
export function withGate(outcome: Outcome, gated: Extract<Gated, { kind: 'open' }>): Outcome {
  if (gated.report === undefined || outcome.result === undefined) return outcome;
  return { ...outcome, result: { ...outcome.result, gate: gated.report } };
}

async function observe(
  ports: EnginePorts,
  run: Run,
  gates: Gates,
  signal: AbortSignal,
): Promise<readonly Observed[]> {
  return Promise.all(
    gates.gates.map(async (gate): Promise<Observed> => {
      try {
        const request = requestOf(gate);
        const grants =
          request === undefined
            ? new Map<string, string>()
            : await resolveGrants(ports, run, request, false);
        return (await ports.gates?.observe(gate, grants, signal)) ?? NOT_LOOKED_AT;
      } catch (error) {
        if (error instanceof Refusal) return { kind: 'failed', message: error.message };
        ports.log.error('a gate could not be looked at', { run: run.id }, error);
        return { kind: 'failed', message: 'Carillon failed over it; its log says more.' };
      }
    }),
  );
}

const NOT_LOOKED_AT: Observed = { kind: 'failed', message: 'Nobody looks at gates here.' };

async function usualOf({ store }: EnginePorts, { taskId }: Run) {
  return spentBy(USUAL_SHARE, await store.spend.listLatest(taskId, USUAL_ATTEMPTS));
}

function skipped(saved: Awaited<ReturnType<typeof usualOf>>, why: string): Gated {
  const gate: GateReport = { decision: 'skipped', why, saved };
  return {
    kind: 'closed',
    outcome: { kind: 'succeeded', result: { ...NOTHING, gate } },
    kept: { notes: [], saved },
  };
}

const NOTHING: RunResult = {
  exitCode: undefined,
  signal: undefined,
  httpStatus: undefined,
  httpHeaders: undefined,
  durationMs: 0,
  outputBytes: 0,
  outputIsCut: false,
};
