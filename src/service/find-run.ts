import { isRunId, type RunId } from '../domain/id.ts';
import type { Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Run } from '../domain/run.ts';
import { sees } from './find-task.ts';
import type { ServicePorts } from './services.ts';

/** The run with this id. Refuses as `not_found` what is not there or not for this principal to see. */
export async function findRun(ports: ServicePorts, principal: Principal, id: RunId): Promise<Run> {
  const run = isRunId(id) ? await ports.store.getRun(id) : undefined;
  if (run !== undefined && sees(principal, run)) return run;
  throw new Refusal(
    'not_found',
    `There is no run ${JSON.stringify(id.slice(0, 60))}. List the runs to see which are kept; finished ones are removed after their task's retention.`,
  );
}
