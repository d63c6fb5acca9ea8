import { isFinal, type Run } from '../../domain/run.ts';
import { Refusal } from '../../domain/refusal.ts';
import type { Task } from '../../domain/task.ts';
import type { ToolCall } from '../../api/tool.ts';
import type { Services } from '../../service/services.ts';

/** The wait is cut into pieces, so that a caller who asked for progress hears of the run. */
const PIECE_MS = 5_000;
/** A run may have to wait for a free worker before its timeout begins to count. */
const START_MS = 60_000;

/**
 * Runs a task and waits for its end inside the call. A run that outlasts its timeout is answered as
 * it is then; `undefined` when another run of the task is under way.
 */
export async function runAndWait(
  services: Services,
  task: Task,
  call: ToolCall,
): Promise<Run | undefined> {
  const run = await startOrNothing(services, task);
  if (run === undefined) return undefined;
  const { timeoutMs, retry } = task.definition.policies;
  const waitMs = timeoutMs * retry.attemptsMax + START_MS;
  let current = run;
  for (let waited = 0; waited < waitMs && !call.signal.aborted; waited += PIECE_MS) {
    ({ run: current } = await services.waitForRun(run.id, PIECE_MS, call.signal));
    if (isFinal(current.state)) break;
    await call.progress(waited + PIECE_MS, waitMs, `The run is ${current.state}.`);
  }
  return current;
}

async function startOrNothing(services: Services, task: Task): Promise<Run | undefined> {
  try {
    return await services.runTask({ task: task.id });
  } catch (error) {
    if (error instanceof Refusal && error.code === 'conflict') return undefined;
    throw error;
  }
}
