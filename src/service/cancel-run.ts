import type { RunId } from '../domain/id.ts';
import { requireScope, type Principal } from '../domain/principal.ts';
import type { Run } from '../domain/run.ts';
import { requireOffspringOf } from './agent-bounds.ts';
import { checkReason } from './check-text.ts';
import { findRun } from './find-run.ts';
import type { ServicePorts } from './services.ts';

/**
 * Cancels a run that has not started, or asks one in progress to end; the run answered may then
 * still be running. A run that has ended stays as it is.
 */
export async function cancelRun(
  ports: ServicePorts,
  principal: Principal,
  id: RunId,
  reason?: string,
): Promise<Run> {
  requireScope(principal, 'tasks:run');
  const run = await findRun(ports, principal, id);
  await requireOffspringOf(ports, principal, run.taskId);
  const why = checkReason(reason) ?? `Cancelled by ${principal.id}.`;
  await ports.store.requestCancel(run.id, await ports.store.now(), why);
  return findRun(ports, principal, run.id);
}
